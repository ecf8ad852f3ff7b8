"""Prodigy: one line per answer, as db-out writes them (prodi.gy, "Annotation interfaces").

A text with `label` asks of one class, yes or no; with `options` it asks which of them. Spans,
images and the like have no place here.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from annotation.formats.dialects import (
    Dialect,
    Sample,
    extras,
    list_of,
    object_of,
    person_of,
    text_of,
)
from annotation.formats.errors import RowError
from annotation.formats.moments import moment_of
from annotation.formats.reading import Answer, Answers, ColumnMap, Record, shown

LABEL = "label"
HASHES = frozenset({"_input_hash", "_task_hash"})
DECISIONS = ("accept", "reject", "ignore")
ELSEWHERE = ("relations", "audio", "video", "image", "transcript", "audio_spans")
KNOWN = frozenset(
    {"text", "label", "options", "accept", "answer", "meta", "spans", "tokens", "html", "config",
     "style", "priority", "score", *ELSEWHERE}
)  # fmt: skip
# A session nobody named is called by when it began.
NAMELESS = re.compile(r"(.*-)?\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d")


def recognises(records: Sequence[Record]) -> bool:
    return bool(records) and all(
        each.keys() & HASHES or (each.get("answer") in DECISIONS and "text" in each)
        for each in records
    )


def translate(record: Record) -> Record:
    for name in ELSEWHERE:
        if record.get(name):
            raise RowError(name, "has no place here; texts with a label or options can be imported")
    asks = "options" in record or "accept" in record or LABEL in record
    if record.get("spans") and not asks:
        raise RowError("spans", "marked passages have no place here; only whole texts can be")
    row: dict[str, Any] = {"text": record.get("text")}
    return row | extras(record, known=KNOWN) | {LABEL: Answers(_answers(record))}


def _answers(record: Record) -> tuple[Answer, ...]:
    decision = record.get("answer")
    if decision is not None and decision not in DECISIONS:
        raise RowError("answer", f"{shown(str(decision))} is not accept, reject or ignore")
    if decision != "accept":
        return ()
    given = Answer(
        _accepted(record),
        by=_person(record),
        at=moment_of("_timestamp", record.get("_timestamp")),
        is_part="options" not in record and "accept" not in record,
        is_outright=record.get("accept") == [],
    )
    return (given,)


def _accepted(record: Record) -> tuple[str, ...]:
    if "accept" not in record and "options" not in record:
        label = record.get(LABEL)
        return () if label in (None, "") else (text_of(LABEL, label),)
    names = _names(record)
    accepted = record.get("accept")
    chosen = accepted if isinstance(accepted, list) else [accepted]
    return tuple(
        names.get(str(each)) or text_of("accept", each) for each in chosen if each is not None
    )


def _names(record: Record) -> dict[str, str]:
    """Return the classes by their option's id: the id itself, or its text where it is a number."""
    names: dict[str, str] = {}
    for place, each in enumerate(list_of("options", record.get("options"))):
        field = f"options[{place}]"
        option = object_of(field, each)
        key, text = option.get("id"), option.get("text")
        is_named = isinstance(key, str) or not isinstance(text, str) or not text.strip()
        names[str(key)] = text_of(f"{field}.id", key) if is_named else str(text).strip()
    return names


def _person(record: Record) -> str:
    name = "_annotator_id" if record.get("_annotator_id") else "_session_id"
    person = person_of(name, record.get(name))
    return "" if NAMELESS.fullmatch(person) else person


def guess(sample: Sample) -> ColumnMap:
    return replace(sample.guess, text="text")


PRODIGY = Dialect("prodigy", "Prodigy", recognises, translate, guess)
