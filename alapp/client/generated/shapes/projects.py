"""Written by `manage.py client_code` from the schema: change that, not this."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from alapp.client.generated.shapes.shared import (
    ClassShown,
)

CardShown = TypedDict(
    "CardShown",
    {
        "slug": "str",
        "name": "str",
        "modality": "str",
        "task": "str",
        "status": "str",
        "role": "str",
        "n_items": "int",
        "spent": "int",
        "limit": "int | None",
        "created_at": "str",
    },
)

ClassSent = TypedDict(
    "ClassSent",
    {
        "id": NotRequired["int | None"],
        "name": "str",
        "description": NotRequired["str"],
        "key": NotRequired["str"],
    },
)

ClassesSent = TypedDict(
    "ClassesSent",
    {
        "classes": "list[ClassSent]",
    },
)

FurtherByEnum = Literal['anyone', 'reviewers']

ModalityEnum = Literal['text', 'image', 'table']

NumberSent = TypedDict(
    "NumberSent",
    {
        "number": "int",
    },
)

PageOfCardShown = TypedDict(
    "PageOfCardShown",
    {
        "results": "list[CardShown]",
        "next": "str | None",
    },
)

PatchedSettingsSent = TypedDict(
    "PatchedSettingsSent",
    {
        "name": NotRequired["str"],
        "guidelines": NotRequired["str"],
        "overlap": NotRequired["int"],
        "overlap_percent": NotRequired["int"],
        "further_by": NotRequired["FurtherByEnum"],
        "leads_label": NotRequired["bool"],
        "reviewers_label": NotRequired["bool"],
        "batch_share_percent": NotRequired["int"],
        "lease_seconds": NotRequired["int"],
        "max_skips": NotRequired["int"],
        "straggler_percent": NotRequired["int"],
        "straggler_leases": NotRequired["int"],
        "text_format": NotRequired["TextFormatEnum"],
        "keywords": NotRequired["str"],
        "show_reason": NotRequired["ShowReasonEnum"],
        "confirm_answers": NotRequired["bool"],
        "corrections_allowed": NotRequired["bool"],
        "bulk_allowed": NotRequired["bool"],
        "gold_percent": NotRequired["int"],
        "gold_floor_percent": NotRequired["int"],
        "gold_pauses": NotRequired["bool"],
        "gold_feedback": NotRequired["bool"],
    },
)

ProjectSent = TypedDict(
    "ProjectSent",
    {
        "name": "str",
        "modality": NotRequired["ModalityEnum"],
        "task": NotRequired["TaskEnum"],
        "classes": NotRequired["list[ClassSent]"],
        "guidelines": NotRequired["str"],
        "budget": NotRequired["int"],
    },
)

ProjectShown = TypedDict(
    "ProjectShown",
    {
        "slug": "str",
        "name": "str",
        "modality": "str",
        "task": "str",
        "status": "str",
        "role": "str",
        "classes": "list[ClassShown]",
        "guidelines_version": "int",
        "corrections_allowed": "bool",
        "bulk_allowed": "bool",
        "lease_seconds": "int",
        "created_at": "str",
        "started_at": "str | None",
    },
)

ReaderShown = TypedDict(
    "ReaderShown",
    {
        "name": "str",
        "role": "str",
        "last_read": "int",
        "read_at": "str | None",
    },
)

ReadingShown = TypedDict(
    "ReadingShown",
    {
        "number": "int",
        "text": "str",
        "last_read": "int",
        "is_unread": "bool",
    },
)

SettingsShown = TypedDict(
    "SettingsShown",
    {
        "slug": "str",
        "name": "str",
        "status": "str",
        "guidelines": "str",
        "guidelines_version": "int",
        "overlap": "int",
        "overlap_percent": "int",
        "further_by": "str",
        "leads_label": "bool",
        "reviewers_label": "bool",
        "batch_share_percent": "int",
        "lease_seconds": "int",
        "max_skips": "int",
        "straggler_percent": "int",
        "straggler_leases": "int",
        "text_format": "str",
        "keywords": "str",
        "show_reason": "str",
        "confirm_answers": "bool",
        "corrections_allowed": "bool",
        "bulk_allowed": "bool",
        "gold_percent": "int",
        "gold_floor_percent": "int",
        "gold_pauses": "bool",
        "gold_feedback": "bool",
    },
)

ShowReasonEnum = Literal['before', 'after', 'never']

StatusSent = TypedDict(
    "StatusSent",
    {
        "status": "StatusSentStatusEnum",
    },
)

StatusSentStatusEnum = Literal['active', 'paused', 'stopped']

StepShown = TypedDict(
    "StepShown",
    {
        "name": "str",
        "is_done": "bool",
        "is_needed": "bool",
        "hint": "str",
    },
)

TaskEnum = Literal['single', 'multi']

TextFormatEnum = Literal['plain', 'markdown']

VersionShown = TypedDict(
    "VersionShown",
    {
        "number": "int",
        "text": "str",
        "author": NotRequired["str | None"],
        "restores": "int | None",
        "created_at": "str",
        "is_current": "bool",
    },
)
