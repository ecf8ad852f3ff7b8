"""Written by `manage.py client_code` from the schema: change that, not this."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from alapp.client.generated.shapes.shared import (
    Person,
)

AccountShown = TypedDict(
    "AccountShown",
    {
        "person": "Person | None",
        "day": "str | None",
        "spent": "float",
        "reserved": "float",
        "left": "float",
    },
)

BudgetShown = TypedDict(
    "BudgetShown",
    {
        "id": "int",
        "scope": "str",
        "unit": "str",
        "limit": "float",
        "is_frozen": "bool",
        "accounts": "list[AccountShown]",
    },
)

ChargeShown = TypedDict(
    "ChargeShown",
    {
        "charge": "int",
        "state": "str",
        "scope": "str",
        "unit": "str",
        "amount": "str",
        "person": "str | None",
        "item": "int",
        "item_key": "str",
        "assignment": "int",
        "label": "int | None",
        "reserved_at": "str",
        "settled_at": "str | None",
    },
)

FreezeSent = TypedDict(
    "FreezeSent",
    {
        "is_frozen": "bool",
    },
)

LimitSent = TypedDict(
    "LimitSent",
    {
        "scope": NotRequired["ScopeEnum"],
        "unit": NotRequired["UnitEnum"],
        "limit": "str",
        "reason": NotRequired["str"],
    },
)

OwnRateSent = TypedDict(
    "OwnRateSent",
    {
        "pay_rate": "str | None",
    },
)

PageOfChargeShown = TypedDict(
    "PageOfChargeShown",
    {
        "results": "list[ChargeShown]",
        "next": "str | None",
    },
)

PayByEnum = Literal['label', 'hour']

PaySent = TypedDict(
    "PaySent",
    {
        "pay_by": "PayByEnum",
        "pay_rate": "str",
        "currency": "str",
        "max_paid_seconds": "int",
    },
)

PayShown = TypedDict(
    "PayShown",
    {
        "pay_by": "str",
        "pay_rate": "float",
        "currency": "str",
        "max_paid_seconds": "int",
    },
)

ScopeEnum = Literal['project', 'annotator', 'annotator_day']

SpenderShown = TypedDict(
    "SpenderShown",
    {
        "person": "Person",
        "n_labels": "int",
        "active_seconds": "float | None",
        "money": "str",
        "own_rate": "str",
    },
)

UnitEnum = Literal['labels', 'hours', 'money']
