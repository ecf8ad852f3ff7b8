"""Written by `manage.py client_code` from the schema: change that, not this."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from alapp.client.generated.shapes.shared import (
    ClassShown,
    OwnRemarkShown,
    PayloadShown,
    Person,
)

BandsShown = TypedDict(
    "BandsShown",
    {
        "n_sure": "int",
        "n_check": "int",
        "n_unsure": "int",
        "n_tied": "int",
        "n_decided": "int",
    },
)

CandidateShown = TypedDict(
    "CandidateShown",
    {
        "item": "int",
        "classes": "list[ClassShown]",
    },
)

CaseShown = TypedDict(
    "CaseShown",
    {
        "item": "int",
        "payload": "PayloadShown",
        "reasons": "list[str]",
        "opinions": "list[OpinionShown]",
        "others": "list[OwnRemarkShown]",
        "decision": "DecisionShown | None",
    },
)

DecideSent = TypedDict(
    "DecideSent",
    {
        "classes": "list[int]",
        "comment": NotRequired["str"],
    },
)

DecisionShown = TypedDict(
    "DecisionShown",
    {
        "item": "int",
        "classes": "list[int]",
        "comment": "str",
        "decided_by": "Person",
        "decided_at": "str",
    },
)

DisputeShown = TypedDict(
    "DisputeShown",
    {
        "item": "int",
        "payload": "PayloadShown",
        "certainty": "float | None",
        "n_labels": "int",
        "reasons": "list[str]",
    },
)

DoubtShown = TypedDict(
    "DoubtShown",
    {
        "item": "int",
        "payload": "PayloadShown",
        "label": "list[ClassShown]",
        "predicted": "list[ClassShown]",
        "belief": "float",
        "confidence": "float",
        "said": "list[SaidShown]",
        "is_asked": "bool",
    },
)

FigureShown = TypedDict(
    "FigureShown",
    {
        "name": "str",
        "title": "str",
        "value": "float | None",
        "low": "float | None",
        "high": "float | None",
        "n_items": "int",
        "reason": "str",
    },
)

KnownAnswersSent = TypedDict(
    "KnownAnswersSent",
    {
        "answers": "list[KnownSent]",
    },
)

KnownFileSent = TypedDict(
    "KnownFileSent",
    {
        "file": "str",
    },
)

KnownSent = TypedDict(
    "KnownSent",
    {
        "item": "int",
        "classes": "list[int]",
    },
)

KnownShown = TypedDict(
    "KnownShown",
    {
        "item": "int",
        "classes": "list[ClassShown]",
        "source": "str",
        "n": "int",
        "right": "int",
        "is_doubtful": "bool",
        "retired_at": "str | None",
    },
)

OpinionShown = TypedDict(
    "OpinionShown",
    {
        "letter": "str",
        "label": "int",
        "classes": "list[ClassShown]",
        "active_ms": "int",
        "remarks": "list[OwnRemarkShown]",
        "is_returned": "bool",
        "who": "Person | None",
        "is_right": "bool | None",
    },
)

PageOfDecisionShown = TypedDict(
    "PageOfDecisionShown",
    {
        "results": "list[DecisionShown]",
        "next": "str | None",
    },
)

PageOfDisputeShown = TypedDict(
    "PageOfDisputeShown",
    {
        "results": "list[DisputeShown]",
        "next": "str | None",
    },
)

PageOfDoubtShown = TypedDict(
    "PageOfDoubtShown",
    {
        "results": "list[DoubtShown]",
        "next": "str | None",
    },
)

PageOfKnownShown = TypedDict(
    "PageOfKnownShown",
    {
        "results": "list[KnownShown]",
        "next": "str | None",
    },
)

QualityShown = TypedDict(
    "QualityShown",
    {
        "measured_at": "str | None",
        "figures": "list[FigureShown]",
        "people": "list[ReliabilityShown]",
        "bands": "BandsShown | None",
        "mean_skill": "float | None",
        "n_doubted": "int",
    },
)

ReliabilityShown = TypedDict(
    "ReliabilityShown",
    {
        "person": "Person",
        "skill": "float",
        "low": "float",
        "high": "float",
        "n_shared": "int",
        "n_labels": "int",
        "looks_random": "bool",
        "known_right": "int",
        "known_n": "int",
        "is_left_out": "bool",
        "is_paused": "bool",
    },
)

ReturnSent = TypedDict(
    "ReturnSent",
    {
        "label": "int",
        "comment": "str",
    },
)

SaidShown = TypedDict(
    "SaidShown",
    {
        "person": "Person",
        "classes": "list[ClassShown]",
        "is_label": "bool",
    },
)
