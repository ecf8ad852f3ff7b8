"""Label Studio: tasks with annotations as its JSON has them, and the flat JSON-MIN, CSV and TSV.

A column per question (`from_name`) holds the answers of everybody; an annotation that was
cancelled there is no answer. Only choices have a place here.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from annotation.formats.dialects import (
    Dialect,
    Sample,
    list_of,
    object_of,
    person_of,
    text_of,
)
from annotation.formats.errors import RowError
from annotation.formats.moments import moment_of
from annotation.formats.reading import Answer, Answers, ColumnMap, LeftOut, Record, shown

PREDICTIONS = "predictions"
# No column of a file is called so.
ASIDE = "\0predictions"
# What the flat files say of an annotation; the rest of their columns is the task and its answer.
FLAT = frozenset({"annotation_id", "updated_at", "lead_time", "agreement", "history"})
ALWAYS_FLAT = frozenset({"annotator", "annotation_id", "created_at", "updated_at", "lead_time"})
Chosen = dict[str, tuple[str, ...]]
# An annotation without anybody is written so by Label Studio's converter.
NOBODY = ("{}", "None", "null")


def is_tasks(records: Sequence[Record]) -> bool:
    return bool(records) and all(map(_is_task, records))


def _is_task(record: Record) -> bool:
    lists = (record.get(name) or [] for name in ("annotations", PREDICTIONS))
    return isinstance(record.get("data"), dict) and all(isinstance(each, list) for each in lists)


def task(record: Record) -> Record:
    """Return a task's data with a column of answers per question."""
    data = object_of("data", record.get("data"))
    answers = _answers(record)
    taken = {name: f"{name} (answers)" if name in data else name for name in answers}
    row: dict[str, Any] = dict(data)
    if "id" not in row and record.get("id") is not None:
        row["id"] = record["id"]
    if said := len(list_of(PREDICTIONS, record.get(PREDICTIONS))):
        row[ASIDE] = LeftOut(said)
    return row | {taken[name]: Answers(tuple(given)) for name, given in answers.items()}


def _answers(record: Record) -> dict[str, list[Answer]]:
    """Return everybody's answers by question; raises RowError for one that is no choice."""
    key = "annotations" if "annotations" in record else "completions"
    found: dict[str, list[Answer]] = {}
    silent: list[Answer] = []
    for place, each in enumerate(list_of(key, record.get(key))):
        where = f"{key}[{place}]"
        annotation = object_of(where, each)
        if annotation.get("was_cancelled") or annotation.get("skipped"):
            continue
        blank = Answer((), _person(where, annotation), _moment(where, annotation))
        chosen = _chosen(where, annotation, record)
        if not chosen:
            silent.append(blank)
        for name, labels in chosen.items():
            found.setdefault(name, []).append(replace(blank, labels=labels))
    for name in found:
        # Nothing chosen is an answer to the only question there is.
        found[name] += silent if len(found) == 1 else []
    return found


def _chosen(
    where: str, annotation: Mapping[str, Any], record: Record
) -> dict[str, tuple[str, ...]]:
    chosen: dict[str, tuple[str, ...]] = {}
    for place, each in enumerate(list_of(f"{where}.result", annotation.get("result"))):
        field = f"{where}.result[{place}]"
        region = object_of(field, each)
        kind = region.get("type")
        if kind != "choices":
            raise RowError(
                field,
                f"task {record.get('id', '(no id)')} has {_shown_kind(kind)} here; "
                "only choices can be imported",
            )
        name = text_of(f"{field}.from_name", region.get("from_name"))
        value = object_of(f"{field}.value", region.get("value"))
        if "start" in value or region.get("item_index") is not None:
            raise RowError(field, "a choice about a part of the task; only whole tasks can be")
        labels = list_of(f"{field}.value.choices", value.get("choices"))
        names = (text_of(f"{field}.value.choices", label) for label in labels)
        chosen[name] = (*chosen.get(name, ()), *names)
    return chosen


def _shown_kind(kind: object) -> str:
    return f"an answer of the type {shown(kind)}" if isinstance(kind, str) else "an untyped answer"


def _person(where: str, annotation: Mapping[str, Any]) -> str:
    field = f"{where}.completed_by"
    who = annotation.get("completed_by")
    if who is None:
        # alapp says so who answered, since Label Studio refuses people it does not know.
        field, who = f"{where}.created_username", annotation.get("created_username")
    if isinstance(who, dict):
        who = next((who[name] for name in ("email", "username", "id") if who.get(name)), None)
    return person_of(field, who)


def _moment(where: str, annotation: Mapping[str, Any]) -> datetime | None:
    return moment_of(f"{where}.created_at", annotation.get("created_at"))


def is_flat(records: Sequence[Record]) -> bool:
    return bool(records) and all(each.keys() >= ALWAYS_FLAT for each in records)


def annotation(record: Record) -> Record:
    """Return a row of the flat files: one annotation with its task's data."""
    row = {name: _flat_cell(name, cell) for name, cell in record.items() if name not in FLAT}
    if row.get("annotator") in NOBODY:
        row["annotator"] = ""
    return row


def _flat_cell(name: str, cell: Any) -> Any:
    """Return the choices in a cell as a list, whether they stand there as JSON or as its text."""
    value = cell
    if isinstance(cell, str) and cell[:1] in "[{" and cell[-1:] in "]}":
        try:
            value = json.loads(cell)
        except (ValueError, RecursionError):
            return cell
    if isinstance(value, dict) and value.keys() == {"choices"}:
        return value["choices"]
    if isinstance(value, list) and any(_is_region(each) for each in value):
        raise RowError(name, "holds regions of the task; only choices can be imported")
    return [] if value == [] else cell


def _is_region(value: Any) -> bool:
    return isinstance(value, dict) and any(
        name in value for name in ("start", "x", "points", "rle", "rating", "taxonomy", "text")
    )


def guess_task(sample: Sample) -> ColumnMap:
    guess = sample.guess
    return replace(guess, key=guess.key or _id_of(sample))


def guess_annotation(sample: Sample) -> ColumnMap:
    """Return the guess; an id occurs once for each annotation of its task."""
    rest = tuple(name for name in sample.columns if name not in ("annotator", "created_at"))
    guess = replace(sample, columns=rest).guess
    key = guess.key or _id_of(sample)
    return replace(guess, key=key, person="annotator", moment="created_at")


def _id_of(sample: Sample) -> str | None:
    return "id" if "id" in sample.columns else None


TASKS = Dialect("label-studio", "Label Studio tasks", is_tasks, task, guess_task)
ANNOTATIONS = Dialect(
    "label-studio-flat", "Label Studio annotations", is_flat, annotation, guess_annotation
)
