"""Rows of predictions or scores from outside: held against the project, each bad row named.

Takes records as files and the API give them; knows no arrays, so that a web process may check.
"""

import math
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from annotation import exchange
from annotation.exchange import BadRow, ProjectFacts
from selection.outside_files import Content

PREDICTIONS, SCORES = "predictions", "scores"
MOST_NUMBERS = 20_000_000
MOST_PROBLEMS = 200
# Probabilities that were rounded on their way still sum to 1 within this.
TOLERANCE = 0.01
LARGEST_SCORE = 1e300
ID, KEY, SCORE, NESTED, PREFIX = "item", "key", "score", "probabilities", "class:"
SHOWN = 5

Record = Mapping[str, Any]


class WrongRowError(ValueError):
    """What is wrong with one row: the field, and why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason = field, reason


@dataclass
class _Taken:
    """What was read so far. Problems are kept up to a number; all of them are counted."""

    rows: list[tuple[int, int | str, "array[float]"]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    n_problems: int = 0

    def refuse(self, number: int, wrong: WrongRowError) -> None:
        self.n_problems += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(f"Row {number}, {wrong.field}: {wrong.reason}.")


def read(
    records: Iterable[tuple[int, Record] | BadRow], *, project: ProjectFacts, kind: str
) -> Content:
    """Return what the rows say, in order of item ids: all of it, or none.

    Raises ValidationError naming each row that cannot be used, its field and why.
    """
    taken = _Taken()
    width = len(project.class_names) if kind == PREDICTIONS else 1
    for each in records:
        if (len(taken.rows) + 1) * width > MOST_NUMBERS:
            raise ValidationError(
                f"More than {MOST_NUMBERS:,} numbers at once: push to fewer items at a time."
            )
        _take(taken, each, project, kind)
    known = _resolve(taken, project.id)
    if taken.n_problems:
        raise ValidationError(_told(taken))
    if not known:
        raise ValidationError("There are no rows.")
    return _content(known, width)


def resolved(refs: Iterable[int | str], *, project_id: int) -> set[int]:
    """Return the items named by ids or keys. Raises ValidationError for what is none."""
    wanted = list(refs)
    ids, keys = _known(wanted, project_id)
    unknown = [each for each in wanted if _found(each, ids, keys) is None]
    if unknown:
        named = ", ".join(repr(each) for each in unknown[:SHOWN])
        raise ValidationError(
            f"{len(unknown):,} of the items it was trained on are none of this project: {named}."
        )
    return {item for each in wanted if (item := _found(each, ids, keys)) is not None}


def reference(record: Record) -> int | str:
    """Return how a row names its item: by id (a number) or by key. Raises WrongRowError."""
    given, key = record.get(ID), record.get(KEY)
    if given in (None, "") and key in (None, ""):
        raise WrongRowError(ID, f'is missing: name the item by "{ID}" (its id) or "{KEY}"')
    if given in (None, ""):
        return str(key).strip()
    try:
        return int(str(given))
    except ValueError:
        raise WrongRowError(
            ID, f"{str(given)[:40]!r} is not the id of an item, a whole number"
        ) from None


def _take(
    taken: _Taken, each: tuple[int, Record] | BadRow, project: ProjectFacts, kind: str
) -> None:
    if isinstance(each, BadRow):
        taken.refuse(each.number, WrongRowError(each.field, each.reason))
        return
    number, record = each
    try:
        ref = reference(record)
        values = _probabilities(record, project) if kind == PREDICTIONS else _score(record)
        taken.rows.append((number, ref, values))
    except WrongRowError as wrong:
        taken.refuse(number, wrong)


def _score(record: Record) -> "array[float]":
    if SCORE not in record:
        raise WrongRowError(SCORE, "is missing")
    value = _number(SCORE, record[SCORE])
    if abs(value) > LARGEST_SCORE:
        raise WrongRowError(SCORE, f"{value:g} is beyond {LARGEST_SCORE:g}")
    return array("d", [value])


def _probabilities(record: Record, project: ProjectFacts) -> "array[float]":
    given = _by_class(record, project)
    names = project.class_names
    if missing := [name for name in names if given.get(name) in (None, "")]:
        raise WrongRowError(missing[0], f"has no probability; every class needs one ({len(names)})")
    values = array("d", [_number(name, given[name]) for name in names])
    for name, value in zip(names, values, strict=True):
        if not 0 <= value <= 1:
            raise WrongRowError(name, f"{value:g} is no probability; it must lie between 0 and 1")
    if project.is_multi:
        return values
    total = math.fsum(values)
    if abs(total - 1) > TOLERANCE:
        raise WrongRowError(NESTED, f"sum to {total:.4g}, not to 1")
    return array("d", [value / total for value in values])


def _by_class(record: Record, project: ProjectFacts) -> Record:
    """Return a row's probabilities by class, from one object or from a column per class."""
    nested = record.get(NESTED)
    if nested is not None and NESTED not in project.class_names:
        if not isinstance(nested, Mapping):
            raise WrongRowError(NESTED, "is not an object of class: probability")
        return _of_classes(nested, project)
    reserved = {ID, KEY}
    columns = {
        name.removeprefix(PREFIX): value for name, value in record.items() if name not in reserved
    }
    return _of_classes(columns, project)


def _of_classes(given: Record, project: ProjectFacts) -> Record:
    known = set(project.class_names)
    if extra := [name for name in given if name not in known]:
        there = ", ".join(project.class_names[:SHOWN])
        more = ", …" if len(project.class_names) > SHOWN else ""
        raise WrongRowError(str(extra[0])[:40], f"is not a class of this project ({there}{more})")
    return given


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool):
        raise WrongRowError(name, f"{value} is not a number")
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise WrongRowError(name, f"{str(value)[:40]!r} is not a number") from None
    except OverflowError:
        raise WrongRowError(name, "is too large a number") from None
    if not math.isfinite(number):
        raise WrongRowError(name, f"{number} is not a finite number")
    return number


def _resolve(taken: _Taken, project_id: int) -> "dict[int, array[float]]":
    """Return values by item; rows of unknown items, and items told twice, are problems."""
    ids, keys = _known([ref for _, ref, _ in taken.rows], project_id)
    first: dict[int, int] = {}
    values: dict[int, array[float]] = {}
    for number, ref, row in taken.rows:
        item = _found(ref, ids, keys)
        name = ID if isinstance(ref, int) else KEY
        if item is None:
            taken.refuse(number, WrongRowError(name, f"{ref!r} is no item of this project"))
        elif item in first:
            taken.refuse(
                number, WrongRowError(name, f"{ref!r} stands in row {first[item]} already")
            )
        else:
            first[item], values[item] = number, row
    return values


def _known(refs: list[int | str], project_id: int) -> tuple[set[int], dict[str, int]]:
    return exchange.item_ids(
        project_id,
        ids={ref for ref in refs if isinstance(ref, int) and abs(ref) < 2**63},
        keys={ref for ref in refs if isinstance(ref, str)},
    )


def _found(ref: int | str, ids: set[int], keys: Mapping[str, int]) -> int | None:
    if isinstance(ref, int):
        return ref if ref in ids else None
    return keys.get(ref)


def _content(values: "Mapping[int, array[float]]", width: int) -> Content:
    order = sorted(values)
    flat = array("d")
    for item in order:
        flat.extend(values[item])
    return Content(array("q", order), flat, width)


def _told(taken: _Taken) -> list[str]:
    more = taken.n_problems - len(taken.problems)
    return [*taken.problems, *([f"And {more:,} more rows."] if more else [])]
