"""Milestones that no single step reaches: seen in the rows by whoever looks, and told once."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from annotation import units
from annotation.models import Account, Assignment, Batch, Budget, Project, State
from annotation.services import budgets, outbox, stragglers

LOWER, UPPER = 80, 95


@transaction.atomic
def note_complete(project_id: int, *, now: datetime) -> bool:
    """Tell once that nothing more is to be waited for in the newest batch; say whether it is new.

    The moment is kept with the batch by a conditional update: of two who look, one tells.
    """
    batches = Batch.objects.filter(project=project_id, number__gte=0).select_related("project")
    batch = batches.order_by("-number").first()
    if batch is None or batch.completed_at is not None:
        return False
    tally = stragglers.tally(project=batch.project, batch=batch, now=now)
    if not tally.n_wanted or not (tally.is_done or _is_spent(batch.project)):
        return False
    if not Batch.objects.filter(pk=batch.pk, completed_at=None).update(completed_at=now):
        return False
    outbox.announce(
        project_id,
        "batch.completed",
        {"round": batch.number, "wanted": tally.n_wanted, "closed": tally.n_closed},
    )
    return True


def _is_spent(project: Project) -> bool:
    """Say whether the budget hands nothing more out, and nothing is out."""
    if budgets.labels_left(project) != 0:
        return False
    return not Assignment.objects.filter(project=project, state=State.LEASED).exists()


def note_budgets() -> int:
    """Tell of every budget of a whole project that is near its end, each mark once per limit.

    One statement where there is nothing to tell. Of one that passed both marks since the last
    look only the higher is told.
    """
    told = 0
    for account in _near_end():
        told += _note(account)
    return told


def _near_end() -> list[Account]:
    whole = Account.objects.filter(budget__scope=Budget.Scope.PROJECT, spent__gt=0)
    # Whole numbers on both sides: a database may divide them downwards.
    marks = whole.annotate(
        reached=F("spent") * 100, lower=F("limit") * LOWER, upper=F("limit") * UPPER
    )
    is_new = ~Q(noted_limit=F("limit"))
    upper = Q(reached__gte=F("upper")) & (is_new | Q(noted_percent__lt=UPPER))
    lower = Q(reached__gte=F("lower")) & (is_new | Q(noted_percent__lt=LOWER))
    return list(marks.filter(upper | lower).select_related("budget__project"))


@transaction.atomic
def _note(account: Account) -> bool:
    percent = UPPER if account.spent * 100 >= account.limit * UPPER else LOWER
    same = Account.objects.filter(pk=account.pk, limit=account.limit)
    open_ = same.exclude(noted_limit=account.limit, noted_percent__gte=percent)
    if not open_.update(noted_limit=account.limit, noted_percent=percent):
        return False
    budget = account.budget
    outbox.announce(
        budget.project_id,
        "budget.near_end",
        {
            "unit": budget.unit,
            "currency": budget.project.currency if budget.unit == units.MONEY else None,
            "percent": percent,
            "limit": float(round(units.to_said(budget.unit, account.limit), 2)),
            "spent": float(round(units.to_said(budget.unit, account.spent), 2)),
        },
    )
    return True
