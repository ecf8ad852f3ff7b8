"""Written by `manage.py client_code` from the schema: change that, not this."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from alapp.client.generated.shapes.shared import (
    ClassShown,
    PayloadShown,
    RunShown,
)

ExampleShown = TypedDict(
    "ExampleShown",
    {
        "item": "int",
        "payload": "PayloadShown",
    },
)

FoundShown = TypedDict(
    "FoundShown",
    {
        "id": "int",
        "key": "str",
        "payload": "PayloadShown",
        "classes": "list[ClassShown] | None",
        "predicted": "ClassShown | None",
        "confidence": "float | None",
        "is_picked": "bool",
        "place": "str",
    },
)

GroupShown = TypedDict(
    "GroupShown",
    {
        "key": "str",
        "size": "int",
        "n_labelled": "int",
        "words": "list[str]",
        "examples": "list[ExampleShown]",
    },
)

GroupsShown = TypedDict(
    "GroupsShown",
    {
        "groups": "list[GroupShown]",
        "run": "RunShown | None",
    },
)

ItemSent = TypedDict(
    "ItemSent",
    {
        "key": NotRequired["str"],
        "text": NotRequired["str"],
        "fields": NotRequired["dict[str, str | float | bool | None]"],
        "labels": NotRequired["list[str]"],
    },
)

ItemShown = TypedDict(
    "ItemShown",
    {
        "id": "int",
        "key": "str",
        "payload": "PayloadShown",
        "classes": "list[ClassShown] | None",
        "n_labels": "int",
        "certainty": "float",
        "place": "str",
    },
)

ItemsSent = TypedDict(
    "ItemsSent",
    {
        "items": "list[ItemSent]",
    },
)

LookStartedShown = TypedDict(
    "LookStartedShown",
    {
        "is_started": "bool",
    },
)

PageOfFoundShown = TypedDict(
    "PageOfFoundShown",
    {
        "results": "list[FoundShown]",
        "next": "str | None",
    },
)

PageOfItemShown = TypedDict(
    "PageOfItemShown",
    {
        "results": "list[ItemShown]",
        "next": "str | None",
    },
)

SeedShown = TypedDict(
    "SeedShown",
    {
        "item": "int",
        "suggested": "int | None",
        "added_at": "str",
    },
)

SeedsAdded = TypedDict(
    "SeedsAdded",
    {
        "n_new": "int",
        "n_before": "int",
        "n_unknown": "int",
    },
)

SeedsSent = TypedDict(
    "SeedsSent",
    {
        "items": "list[int]",
        "suggested": NotRequired["int | None"],
    },
)

SuggestedSent = TypedDict(
    "SuggestedSent",
    {
        "suggested": "int | None",
    },
)

UploadSent = TypedDict(
    "UploadSent",
    {
        "file": "str",
        "text": NotRequired["str"],
        "label": NotRequired["str"],
        "key": NotRequired["str"],
        "dialect": NotRequired["str"],
        "makes_classes": NotRequired["bool"],
        "truth": NotRequired["bool"],
    },
)
