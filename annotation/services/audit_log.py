"""The audit log as it is read: entries and answers as one list, newest first. Reads only.

An answer has no entry of its own: its label can be neither changed nor deleted, and says who
answered what and when (docs/decisions/0032). Both tables are read by id and merged by time; where
a page ends is said by an id of each, so that a long log costs no more than its first page.
"""

import csv
import heapq
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import reduce
from itertools import islice
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from annotation.formats import spreadsheet
from annotation.models import AuditEntry, Label, LabelClass, Project

PER_PAGE, PER_CHUNK = 50, 1_000
END = 2**62
ANSWERS, EVERYTHING = "answers", "all"
# What can be looked for: its title, and how the actions in it begin.
KINDS: Mapping[str, tuple[str, Sequence[str]]] = {
    "": ("Everything but answers", ()),
    EVERYTHING: ("Everything", ()),
    ANSWERS: ("Answers", ()),
    "labels": (
        "Corrections and decisions",
        ("label.", "item.", "skip.", "lease.", "remark.", "predictions."),
    ),
    "people": ("People and roles", ("role.", "account.", "trust.", "invitation.")),
    "budgets": ("Budgets and pay", ("budget.", "pay.")),
    "settings": (
        "Settings, classes, guidelines",
        ("project.", "classes.", "guidelines.", "selection.", "stop.", "gold.", "seeds."),
    ),
    "data": ("Imports, exports, runs", ("items.", "export.", "audit.", "run.")),
    "access": ("Sign-ins and tokens", ("sign-in", "sign-out", "token.", "webhook.")),
}
COLUMNS = ("at", "project", "who", "action", "target", "before", "after", "network")


@dataclass(frozen=True)
class Place:
    """Where a page begins: behind this entry and this label."""

    entry: int = END
    label: int = END

    def __str__(self) -> str:
        return f"{self.entry}.{self.label}"


@dataclass(frozen=True)
class Wanted:
    """What is looked for; `who` is a user name."""

    kind: str = ""
    who: str = ""
    since: date | None = None
    until: date | None = None
    place: Place = Place()


@dataclass(frozen=True)
class Line:
    """One change. `before` and `after` are what stands in the entry; classes by their names."""

    at: datetime
    project: str
    who: str
    action: str
    target: str
    before: Any
    after: Any
    network: str
    place: Place

    def as_row(self) -> list[str]:
        said = [self.at.isoformat(), self.project, self.who, self.action, self.target]
        return [*said, _plain(self.before), _plain(self.after), self.network]

    def as_dict(self) -> dict[str, Any]:
        values = (self.at.isoformat(), self.project, self.who, self.action, self.target)
        return dict(zip(COLUMNS, (*values, self.before, self.after, self.network), strict=True))

    @property
    def before_said(self) -> str:
        return _said(self.before)

    @property
    def after_said(self) -> str:
        return _said(self.after)


def page_of(project: Project | None, wanted: Wanted) -> tuple[list[Line], Place | None]:
    """Return a page of the project's log, or of all of it, and where the next page begins."""
    found = _chunk(project, wanted, PER_PAGE + 1)
    more = found[PER_PAGE - 1].place if len(found) > PER_PAGE else None
    return found[:PER_PAGE], more


def lines(project: Project | None, wanted: Wanted) -> Iterator[Line]:
    """Yield all that is wanted, newest first, a thousand in memory at a time."""
    while found := _chunk(project, wanted, PER_CHUNK):
        yield from found
        wanted = replace(wanted, place=found[-1].place)


# As files


def csv_of(found: Iterable[Line]) -> Iterator[str]:
    """Yield the log as CSV that no spreadsheet takes for formulas."""
    yield _row(COLUMNS)
    for line in found:
        yield _row([spreadsheet.cell(value) for value in line.as_row()])


def _row(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def jsonl_of(found: Iterable[Line]) -> Iterator[str]:
    for line in found:
        yield json.dumps(line.as_dict(), ensure_ascii=False) + "\n"


# Reading


def _chunk(project: Project | None, wanted: Wanted, n: int) -> list[Line]:
    entries = [] if wanted.kind == ANSWERS else list(_entries(project, wanted)[:n])
    has_answers = wanted.kind in (ANSWERS, EVERYTHING)
    labels = list(_labels(project, wanted)[:n]) if has_answers else []
    rows: Iterator[AuditEntry | Label] = heapq.merge(
        entries, labels, key=lambda row: row.created_at, reverse=True
    )
    return list(_told(list(islice(rows, n)), wanted.place))


def _entries(project: Project | None, wanted: Wanted) -> QuerySet[AuditEntry]:
    rows = _asked(AuditEntry.objects.filter(pk__lt=wanted.place.entry), project, wanted)
    if wanted.who:
        rows = rows.filter(actor_name=wanted.who)
    if begins := KINDS.get(wanted.kind, ("", ()))[1]:
        rows = rows.filter(reduce(or_, (Q(action__startswith=each) for each in begins)))
    return rows.order_by("-pk")


def _labels(project: Project | None, wanted: Wanted) -> QuerySet[Label]:
    """Return answers given by people; corrections, takings back and imports have an entry."""
    rows = _asked(Label.objects.filter(pk__lt=wanted.place.label), project, wanted)
    if wanted.who:
        rows = rows.filter(annotator__username=wanted.who)
    rows = rows.filter(value__isnull=False, is_correction=False, origin=Label.Origin.ANNOTATOR)
    return rows.select_related("project", "annotator").order_by("-pk")


def _asked(rows: QuerySet[Any], project: Project | None, wanted: Wanted) -> QuerySet[Any]:
    if project is not None:
        rows = rows.filter(project=project.pk)
    if wanted.since:
        rows = rows.filter(created_at__gte=_begin(wanted.since))
    if wanted.until:
        rows = rows.filter(created_at__lt=_begin(wanted.until + timedelta(days=1)))
    return rows


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _told(rows: Sequence[AuditEntry | Label], place: Place) -> Iterator[Line]:
    names = _class_names(rows)
    for row in rows:
        if isinstance(row, Label):
            place = replace(place, label=row.pk)
            yield _answer(row, names, place)
        else:
            place = replace(place, entry=row.pk)
            yield _entry(row, names, place)


def _answer(row: Label, names: Mapping[int, str], place: Place) -> Line:
    return Line(
        at=row.created_at,
        project=row.project.slug,
        who=row.annotator.username,
        action="label.answer",
        target=f"item {row.item_id}",
        before=None,
        after=_named(row.value, names),
        network="",
        place=place,
    )


def _entry(row: AuditEntry, names: Mapping[int, str], place: Place) -> Line:
    is_answer = row.action in ("label.revise", "label.undo", "skip.answer")
    before, after = (
        _named(value, names) if is_answer else value for value in (row.before, row.after)
    )
    return Line(
        at=row.created_at,
        project=row.project_slug,
        who=row.actor_name,
        action=row.action,
        target=row.target,
        before=before,
        after=after,
        network=row.address,
        place=place,
    )


def _class_names(rows: Sequence[AuditEntry | Label]) -> dict[int, str]:
    projects = {row.project_id for row in rows}
    found = LabelClass.objects.filter(project__in=projects).values_list("pk", "name")
    return dict(found)


def _named(value: Any, names: Mapping[int, str]) -> Any:
    """Return the classes of an answer by their names; a class that is gone by its number."""
    if not isinstance(value, list):
        return value
    return [names.get(each, each) for each in value]


def _plain(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)


def _said(value: Any) -> str:
    """Return a value for people to read: a list apart by commas, what is named by its name."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_said(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(_said(each) for each in value)
    return _plain(value)
