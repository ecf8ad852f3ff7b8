"""What a lead watches: runs, spending, people, counts. Read only."""

from collections import Counter
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Sum

from annotation.exchange.facts import withdrawn
from annotation.models import (
    Account,
    Budget,
    Consensus,
    Item,
    Label,
    Run,
    Skip,
    User,
    WorkerBeat,
)


@dataclass(frozen=True)
class RunView:
    """A run as a page shows it."""

    id: int
    kind: str
    state: str
    step: str
    progress: int
    total: int | None
    attempt: int
    params: dict[str, Any]
    error: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state in Run.OPEN_STATES


def recent_runs(project_id: int, kind: str, *, n: int = 5) -> list[RunView]:
    """Return the newest runs of a kind, newest first."""
    names = [each.name for each in fields(RunView)]
    rows = Run.objects.filter(project=project_id, kind=kind).order_by("-pk").values(*names)[:n]
    return [RunView(**row) for row in rows]


def failed_runs(project_id: int) -> list[RunView]:
    """Return the newest run of each kind, where that one has failed."""
    newest = Run.objects.filter(project=project_id).order_by().values("kind").annotate(id=Max("pk"))
    names = [each.name for each in fields(RunView)]
    ids = newest.values("id")
    rows = Run.objects.filter(pk__in=ids, state=Run.State.FAILED).order_by("kind").values(*names)
    return [RunView(**row) for row in rows]


def worker_seen_at() -> datetime | None:
    """Return when a worker last showed that it lives."""
    seen: datetime | None = WorkerBeat.objects.aggregate(seen=Max("seen_at"))["seen"]
    return seen


@dataclass(frozen=True)
class Spending:
    """The project's own budget of labels."""

    limit: int
    spent: int
    reserved: int
    is_frozen: bool

    @property
    def left(self) -> int:
        return max(self.limit - self.spent - self.reserved, 0)


def spending(project_id: int) -> Spending | None:
    """Return what the project's budget of labels holds; None without one."""
    own = Budget.objects.filter(scope=Budget.Scope.PROJECT, unit=Budget.Unit.LABELS)
    budget = own.filter(project=project_id).first()
    if budget is None:
        return None
    account = budget.accounts.first() or Account(limit=budget.limit)
    return Spending(budget.limit, account.spent, account.reserved, budget.is_frozen)


@dataclass(frozen=True)
class PersonAtWork:
    """What one annotator has done in a project."""

    name: str
    n_labels: int
    active_seconds: float
    n_skips: int

    @property
    def seconds_per_label(self) -> float:
        return self.active_seconds / self.n_labels if self.n_labels else 0.0


def people_at_work(project_id: int) -> list[PersonAtWork]:
    """Return who labelled, most labels first; imported labels are nobody's work."""
    labels = Label.objects.current().filter(project=project_id, origin=Label.Origin.ANNOTATOR)
    work = list(labels.values("annotator").annotate(n=Count("pk"), ms=Sum("active_ms")))
    skips = Counter(
        Skip.objects.filter(item__project=project_id).values_list("annotator", flat=True)
    )
    users = User.objects.in_bulk([row["annotator"] for row in work])
    people = [
        PersonAtWork(str(users[r["annotator"]]), r["n"], r["ms"] / 1000, skips[r["annotator"]])
        for r in work
    ]
    return sorted(people, key=lambda person: (-person.n_labels, person.name))


def n_items(project_id: int) -> int:
    return Item.objects.filter(project=project_id, withdrawn_at=None).count()


def class_counts(project_id: int) -> dict[int, int]:
    """Return how many items are agreed to be of each class."""
    agreed = Consensus.objects.filter(project=project_id)
    agreed = agreed.exclude(item__in=withdrawn(project_id))
    found: Counter[int] = Counter()
    # Counted by answer in the database: a row for each answer that occurs, not for each item.
    for value, n in agreed.order_by().values_list("value").annotate(n=Count("pk")):
        found.update(dict.fromkeys(value, n))
    return found
