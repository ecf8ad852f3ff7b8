"""Written by `manage.py client_code` from the schema: change that, not this."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from alapp.client.generated.shapes.shared import (
    PayloadShown,
    Person,
)

HolderShown = TypedDict(
    "HolderShown",
    {
        "person": "Person",
        "leases": "list[LeaseShown]",
    },
)

LeaseShown = TypedDict(
    "LeaseShown",
    {
        "assignment": "int",
        "item": "int",
        "age_seconds": "float",
        "left_seconds": "float",
    },
)

QueueShown = TypedDict(
    "QueueShown",
    {
        "standing": "StandingShown",
        "remarks": "list[RemarkShown]",
        "holders": "list[HolderShown]",
    },
)

ReleaseSent = TypedDict(
    "ReleaseSent",
    {
        "assignments": NotRequired["list[int]"],
        "person": NotRequired["int"],
    },
)

RemarkSaidShown = TypedDict(
    "RemarkSaidShown",
    {
        "person": "Person",
        "kind": "str",
        "text": "str",
        "created_at": "str",
    },
)

RemarkShown = TypedDict(
    "RemarkShown",
    {
        "level": "str",
        "word": "str",
        "text": "str",
    },
)

RemarkedShown = TypedDict(
    "RemarkedShown",
    {
        "item": "int",
        "payload": "PayloadShown",
        "remarks": "list[RemarkSaidShown]",
    },
)

SkippedShown = TypedDict(
    "SkippedShown",
    {
        "item": "int",
        "payload": "PayloadShown",
        "reasons": "list[str]",
        "people": "list[Person]",
        "since": "str | None",
    },
)

StandingShown = TypedDict(
    "StandingShown",
    {
        "batch": "int | None",
        "n_wanted": "int",
        "n_answered": "int",
        "n_out": "int",
        "n_open": "int",
        "n_skipped": "int",
        "n_stragglers": "int",
        "reserve_size": "int",
        "reserve_left": "int",
        "n_fallback": "int",
        "n_elsewhere": "int",
        "n_for_lead": "int",
    },
)
