"""doccano: one line per text with its classes (github.com/doccano/doccano, backend/data_export).

Since 1.4 `label` lists names; before, `labels` listed names or ids, or `annotations` said which
user gave which. Spans and relations have no place here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from annotation.formats.dialects import Dialect, extras, list_of, object_of, person_of, text_of
from annotation.formats.errors import RowError
from annotation.formats.reading import Answer, Answers, Record

LABEL = "label"
COMMENTS = "Comments"
CLASSES = ("label", "labels", "cats")
TEXTS = ("text", "data")
ELSEWHERE = ("entities", "relations", "bbox", "segmentation", "start_offset")
KNOWN = frozenset({*CLASSES, *ELSEWHERE, "annotations", "annotation_approver", "meta", COMMENTS})
Names = Mapping[str, str]


def recognises(records: Sequence[Record]) -> bool:
    return bool(records) and all(_is_one(each) for each in records)


def _is_one(record: Record) -> bool:
    if not any(isinstance(record.get(name), str) for name in (*TEXTS, "filename")):
        return False
    has_marks = COMMENTS in record or "annotation_approver" in record
    return has_marks or _is_old(record) or any(_has_spans(record.get(name)) for name in CLASSES)


def _is_old(record: Record) -> bool:
    given = record.get("annotations")
    return isinstance(given, list) and all(
        isinstance(each, dict) and "label" in each for each in given
    )


def _has_spans(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(each, list | dict) for each in value)


def translate(record: Record, *, names: Names | None = None, by: str = "") -> Record:
    """Return the text, its answers and what else there is; `names` are the classes by id."""
    for name in ELSEWHERE:
        if record.get(name):
            raise RowError(name, "has no place here; only classes of whole texts can be imported")
    row = extras(record, known=KNOWN)
    if "text" not in row and "data" in row:
        row = {"text": row.pop("data"), **row}
    if comments := list_of(COMMENTS, record.get(COMMENTS)):
        row[COMMENTS] = "\n".join(text_of(COMMENTS, each) for each in comments)
    return row | {LABEL: Answers(_answers(record, names or {}, by))}


def _answers(record: Record, names: Names, by: str) -> tuple[Answer, ...]:
    if "annotations" in record:
        return _by_user(record, names)
    field = next((name for name in CLASSES if record.get(name)), LABEL)
    listed = record.get(field) or []
    each = listed if isinstance(listed, list) else [listed]
    labels = tuple(_label(f"{field}[{place}]", label, names) for place, label in enumerate(each))
    return (Answer(labels, by),) if labels else ()


def _by_user(record: Record, names: Names) -> tuple[Answer, ...]:
    given: dict[str, tuple[str, ...]] = {}
    for place, each in enumerate(list_of("annotations", record.get("annotations"))):
        field = f"annotations[{place}]"
        annotation = object_of(field, each)
        if "start_offset" in annotation:
            raise RowError(field, "marks a passage; only classes of whole texts can be imported")
        name = "user_name" if annotation.get("user_name") else "user"
        who = person_of(f"{field}.{name}", annotation.get(name))
        label = annotation.get("label_name") or annotation.get("label")
        given[who] = (*given.get(who, ()), _label(f"{field}.label", label, names))
    return tuple(Answer(labels, who) for who, labels in given.items())


def _label(field: str, value: Any, names: Names) -> str:
    if isinstance(value, list | dict):
        raise RowError(field, "marks a passage; only classes of whole texts can be imported")
    label = text_of(field, value)
    return names.get(label, label)


DOCCANO = Dialect("doccano", "doccano", recognises, translate)
