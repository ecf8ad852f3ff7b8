"""Written by `manage.py client_code` from the schema: change that, not this."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from alapp.client.generated.shapes.shared import (
    RunShown,
)

PageOfRunShown = TypedDict(
    "PageOfRunShown",
    {
        "results": "list[RunShown]",
        "next": "str | None",
    },
)

ProblemRowShown = TypedDict(
    "ProblemRowShown",
    {
        "row": "int",
        "kind": "str",
        "field": "str",
        "reason": "str",
        "limit": "str",
    },
)

RunDetailShown = TypedDict(
    "RunDetailShown",
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
        "problems": "list[ProblemRowShown]",
    },
)
