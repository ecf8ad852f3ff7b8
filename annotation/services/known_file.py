"""Known answers from a file: each row an item's id or text and its class, all of them or none."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.core.exceptions import ValidationError

from annotation.formats import (
    BadRow,
    ColumnMap,
    FormatError,
    Row,
    RowError,
    inspect,
    joined,
    read,
)
from annotation.formats.reading import checked_key, shown
from annotation.models import Gold, Item, Project, Task
from annotation.services.import_rows import hash_of_text
from annotation.services.known_answers import Known

MOST_ROWS = 10_000
SHOWN_CLASSES = 8
ITEM_COLUMNS = ("item", "id", "key")
TEXT_COLUMNS = ("text",)
CLASS_COLUMNS = ("class", "classes", "label", "labels", "answer")


@dataclass(frozen=True)
class _Known:
    """What the rows are held against: the project's classes, items by id or by what their text
    comes to, and known answers."""

    project: Project
    classes: Mapping[str, int]
    items: Mapping[str, int]
    is_by_text: bool
    gold: frozenset[int]


def read_upload(project: Project, *, filename: str, chunks: Iterable[bytes]) -> list[Known]:
    """Return the known answers of an uploaded file, as read_known does; nothing of it is kept."""
    with NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as copy:
        for chunk in chunks:
            copy.write(chunk)
        copy.flush()
        return read_known(project, path=Path(copy.name), filename=filename)


def read_known(project: Project, *, path: Path, filename: str) -> list[Known]:
    """Return the known answers of a file; the row is that of the file.

    Raises ValidationError for a file that is none, or naming every row that cannot be one with
    its field and the limit.
    """
    try:
        columns, is_by_text = _columns(inspect(path, filename).columns)
        rows = list(_limited(read(path, filename, columns)))
    except FormatError as error:
        raise ValidationError(str(error)) from None
    if not rows:
        raise ValidationError("The file has no rows.")
    against = _against(project, rows, is_by_text=is_by_text)
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


def _columns(names: tuple[str, ...]) -> tuple[ColumnMap, bool]:
    """Return where a row's item and class stand, and whether the item is told by its text."""
    by_name = {name.lower(): name for name in names}
    item = next((by_name[each] for each in ITEM_COLUMNS if each in by_name), None)
    label = next((by_name[each] for each in CLASS_COLUMNS if each in by_name), None)
    text = next((by_name[each] for each in TEXT_COLUMNS if each in by_name), None)
    found = item or text
    if found is None or label is None:
        there = ", ".join(names) or "none"
        needed = 'The file needs the columns "item", or "text", and "class"'
        raise FormatError(f"{needed}; it has: {there}.")
    return ColumnMap(text=found, label=label), item is None


def _limited(rows: Iterator[Row | BadRow]) -> Iterator[Row | BadRow]:
    for n, row in enumerate(rows, start=1):
        if n > MOST_ROWS:
            raise FormatError(f"The file has more than {MOST_ROWS:,} rows, which is the limit.")
        yield row


def _against(project: Project, rows: list[Row | BadRow], *, is_by_text: bool) -> _Known:
    field = "content_hash" if is_by_text else "key"
    told = [row.text for row in rows if isinstance(row, Row)]
    keys = {hash_of_text(each) if is_by_text else each.strip() for each in told}
    items = Item.objects.filter(project=project, withdrawn_at=None)
    found: dict[str, int] = {}
    wanted = sorted(keys)
    for start in range(0, len(wanted), 500):
        part = items.filter(**{f"{field}__in": wanted[start : start + 500]})
        found |= dict(part.values_list(field, "pk"))
    gold = Gold.objects.filter(project=project).values_list("item", flat=True)
    classes = dict(project.classes.values_list("name", "pk"))
    return _Known(project, classes, found, is_by_text, frozenset(gold))


def _take(known: dict[int, Known], row: Row | BadRow, against: _Known) -> None:
    if isinstance(row, BadRow):
        raise RowError(row.field, row.reason, row.limit)
    field, what, key = "item", "id", row.text
    if against.is_by_text:
        field, what = "text", "text"
        item_id = against.items.get(hash_of_text(key))
    else:
        key = checked_key("item", row.text)
        item_id = against.items.get(key)
    if item_id is None:
        raise RowError(field, f"{shown(key)} is not the {what} of an item of this project")
    if item_id in known:
        raise RowError(field, f"{shown(key)} stands in row {known[item_id].row} already")
    if item_id in against.gold:
        raise RowError(field, f"{shown(key)} has a known answer already")
    known[item_id] = Known(item_id, _classes(row, against), row.number)


def _classes(row: Row, against: _Known) -> list[int]:
    is_multi = against.project.task == Task.MULTI
    told = [joined.names_of(each, against.classes, is_multi=is_multi) for each in row.answers]
    names = [name for each in told for name in each]
    if not names and against.project.task != Task.MULTI:
        raise RowError("class", "is empty", "one class")
    for name in names:
        if name not in against.classes:
            there = ", ".join(list(against.classes)[:SHOWN_CLASSES])
            raise RowError("class", f"{shown(name)} is not a class of this project", there)
    if len(names) > 1 and against.project.task != Task.MULTI:
        raise RowError("class", f"names {len(names)} classes", "one class")
    return sorted({against.classes[name] for name in names})


def _told(bad: BadRow) -> str:
    limit = f" (limit: {bad.limit})" if bad.limit else ""
    return f"Row {bad.number}, {bad.field}: {bad.reason}{limit}."
