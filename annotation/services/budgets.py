"""Budgets: reserved at claim, settled at submit, released on expiry or skip; never overdrawn."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q, Sum

from annotation.models import Account, Assignment, Budget, Charge, Label, Project, User
from annotation.services import audit

MAX_LIMIT = 1_000_000_000


class BudgetExhausted(Exception):  # noqa: N818 - a state of the project, answered by a page
    """A limit leaves no room for another label; says which."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(f"No {budget.unit} left: {budget}.")
        self.budget = budget


@transaction.atomic
def set_limit(*, project: Project, scope: str, limit: int, actor: User | None) -> Budget:
    """Make the budget, or raise or lower it; in force from the next claim on.

    Raises ValidationError for a limit of zero, or below what is spent and out with annotators.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise ValidationError(f"The budget must be between 1 and {MAX_LIMIT:,}; {limit:,} is not.")
    budget = Budget.objects.select_for_update().filter(project=project, scope=scope).first()
    before = budget.limit if budget else None
    budget = budget or Budget(project=project, scope=scope)
    budget.limit = limit
    budget.save()
    _carry_limit(budget)
    if before != limit:
        target = f"budget {scope}"
        audit.note(
            "budget.set", actor=actor, project=project, target=target, before=before, after=limit
        )
    return budget


def _carry_limit(budget: Budget) -> None:
    """Give the accounts the new limit; the constraint refuses one below what they already hold."""
    try:
        with transaction.atomic():
            budget.accounts.update(limit=budget.limit)
    except IntegrityError:
        held = max(account.spent + account.reserved for account in budget.accounts.all())
        raise ValidationError(
            f"The budget cannot go below {held:,}: so much is spent or out with annotators. "
            "Pause the project to stop at once."
        ) from None


@transaction.atomic
def freeze(*, budget: Budget, is_frozen: bool, actor: User | None) -> None:
    """Stop the budget from giving, or let it give again; work already out may be finished."""
    Budget.objects.filter(pk=budget.pk).update(is_frozen=is_frozen)
    audit.note(
        "budget.freeze",
        actor=actor,
        project=budget.project,
        target=f"budget {budget.scope}",
        before=budget.is_frozen,
        after=is_frozen,
    )


def reserve(*, assignment: Assignment, annotator: User, now: datetime) -> None:
    """Set one label aside in every budget of the project, inside the caller's transaction.

    Raises BudgetExhausted, and the caller's rollback takes back what was reserved before.
    """
    for budget in Budget.objects.filter(project=assignment.project_id).order_by("pk"):
        if budget.is_frozen:
            raise BudgetExhausted(budget)
        account = _account(budget, annotator, now)
        room = Q(limit__gte=F("reserved") + F("spent") + 1)
        if not Account.objects.filter(room, pk=account.pk).update(reserved=F("reserved") + 1):
            raise BudgetExhausted(budget)
        Charge.objects.create(account=account, assignment=assignment, amount=1)


def _account(budget: Budget, annotator: User, now: datetime) -> Account:
    scope = Budget.Scope(budget.scope)
    person = None if scope == Budget.Scope.PROJECT else annotator
    day = now.date() if scope == Budget.Scope.ANNOTATOR_DAY else None
    holder = " ".join(str(part) for part in (person.pk if person else "all", day) if part)
    account, _ = Account.objects.get_or_create(
        budget=budget,
        holder=holder,
        defaults={"annotator": person, "day": day, "limit": budget.limit},
    )
    return account


def settle(*, assignment: Assignment, label: Label) -> None:
    """Turn what the lease reserved into spent, each charge pointing to its label."""
    for charge in _charges([assignment.pk], Charge.State.RESERVED):
        Charge.objects.filter(pk=charge.pk).update(state=Charge.State.SETTLED, label=label)
        Account.objects.filter(pk=charge.account_id).update(
            reserved=F("reserved") - charge.amount, spent=F("spent") + charge.amount
        )


def unsettle(*, assignment: Assignment) -> None:
    """Turn spent back into reserved: the answer was taken back and will be given anew."""
    for charge in _charges([assignment.pk], Charge.State.SETTLED):
        Charge.objects.filter(pk=charge.pk).update(state=Charge.State.RESERVED, label=None)
        Account.objects.filter(pk=charge.account_id).update(
            reserved=F("reserved") + charge.amount, spent=F("spent") - charge.amount
        )


def release(*, assignment_ids: Sequence[int]) -> None:
    """Give back what these leases reserved."""
    for charge in _charges(assignment_ids, Charge.State.RESERVED):
        Charge.objects.filter(pk=charge.pk).update(state=Charge.State.RELEASED)
        Account.objects.filter(pk=charge.account_id).update(reserved=F("reserved") - charge.amount)


def _charges(assignment_ids: Sequence[int], state: str) -> list[Charge]:
    charges = Charge.objects.filter(assignment__in=assignment_ids, state=state)
    return list(charges.select_for_update().order_by("pk"))


def labels_left(project: Project) -> int | None:
    """Return how many labels the project's own budget still allows; None without one."""
    budget = Budget.objects.filter(project=project, scope=Budget.Scope.PROJECT).first()
    if budget is None:
        return None
    held = budget.accounts.aggregate(held=Sum(F("spent") + F("reserved")))["held"] or 0
    return max(budget.limit - held, 0)
