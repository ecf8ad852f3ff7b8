"""Written by `manage.py client_code` from the schema: change that, not this."""

from __future__ import annotations

from typing import Any, TypedDict

MeShown = TypedDict(
    "MeShown",
    {
        "id": "int",
        "username": "str",
        "name": "str",
        "is_admin": "bool",
        "token": "TokenShown | None",
    },
)

TokenShown = TypedDict(
    "TokenShown",
    {
        "id": "int",
        "name": "str",
        "scopes": "list[str]",
        "expires_at": "str",
    },
)
