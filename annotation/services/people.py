"""The people of a project as a lead sees their work, and one person's answers. Reads only."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum, TextField, Window
from django.db.models.functions import Cast, RowNumber
from django.utils import timezone

from annotation.models import (
    Consensus,
    Label,
    LabelClass,
    Membership,
    Project,
    Remark,
    Role,
    Skip,
    User,
)

PER_PAGE = 50
CSV = (
    "person", "role", "labels", "today", "last_7_days", "active_seconds", "median_seconds",
    "skips", "corrected", "undone", "late", "agreed_pairs", "compared_pairs", "flags", "comments",
    "last_answer",
)  # fmt: skip


@dataclass(frozen=True)
class Agreement:
    """How often a person's answer equalled another's to the same item, of n such pairs."""

    n_agreed: int
    n: int

    @property
    def percent(self) -> int:
        return round(100 * self.n_agreed / self.n)


@dataclass(frozen=True)
class Person:
    """One person's work in a project. Labels are those that stand; time is all that was worked."""

    user: User
    role: str
    n_labels: int = 0
    n_today: int = 0
    n_week: int = 0
    active: timedelta = timedelta()
    # Seconds of active time that half of the answers took at most; None without answers.
    pace: float | None = None
    n_corrected: int = 0
    n_undone: int = 0
    n_late: int = 0
    skips: Sequence[tuple[str, int]] = field(default_factory=list)
    agreement: Agreement | None = None
    # What they said about items, ticked off or not.
    n_flags: int = 0
    n_comments: int = 0
    last_answer: datetime | None = None

    @property
    def n_skips(self) -> int:
        return sum(n for _, n in self.skips)

    @property
    def n_remarks(self) -> int:
        return self.n_flags + self.n_comments


SORTS = {
    "person": lambda p: str(p.user).lower(),
    "labels": lambda p: -p.n_labels,
    "week": lambda p: -p.n_week,
    "active": lambda p: -p.active,
    "pace": lambda p: p.pace if p.pace is not None else float("inf"),
    "skips": lambda p: -p.n_skips,
    "agreement": lambda p: p.agreement.percent if p.agreement else 101,
    "remarks": lambda p: -p.n_remarks,
    "last": lambda p: -(p.last_answer.timestamp() if p.last_answer else 0),
}


def of(project: Project, *, now: datetime, sort: str = "person") -> list[Person]:
    """Return everybody who has a role or has answered, by name or as `sort` says."""
    labels = Label.objects.filter(project=project, origin=Label.Origin.ANNOTATOR)
    work = _work(labels, now)
    paces, skips, agreed = _paces(labels), _skips(project), _agreements(project)
    said = _remarks(project)
    roles = dict(Membership.objects.filter(project=project).values_list("user", "role"))
    users = User.objects.filter(pk__in={*roles, *work, *said}).order_by("username")
    people = [
        Person(
            user=user,
            role=str(Role(roles[user.pk]).label) if user.pk in roles else "no role any more",
            pace=paces.get(user.pk),
            skips=skips[user.pk].most_common(),
            agreement=agreed.get(user.pk),
            **said.get(user.pk, {}),
            **work.get(user.pk, {}),
        )
        for user in users
    ]
    by_name = sorted(people, key=SORTS["person"])
    return sorted(by_name, key=SORTS.get(sort, SORTS["person"]))


def _work(labels: QuerySet[Label], now: datetime) -> dict[int, dict[str, Any]]:
    """Return what each person did, counted in one statement."""
    stands = Q(superseded_by=None, value__isnull=False)
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = labels.order_by().values("annotator").annotate(
        n_labels=Count("pk", filter=stands),
        n_today=Count("pk", filter=stands & Q(created_at__gte=today)),
        n_week=Count("pk", filter=stands & Q(created_at__gte=now - timedelta(days=7))),
        ms=Sum("active_ms"),
        n_corrected=Count("pk", filter=Q(revision__gt=0, value__isnull=False)),
        n_undone=Count("pk", filter=Q(value__isnull=True)),
        n_late=Count("pk", filter=stands & Q(is_extra=True)),
        last_answer=Max("created_at"),
    )  # fmt: skip
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        counted: dict[str, Any] = {**row}
        counted["active"] = timedelta(milliseconds=counted.pop("ms"))
        found[counted.pop("annotator")] = counted
    return found


def _paces(labels: QuerySet[Label]) -> dict[int, float]:
    """Return each person's median seconds: the middle answer, or the mean of the middle two."""
    ranked = labels.filter(superseded_by=None, value__isnull=False).annotate(
        place=Window(RowNumber(), partition_by=F("annotator"), order_by=[F("active_ms"), F("pk")]),
        n=Window(Count("pk"), partition_by=F("annotator")),
    )
    middle = ranked.filter(place__gte=F("n") / 2.0, place__lte=F("n") / 2.0 + 1)
    found: dict[int, list[int]] = defaultdict(list)
    for annotator, ms in middle.values_list("annotator", "active_ms"):
        found[annotator].append(ms)
    return {annotator: sum(ms) / len(ms) / 1000 for annotator, ms in found.items()}


def _skips(project: Project) -> Mapping[int, Counter[str]]:
    names = dict(Skip.Reason.choices)
    found: dict[int, Counter[str]] = defaultdict(Counter)
    rows = Skip.objects.filter(item__project=project).order_by().values_list("annotator", "reason")
    for annotator, reason, n in rows.annotate(n=Count("pk")):
        found[annotator][str(names.get(reason, reason))] += n
    return found


def _remarks(project: Project) -> dict[int, dict[str, Any]]:
    """Return how many flags and comments each person made, in one statement."""
    comment = Q(kind=Remark.Kind.COMMENT)
    rows = Remark.objects.filter(project=project).order_by().values("annotator")
    counted = rows.annotate(
        n_flags=Count("pk", filter=~comment), n_comments=Count("pk", filter=comment)
    )
    return {
        row["annotator"]: {"n_flags": row["n_flags"], "n_comments": row["n_comments"]}
        for row in counted
    }


def _agreements(project: Project) -> dict[int, Agreement]:
    """Compare every two answers to the same item; only items that several answered are read."""
    several = Consensus.objects.filter(project=project, n_labels__gt=1).values("item")
    labels = Label.objects.current().filter(project=project, item__in=several)
    by_item: dict[int, list[tuple[int, list[int]]]] = defaultdict(list)
    for item, annotator, value in labels.values_list("item", "annotator", "value"):
        by_item[item].append((annotator, value or []))
    n, n_agreed = Counter[int](), Counter[int]()
    for answers in by_item.values():
        for (one, said), (other, replied) in combinations(answers, 2):
            n.update((one, other))
            if said == replied:
                n_agreed.update((one, other))
    return {person: Agreement(n_agreed[person], n[person]) for person in n}


def rows(people: Sequence[Person]) -> list[Sequence[object]]:
    """Return everybody as a row of CSV."""
    return [
        (
            each.user.username, each.role, each.n_labels, each.n_today, each.n_week,
            round(each.active.total_seconds(), 1),
            None if each.pace is None else round(each.pace, 2),
            each.n_skips, each.n_corrected, each.n_undone, each.n_late,
            each.agreement.n_agreed if each.agreement else None,
            each.agreement.n if each.agreement else None,
            each.n_flags, each.n_comments,
            each.last_answer.isoformat(timespec="seconds") if each.last_answer else None,
        )
        for each in people
    ]  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """One answer as a lead reads it. `agreed` is None where nothing is agreed."""

    label: Label
    classes: list[LabelClass]
    agreed: list[LabelClass] | None

    @property
    def differs(self) -> bool:
        return self.agreed is not None and self.agreed != self.classes


@dataclass(frozen=True)
class Wanted:
    """Which answers of a person are wanted: words in the item, a class, only what differs."""

    search: str = ""
    class_id: int | None = None
    differs: bool = False
    before: int | None = None


def answers_of(project: Project, user: User, wanted: Wanted) -> tuple[list[Answer], int | None]:
    """Return a page of standing answers, the newest first, and where the next page begins.

    Pages go by key: the hundredth costs as much as the first.
    """
    standing = Label.objects.current().filter(project=project, annotator=user)
    words = Q(item__payload__text__icontains=wanted.search) | Q(item__key__icontains=wanted.search)
    labels = matching(standing, wanted, words=words)
    if wanted.differs:
        labels = labels.filter(item__consensus__isnull=False)
        labels = labels.exclude(value=F("item__consensus__value"))
    found = list(
        labels.select_related("item__payload", "item__consensus").order_by("-pk")[: PER_PAGE + 1]
    )
    classes = {each.pk: each for each in project.classes.all()}
    more = found[PER_PAGE - 1].pk if len(found) > PER_PAGE else None
    return [_answer(label, classes) for label in found[:PER_PAGE]], more


def matching(labels: QuerySet[Label], wanted: Wanted, *, words: Q) -> QuerySet[Label]:
    """Return those of the labels whose items fit the words, of the class, older than the page."""
    labels = labels.filter(item__withdrawn_at=None)
    if wanted.search:
        labels = labels.filter(words)
    if wanted.class_id is not None:
        # The answer as text: [3] or [1, 3]; both databases can look into that.
        labels = labels.annotate(said=Cast("value", TextField()))
        labels = labels.filter(said__regex=rf"[\[ ,]{wanted.class_id}[],]")
    if wanted.before is not None:
        labels = labels.filter(pk__lt=wanted.before)
    return labels


def _answer(label: Label, classes: Mapping[int, LabelClass]) -> Answer:
    agreed = getattr(label.item, "consensus", None)
    return Answer(
        label=label,
        classes=named(label.value, classes),
        agreed=named(agreed.value, classes) if agreed else None,
    )


def named(value: Sequence[int] | None, classes: Mapping[int, LabelClass]) -> list[LabelClass]:
    """Return the classes of an answer, less those the project no longer has."""
    return [classes[pk] for pk in value or () if pk in classes]
