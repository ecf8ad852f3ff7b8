"""How the queue stands: the newest batch, its reserve, fallbacks, and what a lead should know."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from annotation.models import Assignment, Batch, FurtherBy, Project, State, Status
from annotation.services import budgets, policy, queue, skipped, stragglers


@dataclass(frozen=True)
class Remark:
    """One thing a lead should know: a word with its level (good, info, warn, bad), and why."""

    level: str
    word: str
    text: str


@dataclass(frozen=True)
class Fallback:
    """Items drawn at random because the queue had run dry: with annotators now, and in all."""

    n_now: int
    n_ever: int


@dataclass(frozen=True)
class Standing:
    """Where the newest batch stands. `batch` is None before the first one."""

    batch: int | None
    n_wanted: int
    n_answered: int
    n_out: int
    n_open: int
    n_skipped: int
    n_stragglers: int
    n_may_straggle: int
    reserve_size: int
    reserve_left: int
    fallback: Fallback
    # Judgements of earlier batches that are still with annotators or wait again.
    n_elsewhere: int
    n_for_lead: int

    @property
    def n_closed(self) -> int:
        return self.n_answered + self.n_skipped


def of(project: Project, *, now: datetime) -> Standing:
    """Count where the queue stands, from rows alone."""
    batch = Batch.objects.filter(project=project, number__gte=0).order_by("-number").first()
    counted = _count(batch)
    tally = stragglers.tally(project=project, batch=batch, now=now)
    return Standing(
        batch=batch.number if batch else None,
        n_wanted=tally.n_wanted,
        n_stragglers=tally.n_stragglers,
        n_may_straggle=tally.n_may_straggle,
        fallback=fallback(project.pk),
        n_elsewhere=_count_elsewhere(project, batch),
        n_for_lead=skipped.count(project),
        **counted,
    )


def _count(batch: Batch | None) -> dict[str, int]:
    wanted, reserve = Q(in_reserve=False), Q(in_reserve=True) & ~Q(state=State.WITHDRAWN)
    rows = Assignment.objects.filter(batch=batch) if batch else Assignment.objects.none()
    found: dict[str, int] = rows.aggregate(
        n_answered=Count("pk", filter=wanted & Q(state=State.DONE)),
        n_out=Count("pk", filter=wanted & Q(state=State.LEASED)),
        n_open=Count("pk", filter=wanted & Q(state=State.OPEN)),
        n_skipped=Count("pk", filter=wanted & Q(state=State.SKIPPED)),
        reserve_size=Count("pk", filter=reserve),
        reserve_left=Count("pk", filter=reserve & Q(state=State.OPEN)),
    )
    return found


def _count_elsewhere(project: Project, batch: Batch | None) -> int:
    """Count state by state: each has an index of its own, both at once have none."""
    of_rounds = Assignment.objects.filter(project=project, batch__number__gte=0)
    earlier = of_rounds.exclude(batch=batch)
    return sum(earlier.filter(state=state).count() for state in stragglers.STILL_OUT)


def fallback(project_id: int) -> Fallback:
    """Return what was drawn at random, outside any round."""
    drawn = Assignment.objects.filter(project=project_id, batch__number=queue.FALLBACK_BATCH)
    found = drawn.exclude(state__in=[State.WITHDRAWN, State.OPEN]).aggregate(
        n_now=Count("pk", filter=Q(state=State.LEASED)), n_ever=Count("pk")
    )
    return Fallback(**found)


def remarks(project: Project, standing: Standing) -> list[Remark]:
    """Return what a lead should know of the queue, worst first; nothing when all is well."""
    found = [
        *_of_status(project),
        *_of_budget(project),
        *_of_people(project),
        *_of_fallback(standing.fallback),
        *_of_stragglers(standing),
    ]
    order = {"bad": 0, "warn": 1, "info": 2}
    return sorted(found, key=lambda remark: order[remark.level])


def _of_status(project: Project) -> list[Remark]:
    if project.status == Status.ACTIVE:
        return []
    name = str(project.get_status_display())
    return [Remark("info", name, "Nobody is handed items; what is held may still be answered.")]


def _of_budget(project: Project) -> list[Remark]:
    if project.budgets.filter(is_frozen=True).exists():
        return [Remark("warn", "Frozen", "A budget is frozen: nothing more is handed out.")]
    if budgets.labels_left(project) == 0:
        text = "The project's budget is spent or out with annotators: nothing more is handed out."
        return [Remark("warn", "Budget used up", text)]
    return []


def _of_people(project: Project) -> list[Remark]:
    people = policy.people_who_label(project)
    n, n_further = people.count(), people.filter(role__in=policy.further_roles(project)).count()
    if project.overlap > n:
        text = f"Items are wanted of {project.overlap} people, but {n} label{'s' * (n == 1)} here."
        return [Remark("warn", "Too few people", text + " Batches stay incomplete; add people.")]
    if project.further_by == FurtherBy.REVIEWERS and project.overlap > 1 + n_further:
        text = f"{project.overlap - 1} further opinions come from reviewers and leads only, but "
        text += f"{n_further} of them label here. Batches stay incomplete."
        return [Remark("warn", "Too few reviewers", text)]
    if n * project.batch_share_percent < 100:
        text = f"{n} people with at most {project.batch_share_percent} % of a batch each do not "
        return [Remark("warn", "Shares too small", text + "finish one. Raise the share.")]
    return []


def _of_fallback(drawn: Fallback) -> list[Remark]:
    if drawn.n_now:
        n = drawn.n_now
        text = f"The queue ran dry, so {n:,} item{'' if n == 1 else 's'} drawn at random "
        text += f"{'is' if n == 1 else 'are'} with annotators now. Nobody waits."
        return [Remark("warn", "Fallback in use", text)]
    if drawn.n_ever:
        text = f"{drawn.n_ever:,} drawn at random so far, because the queue had run dry."
        return [Remark("info", "Fallback used", text)]
    return []


def _of_stragglers(standing: Standing) -> list[Remark]:
    if not standing.n_stragglers:
        return []
    n, may = standing.n_stragglers, standing.n_may_straggle
    text = f"{n:,} of this batch {'is' if n == 1 else 'are'} out for long. "
    text += f"The next round does not wait for {may:,} such." if may else "All are waited for."
    return [Remark("info", "Stragglers", text)]
