"""Stragglers: the few judgements of a batch that keep the rest waiting for too long."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet

from annotation.models import Assignment, Batch, Project, State

STILL_OUT = (State.OPEN, State.LEASED)


@dataclass(frozen=True)
class Tally:
    """How the wanted judgements of a batch stand. Stragglers are among those still out."""

    n_wanted: int
    n_closed: int
    n_stragglers: int
    n_may_straggle: int

    @property
    def is_done(self) -> bool:
        """Say whether all is closed but for stragglers, and these are few enough."""
        left_behind = min(self.n_stragglers, self.n_may_straggle)
        return self.n_closed + left_behind >= self.n_wanted


def tally(*, project: Project, batch: Batch | None, now: datetime) -> Tally:
    """Count the wanted judgements of a batch, from rows alone, in at most two statements.

    One that is with an annotator straggles when it was handed out longer ago than the project
    allows; one that nobody takes, when the batch has had no answer for as long.
    """
    if batch is None:
        return Tally(0, 0, 0, 0)
    wanted = Assignment.objects.filter(batch=batch, in_reserve=False)
    wanted = wanted.exclude(state=State.WITHDRAWN)
    found = wanted.aggregate(
        n=Count("pk"),
        n_closed=Count("pk", filter=~Q(state__in=STILL_OUT)),
        last=Max("closed_at"),
    )
    stragglers = 0
    if found["n_closed"] < found["n"]:
        quiet_since = max(batch.published_at, found["last"] or batch.published_at)
        stragglers = _old(wanted, project, quiet_since, now).count()
    may = found["n"] * project.straggler_percent // 100
    return Tally(found["n"], found["n_closed"], stragglers, may)


def _old(
    wanted: QuerySet[Assignment], project: Project, quiet_since: datetime, now: datetime
) -> QuerySet[Assignment]:
    long_ago = now - age_allowed(project)
    old = Q(state=State.LEASED, leased_at__lte=long_ago)
    if quiet_since <= long_ago:
        old |= Q(state=State.OPEN)
    return wanted.filter(old)


def age_allowed(project: Project) -> timedelta:
    """Return how long a judgement may be out before it counts as a straggler."""
    return timedelta(seconds=project.lease_seconds * project.straggler_leases)
