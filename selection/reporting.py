"""The project report: one page that a lead can send on, made from what the pages show."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.conf import settings

from annotation import exchange
from selection import curve_svg, monitoring, stop_rules
from selection.curve_svg import Place
from selection.models import Acceptance, GoneOn, Round
from selection.monitoring import CurvePoint, Overview
from selection.services import accepting

SHOWN_ROUNDS = 12


@dataclass(frozen=True)
class Worker:
    """One person's share; the name is a letter unless names are wanted."""

    name: str
    n_labels: int
    active: timedelta
    seconds: float


@dataclass(frozen=True)
class ClassRow:
    name: str
    description: str
    n_labels: int


@dataclass(frozen=True)
class Word:
    """A lead's word against a stopping rule; who it was is said only where names are wanted."""

    rule: str
    who: str
    said: GoneOn


@dataclass(frozen=True)
class Report:
    """Everything on the page. `drawing` is SVG; "" before there is a curve.

    `words` are all that were ever said against a rule, oldest first.
    """

    overview: Overview
    made_at: datetime
    version: str
    drawing: str
    last_points: Sequence[CurvePoint]
    classes: Sequence[ClassRow]
    people: Sequence[Worker]
    is_anonymous: bool
    words: Sequence[Word]
    concord: exchange.Concord | None
    accepted: Acceptance | None

    @property
    def newest(self) -> Round | None:
        return self.overview.newest

    @property
    def hours(self) -> float:
        return self.overview.active_seconds / 3_600


def make(project_id: int, *, now: datetime, with_names: bool = False) -> Report:
    """Return the report as of now; people are letters in the order of their names by default."""
    overview = monitoring.overview(project_id, now=now)
    return Report(
        overview=overview,
        made_at=now,
        version=_version(),
        drawing=_drawing(overview),
        last_points=overview.curve[-SHOWN_ROUNDS:],
        classes=_classes(overview),
        people=_people(overview.people, with_names=with_names),
        is_anonymous=not with_names,
        words=_words(project_id, with_names=with_names),
        concord=exchange.concord(project_id),
        accepted=accepting.standing(project_id),
    )


def _version() -> str:
    """Return the version of alapp: it runs from its folder, not as an installed package."""
    said = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    return cast(str, said["project"]["version"])


def _drawing(overview: Overview) -> str:
    curve = [Place(p.n_labels, p.value, p.low, p.high) for p in overview.curve]
    path = [Place(p.n_labels, p.likely, p.low, p.high) for p in overview.path]
    random = [Place(p.n_labels, p.value, p.value, p.value) for p in overview.random_path]
    return curve_svg.draw(curve, path, random=random, target=overview.target)


def _classes(overview: Overview) -> list[ClassRow]:
    project = overview.project
    rows = zip(overview.classes, project.class_descriptions, strict=True)
    return [ClassRow(each.name, description, each.n_labels) for each, description in rows]


def _people(people: Sequence[exchange.PersonAtWork], *, with_names: bool) -> list[Worker]:
    by_name = sorted(people, key=lambda each: each.name.lower())
    return [
        Worker(
            name=each.name if with_names else f"Person {_letters(place)}",
            n_labels=each.n_labels,
            active=timedelta(seconds=each.active_seconds),
            seconds=each.seconds_per_label,
        )
        for place, each in enumerate(by_name)
    ]


def _words(project_id: int, *, with_names: bool) -> list[Word]:
    said = GoneOn.objects.filter(project=project_id).select_related("actor").order_by("pk")
    return [
        Word(stop_rules.title_of(each.rule), str(each.actor) if with_names else "A lead", each)
        for each in said
    ]


def _letters(place: int) -> str:
    """Return A, B, ... Z, AA, AB, ..."""
    place, last = divmod(place, 26)
    return (_letters(place - 1) if place else "") + chr(ord("A") + last)
