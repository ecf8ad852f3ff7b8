"""Written by `manage.py client_code` from the schema: change that, not this."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

ContentsEnum = Literal['labels', 'consensus', 'soft', 'predictions', 'items', 'results']

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

PurposesEnum = Literal['query', 'audit', 'overlap', 'relabel', 'gold', 'seed']

StateEnum = Literal['queued', 'running', 'done', 'failed', 'cancelled']
