"""Known answers from a file: each row an item's id and its class, all of them or none."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ValidationError

from annotation.formats import BadRow, ColumnMap, FormatError, Row, RowError, inspect, read
from annotation.formats.reading import checked_key, shown
from annotation.models import Gold, Item, Project, Task
from annotation.services.known_answers import Known

MOST_ROWS = 10_000
SHOWN_CLASSES = 8
ITEM_COLUMNS = ("item", "id", "key")
CLASS_COLUMNS = ("class", "classes", "label", "labels", "answer")


@dataclass(frozen=True)
class _Known:
    """What the rows are held against: the project's classes, items by id, and known answers."""

    project: Project
    classes: Mapping[str, int]
    items: Mapping[str, int]
    gold: frozenset[int]


def read_known(project: Project, *, path: Path, filename: str) -> list[Known]:
    """Return the known answers of a file; the row is that of the file.

    Raises ValidationError for a file that is none, or naming every row that cannot be one with
    its field and the limit.
    """
    try:
        columns = _columns(inspect(path, filename).columns)
        rows = list(_limited(read(path, filename, columns)))
    except FormatError as error:
        raise ValidationError(str(error)) from None
    if not rows:
        raise ValidationError("The file has no rows.")
    against = _against(project, rows)
    problems: list[str] = []
    known: dict[int, Known] = {}
    for row in rows:
        try:
            _take(known, row, against)
        except RowError as error:
            problems.append(_told(BadRow.of(row.number, error)))
    if problems:
        raise ValidationError(problems)
    return list(known.values())


def _columns(names: tuple[str, ...]) -> ColumnMap:
    by_name = {name.lower(): name for name in names}
    item = next((by_name[each] for each in ITEM_COLUMNS if each in by_name), None)
    label = next((by_name[each] for each in CLASS_COLUMNS if each in by_name), None)
    if item is None or label is None:
        there = ", ".join(names) or "none"
        raise FormatError(f'The file needs the columns "item" and "class"; it has: {there}.')
    return ColumnMap(text=item, label=label)


def _limited(rows: Iterator[Row | BadRow]) -> Iterator[Row | BadRow]:
    for n, row in enumerate(rows, start=1):
        if n > MOST_ROWS:
            raise FormatError(f"The file has more than {MOST_ROWS:,} rows, which is the limit.")
        yield row


def _against(project: Project, rows: list[Row | BadRow]) -> _Known:
    keys = {row.text.strip() for row in rows if isinstance(row, Row)}
    items = Item.objects.filter(project=project, withdrawn_at=None)
    found: dict[str, int] = {}
    wanted = sorted(keys)
    for start in range(0, len(wanted), 500):
        part = items.filter(key__in=wanted[start : start + 500])
        found |= dict(part.values_list("key", "pk"))
    gold = Gold.objects.filter(project=project).values_list("item", flat=True)
    classes = dict(project.classes.values_list("name", "pk"))
    return _Known(project, classes, found, frozenset(gold))


def _take(known: dict[int, Known], row: Row | BadRow, against: _Known) -> None:
    if isinstance(row, BadRow):
        raise RowError(row.field, row.reason, row.limit)
    key = checked_key("item", row.text)
    item_id = against.items.get(key)
    if item_id is None:
        raise RowError("item", f"{shown(key)} is not the id of an item of this project")
    if item_id in known:
        raise RowError("item", f"{shown(key)} stands in row {known[item_id].row} already")
    if item_id in against.gold:
        raise RowError("item", f"{shown(key)} has a known answer already")
    known[item_id] = Known(item_id, _classes(row, against), row.number)


def _classes(row: Row, against: _Known) -> list[int]:
    names = [name for label in row.labels for name in _names(label, against)]
    if not names and against.project.task != Task.MULTI:
        raise RowError("class", "is empty", "one class")
    for name in names:
        if name not in against.classes:
            there = ", ".join(list(against.classes)[:SHOWN_CLASSES])
            raise RowError("class", f"{shown(name)} is not a class of this project", there)
    if len(names) > 1 and against.project.task != Task.MULTI:
        raise RowError("class", f"names {len(names)} classes", "one class")
    return sorted({against.classes[name] for name in names})


def _names(label: str, against: _Known) -> list[str]:
    """Part "a|b" into its names, where several are asked for and none is called that."""
    if against.project.task != Task.MULTI or label in against.classes:
        return [label]
    return [name.strip() for name in label.split("|") if name.strip()]


def _told(bad: BadRow) -> str:
    limit = f" (limit: {bad.limit})" if bad.limit else ""
    return f"Row {bad.number}, {bad.field}: {bad.reason}{limit}."
