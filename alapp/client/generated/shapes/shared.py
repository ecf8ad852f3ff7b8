"""Written by `manage.py client_code` from the schema: change that, not this."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

ClassShown = TypedDict(
    "ClassShown",
    {
        "id": "int",
        "name": "str",
        "description": "str",
        "key": "str",
        "colour": "str",
    },
)

Count = TypedDict(
    "Count",
    {
        "n": "int",
    },
)

ItemIdsSent = TypedDict(
    "ItemIdsSent",
    {
        "items": "list[int]",
    },
)

LabelShown = TypedDict(
    "LabelShown",
    {
        "id": "int",
        "item": "int",
        "classes": "list[int]",
        "created_at": "str",
    },
)

OwnAnswerSent = TypedDict(
    "OwnAnswerSent",
    {
        "classes": "list[int]",
        "client_token": "str",
        "active_ms": NotRequired["int"],
        "wall_ms": NotRequired["int"],
    },
)

OwnRemarkShown = TypedDict(
    "OwnRemarkShown",
    {
        "kind": "str",
        "text": "str",
        "created_at": "str",
    },
)

PayloadShown = TypedDict(
    "PayloadShown",
    {
        "text": "str",
        "fields": "dict[str, Any]",
        "image": "str | None",
        "width": "int | None",
        "height": "int | None",
    },
)

Person = TypedDict(
    "Person",
    {
        "id": "int",
        "username": "str",
        "name": "str",
    },
)

Problem = TypedDict(
    "Problem",
    {
        "type": "str",
        "title": "str",
        "status": "int",
        "detail": "str",
        "errors": NotRequired["list[ProblemField]"],
    },
)

ProblemField = TypedDict(
    "ProblemField",
    {
        "field": "str",
        "message": "str",
        "limit": NotRequired["str"],
    },
)

RunShown = TypedDict(
    "RunShown",
    {
        "id": "int",
        "kind": "str",
        "title": "str",
        "about": "str",
        "state": "str",
        "step": "str",
        "progress": "int",
        "total": "int | None",
        "result": "str",
        "error": "str",
        "created_by": NotRequired["str | None"],
        "created_at": "str",
        "started_at": "str | None",
        "finished_at": "str | None",
    },
)

RunStateShown = TypedDict(
    "RunStateShown",
    {
        "id": "int",
        "state": "str",
        "step": "str",
        "progress": "int",
        "total": "int | None",
        "error": "str",
    },
)

SelectionShown = TypedDict(
    "SelectionShown",
    {
        "is_enabled": "bool",
        "on_stop": "str",
        "features": "str",
        "settings": "dict[str, Any]",
    },
)

StartedShown = TypedDict(
    "StartedShown",
    {
        "is_started": "bool",
    },
)
