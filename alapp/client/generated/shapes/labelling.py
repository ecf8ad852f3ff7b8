"""Written by `manage.py client_code` from the schema: change that, not this."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from alapp.client.generated.shapes.shared import (
    ClassShown,
    OwnRemarkShown,
    PayloadShown,
)

AgainShown = TypedDict(
    "AgainShown",
    {
        "id": "int",
        "label": "int",
        "item": "int",
        "said": "list[ClassShown]",
        "comment": "str",
    },
)

AnswerSent = TypedDict(
    "AnswerSent",
    {
        "ticket": "str",
        "client_token": "str",
        "classes": "list[int]",
        "active_ms": NotRequired["int"],
        "wall_ms": NotRequired["int"],
        "have": NotRequired["list[int]"],
    },
)

AnswerTogetherSent = TypedDict(
    "AnswerTogetherSent",
    {
        "items": "list[GivenSent]",
        "classes": "list[int]",
        "active_ms": NotRequired["int"],
        "wall_ms": NotRequired["int"],
        "group": NotRequired["str"],
        "have": NotRequired["list[int]"],
    },
)

AnsweredShown = TypedDict(
    "AnsweredShown",
    {
        "classes": "list[int]",
        "reason": "str",
    },
)

AnsweredTogetherShown = TypedDict(
    "AnsweredTogetherShown",
    {
        "n_recorded": "int",
        "refused": "list[RefusedShown]",
        "table": "TableShown | None",
    },
)

BeatShown = TypedDict(
    "BeatShown",
    {
        "guidelines_version": "int",
        "beat_seconds": "int",
    },
)

ClaimSent = TypedDict(
    "ClaimSent",
    {
        "have": NotRequired["list[int]"],
    },
)

ClaimTogetherSent = TypedDict(
    "ClaimTogetherSent",
    {
        "group": NotRequired["str"],
        "have": NotRequired["list[int]"],
    },
)

CorrectSent = TypedDict(
    "CorrectSent",
    {
        "label": "int",
        "client_token": "str",
        "classes": "list[int]",
    },
)

CountsShown = TypedDict(
    "CountsShown",
    {
        "batch_done": "int",
        "batch_size": "int",
        "spent": "int",
        "limit": "int | None",
    },
)

DeskShown = TypedDict(
    "DeskShown",
    {
        "order": "list[int]",
        "cards": "list[HandedShown]",
        "counts": "CountsShown",
        "nothing": "NothingShown | None",
        "answered": "AnsweredShown | None",
    },
)

GivenSent = TypedDict(
    "GivenSent",
    {
        "ticket": "str",
        "client_token": "str",
    },
)

HandedShown = TypedDict(
    "HandedShown",
    {
        "assignment": "int",
        "item": "int",
        "payload": "PayloadShown",
        "ticket": "str",
        "client_token": "str",
        "remark_token": "str",
        "reason": "str",
        "answered": "list[int]",
    },
)

NotesShown = TypedDict(
    "NotesShown",
    {
        "waiting": "list[AgainShown]",
        "decided": "list[ToldShown]",
        "known": "list[ToldShown]",
    },
)

NothingShown = TypedDict(
    "NothingShown",
    {
        "code": "str",
        "title": "str",
        "text": "str",
    },
)

OwnAnswerShown = TypedDict(
    "OwnAnswerShown",
    {
        "label": "int",
        "item": "int",
        "text": "str",
        "classes": "list[ClassShown]",
        "remarks": "list[OwnRemarkShown]",
        "created_at": "str",
        "active_ms": "int",
        "is_taken_back": "bool",
        "can_change": "bool",
    },
)

OwnWorkShown = TypedDict(
    "OwnWorkShown",
    {
        "n_labels": "int",
        "active_seconds": "float",
        "mean_seconds": "float | None",
        "money": "str",
        "n_shared": "int",
    },
)

PageOfOwnAnswerShown = TypedDict(
    "PageOfOwnAnswerShown",
    {
        "results": "list[OwnAnswerShown]",
        "next": "str | None",
    },
)

ReasonEnum = Literal['unsure', 'unreadable', 'no_class', 'other']

RefusedShown = TypedDict(
    "RefusedShown",
    {
        "assignment": "int",
        "why": "str",
    },
)

RemarkSent = TypedDict(
    "RemarkSent",
    {
        "ticket": "str",
        "remark_token": "str",
        "kind": "RemarkSentKindEnum",
        "text": NotRequired["str"],
    },
)

RemarkSentKindEnum = Literal['wrong_data', 'guideline', 'other', 'comment']

SettleSent = TypedDict(
    "SettleSent",
    {
        "keeps": NotRequired["bool"],
        "client_token": NotRequired["str"],
        "classes": NotRequired["list[int]"],
    },
)

SimilarShown = TypedDict(
    "SimilarShown",
    {
        "key": "str",
        "class_id": "int | None",
        "words": "list[str]",
        "n": "int",
    },
)

SkipSent = TypedDict(
    "SkipSent",
    {
        "ticket": "str",
        "reason": "ReasonEnum",
        "have": NotRequired["list[int]"],
    },
)

TableShown = TypedDict(
    "TableShown",
    {
        "order": "list[int]",
        "cards": "list[HandedShown]",
        "counts": "CountsShown",
        "groups": "list[SimilarShown]",
        "group": "str | None",
        "nothing": "NothingShown | None",
    },
)

TakeBackSent = TypedDict(
    "TakeBackSent",
    {
        "label": "int",
        "client_token": "str",
    },
)

ToldShown = TypedDict(
    "ToldShown",
    {
        "item": "int",
        "said": "list[ClassShown]",
        "holds": "list[ClassShown]",
        "comment": "str",
        "is_right": "bool",
    },
)

UndoSent = TypedDict(
    "UndoSent",
    {
        "client_token": "str",
        "have": NotRequired["list[int]"],
    },
)

UndoTogetherSent = TypedDict(
    "UndoTogetherSent",
    {
        "answers": "list[str]",
        "client_token": "str",
        "group": NotRequired["str"],
        "have": NotRequired["list[int]"],
    },
)

UndoneTogetherShown = TypedDict(
    "UndoneTogetherShown",
    {
        "n": "int",
        "table": "TableShown | None",
    },
)
