"""Written by `manage.py client_code` from the schema: change that, not this."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from alapp.client.generated.shapes.shared import (
    RunStateShown,
)

DrawSent = TypedDict(
    "DrawSent",
    {
        "method": NotRequired["MethodEnum"],
    },
)

FoundPointShown = TypedDict(
    "FoundPointShown",
    {
        "item": "int",
        "text": "str",
        "predicted": "str",
        "sure": "float | None",
        "answer": "str | None",
    },
)

MapPointShown = TypedDict(
    "MapPointShown",
    {
        "item": "int",
        "x": "int",
        "y": "int",
        "predicted": "int | None",
        "sure": "float | None",
    },
)

MapShown = TypedDict(
    "MapShown",
    {
        "method": "str",
        "n_points": "int",
        "n_items": "int",
        "n_waiting": "int",
        "round": "int | None",
        "placed_at": "str",
        "made_at": "str",
    },
)

MapsShown = TypedDict(
    "MapsShown",
    {
        "map": "MapShown | None",
        "run": "RunStateShown | None",
        "methods": "list[MethodShown]",
    },
)

MethodEnum = Literal['pca', 'umap']

MethodShown = TypedDict(
    "MethodShown",
    {
        "name": "str",
        "title": "str",
    },
)

PageOfMapPointShown = TypedDict(
    "PageOfMapPointShown",
    {
        "results": "list[MapPointShown]",
        "next": "str | None",
    },
)
