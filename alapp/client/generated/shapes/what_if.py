"""Written by `manage.py client_code` from the schema: change that, not this."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from alapp.client.generated.shapes.shared import (
    Person,
    RunStateShown,
)

BesideShown = TypedDict(
    "BesideShown",
    {
        "place": "int",
        "name": "str",
        "gain": "GainShown | None",
        "verdict": "str",
    },
)

GainShown = TypedDict(
    "GainShown",
    {
        "value": "float",
        "low": "float",
        "high": "float",
    },
)

LineShown = TypedDict(
    "LineShown",
    {
        "name": "str",
        "labels": "list[int]",
        "value": "list[float]",
        "low": "list[float]",
        "high": "list[float]",
    },
)

UseSent = TypedDict(
    "UseSent",
    {
        "variant": "int",
    },
)

VariantShown = TypedDict(
    "VariantShown",
    {
        "name": "str",
        "strategy": "str",
        "batch_size": "int",
    },
)

WhatIfDetailShown = TypedDict(
    "WhatIfDetailShown",
    {
        "id": "int",
        "variants": "list[VariantShown]",
        "n_seeds": "int",
        "minutes": "int",
        "is_cancelled": "bool",
        "created_by": "Person | None",
        "created_at": "str",
        "finished_at": "str | None",
        "run": "RunStateShown | None",
        "cpu_seconds": "float",
        "said": "str",
        "n_test": "int | None",
        "beside": "list[BesideShown]",
        "lines": "list[LineShown]",
    },
)

WhatIfSent = TypedDict(
    "WhatIfSent",
    {
        "strategies": NotRequired["list[str]"],
        "batch_sizes": NotRequired["list[int]"],
        "n_seeds": NotRequired["int"],
        "minutes": NotRequired["int"],
    },
)

WhatIfShown = TypedDict(
    "WhatIfShown",
    {
        "id": "int",
        "variants": "list[VariantShown]",
        "n_seeds": "int",
        "minutes": "int",
        "is_cancelled": "bool",
        "created_by": "Person | None",
        "created_at": "str",
        "finished_at": "str | None",
    },
)
