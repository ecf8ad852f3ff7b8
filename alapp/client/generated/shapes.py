"""Written by `manage.py client_code` from the schema: change that, not this."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

AgainShown = TypedDict(
    "AgainShown",
    {
        "id": "int",
        "label": "int",
        "item": "int",
        "said": "list[ClassShown]",
        "comment": "str",
    },
)

AnswerSent = TypedDict(
    "AnswerSent",
    {
        "ticket": "str",
        "client_token": "str",
        "classes": "list[int]",
        "active_ms": NotRequired["int"],
        "wall_ms": NotRequired["int"],
        "have": NotRequired["list[int]"],
    },
)

AnsweredShown = TypedDict(
    "AnsweredShown",
    {
        "classes": "list[int]",
        "reason": "str",
    },
)

BeatShown = TypedDict(
    "BeatShown",
    {
        "guidelines_version": "int",
        "beat_seconds": "int",
    },
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

ClaimSent = TypedDict(
    "ClaimSent",
    {
        "have": NotRequired["list[int]"],
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

ClassesSent = TypedDict(
    "ClassesSent",
    {
        "classes": "list[ClassSent]",
    },
)

ContentsEnum = Literal['labels', 'consensus', 'soft', 'predictions', 'items']

CorrectSent = TypedDict(
    "CorrectSent",
    {
        "label": "int",
        "client_token": "str",
        "classes": "list[int]",
    },
)

CountsShown = TypedDict(
    "CountsShown",
    {
        "batch_done": "int",
        "batch_size": "int",
        "spent": "int",
        "limit": "int | None",
    },
)

DeskShown = TypedDict(
    "DeskShown",
    {
        "order": "list[int]",
        "cards": "list[HandedShown]",
        "counts": "CountsShown",
        "nothing": "NothingShown | None",
        "answered": "AnsweredShown | None",
    },
)

ExportSent = TypedDict(
    "ExportSent",
    {
        "contents": "ContentsEnum",
        "format": NotRequired["FormatEnum"],
        "status": NotRequired["ExportSentStatusEnum"],
        "purposes": NotRequired["list[PurposesEnum]"],
        "classes": NotRequired["list[int]"],
        "since": NotRequired["str | None"],
        "first_round": NotRequired["int | None"],
        "last_round": NotRequired["int | None"],
        "standing_only": NotRequired["bool"],
        "with_content": NotRequired["bool"],
        "with_provenance": NotRequired["bool"],
        "names": NotRequired["bool"],
        "is_safe": NotRequired["bool"],
    },
)

ExportSentStatusEnum = Literal['all', 'labelled', 'unlabelled']

ExportShown = TypedDict(
    "ExportShown",
    {
        "id": "int",
        "contents": "str",
        "format": "str",
        "filename": "str",
        "state": "StateEnum",
        "step": "str",
        "progress": "int",
        "total": "int | None",
        "error": "str",
        "created_by": NotRequired["str | None"],
        "created_at": "str",
        "finished_at": "str | None",
        "expires_at": "str | None",
        "manifest": "Any",
        "file": "str | None",
    },
)

FormatEnum = Literal['csv', 'tsv', 'jsonl', 'parquet', 'zip', 'label-studio', 'label-studio-images', 'prodigy', 'doccano', 'hugging-face']

FurtherByEnum = Literal['anyone', 'reviewers']

HandedShown = TypedDict(
    "HandedShown",
    {
        "assignment": "int",
        "item": "int",
        "payload": "PayloadShown",
        "ticket": "str",
        "client_token": "str",
        "remark_token": "str",
        "reason": "str",
        "answered": "list[int]",
    },
)

KindEnum = Literal['wrong_data', 'guideline', 'other', 'comment']

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

ModalityEnum = Literal['text', 'image', 'table']

NotesShown = TypedDict(
    "NotesShown",
    {
        "waiting": "list[AgainShown]",
        "decided": "list[ToldShown]",
        "known": "list[ToldShown]",
    },
)

NothingShown = TypedDict(
    "NothingShown",
    {
        "code": "str",
        "title": "str",
        "text": "str",
    },
)

NumberSent = TypedDict(
    "NumberSent",
    {
        "number": "int",
    },
)

OwnAnswerShown = TypedDict(
    "OwnAnswerShown",
    {
        "label": "int",
        "item": "int",
        "text": "str",
        "classes": "list[ClassShown]",
        "remarks": "list[OwnRemarkShown]",
        "created_at": "str",
        "active_ms": "int",
        "is_taken_back": "bool",
        "can_change": "bool",
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

OwnWorkShown = TypedDict(
    "OwnWorkShown",
    {
        "n_labels": "int",
        "active_seconds": "float",
        "mean_seconds": "float | None",
        "money": "str",
        "n_shared": "int",
    },
)

PageOfCardShown = TypedDict(
    "PageOfCardShown",
    {
        "results": "list[CardShown]",
        "next": "str | None",
    },
)

PageOfOwnAnswerShown = TypedDict(
    "PageOfOwnAnswerShown",
    {
        "results": "list[OwnAnswerShown]",
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

PurposesEnum = Literal['query', 'audit', 'overlap', 'relabel', 'gold', 'seed']

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

ReasonEnum = Literal['unsure', 'unreadable', 'no_class', 'other']

RemarkSent = TypedDict(
    "RemarkSent",
    {
        "ticket": "str",
        "remark_token": "str",
        "kind": "KindEnum",
        "text": NotRequired["str"],
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

SettleSent = TypedDict(
    "SettleSent",
    {
        "keeps": NotRequired["bool"],
        "client_token": NotRequired["str"],
        "classes": NotRequired["list[int]"],
    },
)

ShowReasonEnum = Literal['before', 'after', 'never']

SkipSent = TypedDict(
    "SkipSent",
    {
        "ticket": "str",
        "reason": "ReasonEnum",
        "have": NotRequired["list[int]"],
    },
)

StateEnum = Literal['queued', 'running', 'done', 'failed', 'cancelled']

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

TakeBackSent = TypedDict(
    "TakeBackSent",
    {
        "label": "int",
        "client_token": "str",
    },
)

TaskEnum = Literal['single', 'multi']

TextFormatEnum = Literal['plain', 'markdown']

TokenShown = TypedDict(
    "TokenShown",
    {
        "id": "int",
        "name": "str",
        "scopes": "list[str]",
        "expires_at": "str",
    },
)

ToldShown = TypedDict(
    "ToldShown",
    {
        "item": "int",
        "said": "list[ClassShown]",
        "holds": "list[ClassShown]",
        "comment": "str",
        "is_right": "bool",
    },
)

UndoSent = TypedDict(
    "UndoSent",
    {
        "client_token": "str",
        "have": NotRequired["list[int]"],
    },
)

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
