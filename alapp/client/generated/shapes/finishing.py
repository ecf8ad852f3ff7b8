"""Written by `manage.py client_code` from the schema: change that, not this."""

from __future__ import annotations

from typing import Any, TypedDict

from alapp.client.generated.shapes.shared import (
    Person,
    RunStateShown,
)

AcceptSent = TypedDict(
    "AcceptSent",
    {
        "number": "int",
        "limit": "float",
    },
)

AcceptanceShown = TypedDict(
    "AcceptanceShown",
    {
        "final": "int",
        "limit": "float",
        "bound": "float",
        "threshold": "float",
        "n_items": "int",
        "n_audit": "int",
        "accepted_by": "Person",
        "accepted_at": "str",
    },
)

CalibrationShown = TypedDict(
    "CalibrationShown",
    {
        "before": "float | None",
        "after": "float | None",
        "n": "int",
        "is_fair": "bool",
    },
)

FinalModelShown = TypedDict(
    "FinalModelShown",
    {
        "number": "int",
        "model_version": "str",
        "label_revision": "int",
        "n_items": "int",
        "n_labelled": "int",
        "n_audit": "int",
        "made_at": "str",
    },
)

FinalShown = TypedDict(
    "FinalShown",
    {
        "final": "FinalModelShown | None",
        "is_active": "bool",
        "is_coming": "bool",
        "is_old": "bool",
        "n_open": "int",
        "calibration": "CalibrationShown | None",
        "levels": "list[LevelShown]",
        "offer": "OfferShown | None",
        "accepted": "AcceptanceShown | None",
        "useful": "list[UsefulShown]",
        "run": "RunStateShown | None",
    },
)

LevelShown = TypedDict(
    "LevelShown",
    {
        "share": "float",
        "threshold": "float",
        "n_pool": "int",
        "n_audit": "int",
        "n_errors": "int",
        "bound": "float",
    },
)

NextSent = TypedDict(
    "NextSent",
    {
        "n": "int",
    },
)

OfferShown = TypedDict(
    "OfferShown",
    {
        "limit": "float",
        "level": "LevelShown | None",
        "missing": "int | None",
    },
)

UsefulShown = TypedDict(
    "UsefulShown",
    {
        "item": "int",
        "content": "str",
        "answer": "str",
        "confidence": "float",
    },
)

WithdrawnShown = TypedDict(
    "WithdrawnShown",
    {
        "is_withdrawn": "bool",
    },
)
