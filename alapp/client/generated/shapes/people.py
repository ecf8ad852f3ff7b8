"""Written by `manage.py client_code` from the schema: change that, not this."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from alapp.client.generated.shapes.shared import (
    ClassShown,
    Person,
)

InvitationShown = TypedDict(
    "InvitationShown",
    {
        "id": "int",
        "role": "str",
        "name": "str",
        "email": "str",
        "state": "str",
        "n_uses": "int",
        "max_uses": "int",
        "invited_by": "Person | None",
        "created_at": "str",
        "expires_at": "str",
    },
)

InviteSent = TypedDict(
    "InviteSent",
    {
        "role": NotRequired["RoleEnum"],
        "name": NotRequired["str"],
        "email": NotRequired["str"],
        "days": NotRequired["int"],
        "max_uses": NotRequired["int"],
    },
)

InvitedShown = TypedDict(
    "InvitedShown",
    {
        "invitation": "InvitationShown",
        "link": "str | None",
        "is_sent": "bool",
    },
)

LeaveOutSent = TypedDict(
    "LeaveOutSent",
    {
        "is_left_out": "bool",
        "reason": NotRequired["str"],
    },
)

MemberSent = TypedDict(
    "MemberSent",
    {
        "username": "str",
        "role": NotRequired["RoleEnum"],
    },
)

MemberShown = TypedDict(
    "MemberShown",
    {
        "person": "Person",
        "role": "str",
        "pay_rate": "float | None",
        "created_at": "str",
    },
)

NewAccountShown = TypedDict(
    "NewAccountShown",
    {
        "member": "MemberShown",
        "password": "str | None",
    },
)

PageOfPersonAnswerShown = TypedDict(
    "PageOfPersonAnswerShown",
    {
        "results": "list[PersonAnswerShown]",
        "next": "str | None",
    },
)

PauseSent = TypedDict(
    "PauseSent",
    {
        "is_paused": "bool",
        "reason": NotRequired["str"],
    },
)

PersonAnswerShown = TypedDict(
    "PersonAnswerShown",
    {
        "label": "int",
        "item": "int",
        "item_key": "str",
        "text": "str",
        "classes": "list[ClassShown]",
        "agreed": "list[ClassShown] | None",
        "differs": "bool",
        "active_ms": "int",
        "created_at": "str",
    },
)

PersonWorkShown = TypedDict(
    "PersonWorkShown",
    {
        "person": "Person",
        "role": "str",
        "n_labels": "int",
        "n_today": "int",
        "n_week": "int",
        "active_seconds": "float",
        "median_seconds": "float | None",
        "n_corrected": "int",
        "n_undone": "int",
        "n_late": "int",
        "n_skips": "int",
        "n_agreed": NotRequired["int | None"],
        "n_compared": NotRequired["int | None"],
        "n_flags": "int",
        "n_comments": "int",
        "last_answer": "str | None",
    },
)

RoleEnum = Literal['owner', 'lead', 'reviewer', 'annotator']

RoleSent = TypedDict(
    "RoleSent",
    {
        "role": "RoleEnum",
    },
)
