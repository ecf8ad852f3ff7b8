"""What the quality page says of a project, in plain words: reads what the worker stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from typing import Any

from django.utils.dateparse import parse_datetime

from annotation.models import (
    Consensus,
    Gold,
    LabelClass,
    Membership,
    Project,
    QualityReport,
    Reliability,
    Trust,
    User,
)
from annotation.quality import gold
from annotation.services import suspects

TITLES = {
    "percent": ("Same answer", "How often two people say the same of one item."),
    "alpha": (
        "Krippendorff's alpha",
        "The same beyond chance: 1 is perfect, 0 is what guessing gives.",
    ),
    "ac1": ("Gwet's AC1", "As alpha, but fair where nearly all items are of one class."),
    "fleiss": ("Fleiss' kappa", "As alpha, by another idea of chance; papers often ask for it."),
}
# Below so many shared items a number is shown greyed.
FIRM = 20
SURE, CHECK = 0.95, 0.80
MOST_MATRIX = 12
# Fifty shared answers make a step; more lines than these nobody tells apart.
STEP, MOST_LINES = 50, 7


@dataclass(frozen=True)
class Figure:
    """One coefficient in words; `value` is None where there is none, and `reason` says why."""

    name: str
    title: str
    text: str
    value: float | None
    low: float | None
    high: float | None
    n_items: int
    reason: str

    @property
    def is_firm(self) -> bool:
        return self.n_items >= FIRM


@dataclass(frozen=True)
class Person:
    """One annotator: how reliable, by how many shared answers, and what was decided."""

    user: User
    measured: Reliability
    trust: Trust | None
    gold: gold.GoldVerdict | None
    confusions: Sequence[tuple[LabelClass | None, LabelClass | None, int]] = ()

    @property
    def is_left_out(self) -> bool:
        return self.trust is not None and self.trust.is_left_out

    @property
    def is_paused(self) -> bool:
        return self.trust is not None and self.trust.is_paused

    @property
    def is_firm(self) -> bool:
        return self.measured.n_shared >= FIRM

    @property
    def quick_percent(self) -> int | None:
        """Answers under a third of their item's median time, of those that tell of quality."""
        n = self.measured.n_shared
        return round(100 * self.measured.n_quick / n) if n else None


@dataclass(frozen=True)
class Step:
    """Fifty of somebody's shared answers: the share that is the consensus."""

    at: datetime | None
    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Drift:
    """People with two steps or more, and per step of fifty answers what each one's was."""

    people: list[User]
    rows: list[tuple[int, list[Step | None]]]


@dataclass(frozen=True)
class Bands:
    """How sure the items are that several people answered."""

    n_sure: int
    n_check: int
    n_unsure: int
    n_tied: int
    n_decided: int


@dataclass(frozen=True)
class Quality:
    """Everything the page shows; `measured_at` is None before the first measurement."""

    measured_at: datetime | None
    figures: list[Figure] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    matrix: list[tuple[User, list[dict[str, Any] | None]]] = field(default_factory=list)
    classes: list[tuple[LabelClass, float | None, int]] = field(default_factory=list)
    drift: "Drift | None" = None
    bands: Bands | None = None
    mean_skill: float | None = None
    model: str = ""
    n_doubted: int = 0


def of(project: Project) -> Quality:
    """Return the newest report with names, classes and decisions put to its numbers."""
    report = QualityReport.objects.filter(project=project).first()
    if report is None:
        return Quality(None)
    data: dict[str, Any] = report.data
    users = _users(project)
    classes = {each.pk: each for each in project.classes.all()}
    people = _people(project, data, users, classes)
    return Quality(
        measured_at=report.measured_at,
        figures=[_figure(each) for each in data["agreement"]],
        people=people,
        matrix=_matrix(data["pairs"], [each.user for each in people]),
        classes=_classes(data, classes),
        drift=_drift(data["drift"], users),
        bands=_bands(project),
        mean_skill=data["mean_skill"] if any(p.measured.n_shared for p in people) else None,
        model=data["model"],
        n_doubted=suspects.count(project),
    )


def _users(project: Project) -> dict[int, User]:
    known = Reliability.objects.filter(project=project)
    members = Membership.objects.filter(project=project)
    return User.objects.in_bulk(
        {*known.values_list("annotator", flat=True), *members.values_list("user", flat=True)}
    )


def _figure(found: Mapping[str, Any]) -> Figure:
    title, text = TITLES[found["name"]]
    keys = ("value", "low", "high", "n_items", "reason")
    return Figure(found["name"], title, text, **{key: found[key] for key in keys})


def _people(
    project: Project,
    data: Mapping[str, Any],
    users: Mapping[int, User],
    classes: Mapping[int, LabelClass],
) -> list[Person]:
    trust = {each.annotator_id: each for each in Trust.objects.filter(project=project)}
    has_gold = Gold.objects.filter(project=project).exists()
    floor = project.gold_floor_percent / 100
    rows = Reliability.objects.filter(project=project)
    people = [
        Person(
            user=users[each.annotator_id],
            measured=each,
            trust=trust.get(each.annotator_id),
            gold=gold.judge(each.gold_right, each.gold_n, floor=floor) if has_gold else None,
            confusions=_confusions(data, each.annotator_id, classes),
        )
        for each in rows
        if each.annotator_id in users
    ]
    return sorted(people, key=lambda each: str(each.user).lower())


def _confusions(
    data: Mapping[str, Any], annotator_id: int, classes: Mapping[int, LabelClass]
) -> list[tuple[LabelClass | None, LabelClass | None, int]]:
    """The commonest few; with several classes per item there is none to be confused with."""
    if data["is_multi"]:
        return []
    rows = data["confusions"].get(str(annotator_id), [])[:5]
    return [(classes.get(row["said"]), classes.get(row["meant"]), row["n"]) for row in rows]


def _matrix(
    pairs: Sequence[Mapping[str, Any]], people: Sequence[User]
) -> list[tuple[User, list[dict[str, Any] | None]]]:
    """Rows and columns of people who share items; None on the diagonal and where none is shared."""
    known: dict[tuple[int, int], dict[str, Any]] = {}
    for pair in pairs:
        known[pair["one"], pair["other"]] = known[pair["other"], pair["one"]] = dict(pair)
    shared = {one for one, _ in known}
    shown = [user for user in people if user.pk in shared][:MOST_MATRIX]
    return [(row, [known.get((row.pk, column.pk)) for column in shown]) for row in shown]


def _classes(
    data: Mapping[str, Any], classes: Mapping[int, LabelClass]
) -> list[tuple[LabelClass, float | None, int]]:
    if data["is_multi"]:
        return []
    return [
        (classes[row["class"]], row["value"], row["n"])
        for row in data["classes"]
        if row["class"] in classes
    ]


def _drift(drift: Mapping[str, Sequence[Mapping[str, Any]]], users: Mapping[int, User]) -> Drift:
    """Return those with two steps or more, who answered most: one step says nothing of change."""
    told = [(users[int(who)], s) for who, s in drift.items() if len(s) > 1 and int(who) in users]
    told = sorted(told, key=lambda each: -len(each[1]))[:MOST_LINES]
    told.sort(key=lambda each: str(each[0]).lower())
    columns = [[_step(each) for each in steps] for _, steps in told]
    rows = zip_longest(*columns)
    return Drift(
        [user for user, _ in told],
        [(place * STEP, list(row)) for place, row in enumerate(rows, start=1)],
    )


def _step(found: Mapping[str, Any]) -> Step:
    at = parse_datetime(found["at"])
    return Step(at, found["value"], found["low"], found["high"], found["n"])


def _bands(project: Project) -> Bands:
    """Count the items several people answered; the index of the least sure serves it."""
    rows = Consensus.objects.filter(project=project, n_labels__gt=1, item__withdrawn_at=None)
    found = list(rows.values_list("certainty", "is_tied", "is_final"))
    open_ = [(sure, tied) for sure, tied, final in found if not final]
    return Bands(
        n_sure=sum(sure >= SURE for sure, tied in open_ if not tied),
        n_check=sum(CHECK <= sure < SURE for sure, tied in open_ if not tied),
        n_unsure=sum(sure < CHECK for sure, tied in open_ if not tied),
        n_tied=sum(tied for _, tied in open_),
        n_decided=sum(final for _, _, final in found),
    )
