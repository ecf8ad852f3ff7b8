"""Is there something for this person to judge, and the budget for it? Said from rows, item by item.

Slow and plain on purpose: what the queue does in one statement is checked against it.
"""

from datetime import datetime

from django.utils import timezone

from annotation.models import (
    Account,
    Assignment,
    Batch,
    Budget,
    Charge,
    Label,
    Project,
    Skip,
    State,
    User,
)
from annotation.services.budgets import terms_of
from annotation.services.queue import PREPARING


def can_be_handed_out(project: Project, person: User, *, now: datetime) -> bool:
    """Say whether a claim must return an item. Leases that ran out count as given back."""
    return _has_budget(project, person, now) and _has_item(project, person, now)


def _has_budget(project: Project, person: User, now: datetime) -> bool:
    standing = Budget.objects.filter(project=project)
    return all(_has_room(budget, project, person, now) for budget in standing)


def _has_room(budget: Budget, project: Project, person: User, now: datetime) -> bool:
    if budget.is_frozen:
        return False
    accounts = Account.objects.filter(budget=budget)
    if budget.scope != Budget.Scope.PROJECT:
        accounts = accounts.filter(annotator=person)
    if budget.scope == Budget.Scope.ANNOTATOR_DAY:
        accounts = accounts.filter(day=timezone.localdate(now))
    account = accounts.first() or Account(budget=budget, limit=budget.limit)
    charges = Charge.objects.filter(account=account.pk, state="reserved")
    charges = charges.select_related("assignment")
    lost = sum(each.amount for each in charges if _has_run_out(each.assignment, now))
    most = terms_of(project).most(budget.unit)
    return account.limit - account.spent - account.reserved + lost >= most


def _has_item(project: Project, person: User, now: datetime) -> bool:
    judged = set(Label.objects.filter(annotator=person).values_list("item", flat=True))
    judged |= set(Skip.objects.standing().filter(annotator=person).values_list("item", flat=True))
    is_waiting = _is_waiting_for_first_batch(project, now)
    for item in project.items.filter(withdrawn_at=None).exclude(pk__in=judged):
        slots = list(Assignment.objects.filter(item=item).exclude(state=State.WITHDRAWN))
        if any(slot.annotator_id == person.pk and not _has_run_out(slot, now) for slot in slots):
            continue
        if any(slot.state == State.OPEN or _has_run_out(slot, now) for slot in slots):
            return True
        if not slots and not is_waiting and not Label.objects.filter(item=item).exists():
            return True
    return False


def _has_run_out(slot: Assignment, now: datetime) -> bool:
    is_leased = slot.state == State.LEASED and slot.leased_until is not None
    return bool(is_leased and slot.leased_until and slot.leased_until < now)


def _is_waiting_for_first_batch(project: Project, now: datetime) -> bool:
    if Batch.objects.filter(project=project, number__gte=0).exists():
        return False
    return project.started_at is None or now < project.started_at + PREPARING
