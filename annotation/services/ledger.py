"""The ledger: reserved at claim, settled at submit, released on expiry or skip; never overdrawn.

Every function runs inside its caller's transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, Sum
from django.utils import timezone

from annotation import units
from annotation.models import Account, Assignment, Budget, Charge, Label, Project, User
from annotation.services import statements
from annotation.services.budgets import BudgetExhausted, BudgetFrozen, own_rate_of, terms_of


def reserve(*, assignment: Assignment, annotator: User, now: datetime) -> None:
    """Set aside the most a label may cost in every budget of the project.

    Raises BudgetFrozen or BudgetExhausted, and the caller's rollback takes back what was
    reserved before.
    """
    budgets = Budget.objects.filter(project=assignment.project_id).select_related("project")
    standing = list(budgets.order_by("pk"))
    if not standing:
        return
    project = standing[0].project
    terms = _terms(project, annotator.pk, [each.unit for each in standing])
    for budget in standing:
        if budget.is_frozen:
            raise BudgetFrozen(budget, currency=project.currency)
        amount = terms.most(budget.unit)
        account = _account(budget, annotator, now)
        room = Q(limit__gte=F("reserved") + F("spent") + amount)
        reserved = Account.objects.filter(room, pk=account.pk).update(
            reserved=F("reserved") + amount
        )
        if not reserved:
            raise BudgetExhausted(budget, currency=project.currency)
        Charge.objects.create(account=account, assignment=assignment, amount=amount)


def _terms(project: Project, annotator_id: int, used: Sequence[str]) -> units.Terms:
    own_rate = own_rate_of(project, annotator_id) if units.MONEY in used else None
    return terms_of(project, own_rate=own_rate)


def _account(budget: Budget, annotator: User, now: datetime) -> Account:
    scope = Budget.Scope(budget.scope)
    person = None if scope == Budget.Scope.PROJECT else annotator
    day = timezone.localdate(now) if scope == Budget.Scope.ANNOTATOR_DAY else None
    account, _ = Account.objects.get_or_create(
        budget=budget,
        holder=_holders(annotator, now)[scope],
        defaults={"annotator": person, "day": day, "limit": budget.limit},
    )
    return account


def _holders(annotator: User, now: datetime) -> dict[str, str]:
    """Return whose account counts against a budget of each scope, in one word."""
    return {
        Budget.Scope.PROJECT: "all",
        Budget.Scope.ANNOTATOR: f"{annotator.pk}",
        Budget.Scope.ANNOTATOR_DAY: f"{annotator.pk} {timezone.localdate(now)}",
    }


def reserve_plainly(
    *, project: Project, assignment_id: int, annotator: User, terms: units.Terms, now: datetime
) -> None:
    """Reserve in three statements where every account is there and has room; else NotPlain."""
    holders = list(_holders(annotator, now).values())
    if not statements.reserve(
        project_id=project.pk, assignment_id=assignment_id, holders=holders, terms=terms
    ):
        raise statements.NotPlain


@dataclass(frozen=True)
class Room:
    """The accounts that count for one person's next labels, locked, with what each label costs."""

    accounts: tuple[tuple[Account, int], ...]

    def fit(self, wanted: int) -> int:
        """Return how many labels every account has room for, at most `wanted`."""
        left = (
            (each.limit - each.reserved - each.spent) // most
            for each, most in self.accounts
            if most
        )
        return min((wanted, *left))


def room(*, project: Project, annotator: User, now: datetime) -> Room:
    """Lock what counts for several labels at once, so that `reserve_many` cannot overdraw.

    Raises BudgetFrozen, or BudgetExhausted where not even one label has room.
    """
    standing = list(Budget.objects.filter(project=project).order_by("pk"))
    terms = _terms(project, annotator.pk, [each.unit for each in standing])
    for budget in standing:
        if budget.is_frozen:
            raise BudgetFrozen(budget, currency=project.currency)
    by_budget = {_account(budget, annotator, now).pk: budget for budget in standing}
    locked = Account.objects.select_for_update().filter(pk__in=by_budget).order_by("pk")
    found = Room(tuple((each, terms.most(by_budget[each.pk].unit)) for each in locked))
    for each in found.accounts:
        if Room((each,)).fit(1) < 1:
            raise BudgetExhausted(by_budget[each[0].pk], currency=project.currency)
    return found


def reserve_many(*, room: Room, assignment_ids: Sequence[int]) -> None:
    """Set aside the most these labels may cost, inside the transaction that found the room."""
    for account, most in room.accounts:
        Account.objects.filter(pk=account.pk).update(
            reserved=F("reserved") + most * len(assignment_ids)
        )
    Charge.objects.bulk_create(
        Charge(account=account, assignment_id=pk, amount=most)
        for account, most in room.accounts
        for pk in assignment_ids
    )


def settle_many(*, labels: Mapping[int, Label]) -> None:
    """As `settle`, of first answers by their assignment: a statement per account, not per label."""
    charges = _charges(list(labels), Charge.State.RESERVED)
    if not charges:
        return
    project = charges[0].account.budget.project
    annotator_id = next(iter(labels.values())).annotator_id
    terms = _terms(project, annotator_id, [each.account.budget.unit for each in charges])
    by_account: dict[int, list[tuple[int, int]]] = {}
    for charge in charges:
        label, held = labels[charge.assignment_id], charge.amount
        cost = terms.cost(charge.account.budget.unit, active_ms=label.active_ms)
        charge.state, charge.label, charge.amount = Charge.State.SETTLED, label, min(cost, held)
        by_account.setdefault(charge.account_id, []).append((held, charge.amount))
    Charge.objects.bulk_update(charges, ["state", "label", "amount"])
    for account_id, sums in by_account.items():
        Account.objects.filter(pk=account_id).update(
            reserved=F("reserved") - sum(held for held, _ in sums),
            spent=F("spent") + sum(spent for _, spent in sums),
            n_settled=F("n_settled") + len(sums),
        )


def settle(*, assignment: Assignment, label: Label) -> None:
    """Turn what the lease reserved into what the label cost, each charge pointing to the label.

    Never more than was reserved: time beyond it is on the label, but not charged. What was worked
    before an undo counts too.
    """
    charges = _charges([assignment.pk], Charge.State.RESERVED)
    if not charges:
        return
    used = [each.account.budget.unit for each in charges]
    terms = _terms(charges[0].account.budget.project, label.annotator_id, used)
    active_ms = _worked_ms(label) if label.revision else label.active_ms
    for charge in charges:
        cost = terms.cost(charge.account.budget.unit, active_ms=active_ms)
        amount = min(cost, charge.amount)
        Charge.objects.filter(pk=charge.pk).update(
            state=Charge.State.SETTLED, label=label, amount=amount
        )
        Account.objects.filter(pk=charge.account_id).update(
            reserved=F("reserved") - charge.amount,
            spent=F("spent") + amount,
            n_settled=F("n_settled") + 1,
        )


def _worked_ms(label: Label) -> int:
    """Return how long the annotator has worked on the item, answers taken back included.

    A correction carries the time of what it corrects: counted once.
    """
    given = Label.objects.filter(item=label.item_id, annotator=label.annotator_id)
    given = given.filter(is_correction=False)
    return int(given.aggregate(total=Sum("active_ms"))["total"] or 0)


def hand_on(*, assignment: Assignment, label: Label) -> None:
    """Let what an answer cost be the cost of its correction: nothing more, nothing less."""
    Charge.objects.filter(assignment=assignment, state=Charge.State.SETTLED).update(label=label)


def unsettle(*, assignment: Assignment) -> None:
    """Turn spent back into reserved: the answer was taken back and will be given anew.

    As much as a new lease reserves, where the limit leaves room; else what had been spent.
    """
    charges = _charges([assignment.pk], Charge.State.SETTLED)
    for charge in charges:
        label = charge.label
        assert label is not None  # by constraint: a settled charge has one
        budget = charge.account.budget
        most = _terms(budget.project, label.annotator_id, [budget.unit]).most(budget.unit)
        amount = most if _unsettle(charge, most) else charge.amount
        if amount != most:
            _unsettle(charge, amount)
        Charge.objects.filter(pk=charge.pk).update(
            state=Charge.State.RESERVED, label=None, amount=amount
        )


def _unsettle(charge: Charge, amount: int) -> bool:
    """Reserve so much instead of what the charge had spent, if there is room."""
    room = Q(limit__gte=F("reserved") + F("spent") - charge.amount + amount)
    account = Account.objects.filter(room, pk=charge.account_id)
    return bool(
        account.update(
            reserved=F("reserved") + amount,
            spent=F("spent") - charge.amount,
            n_settled=F("n_settled") - 1,
        )
    )


def release(*, assignment_ids: Sequence[int]) -> None:
    """Give back what these leases reserved."""
    for charge in _charges(assignment_ids, Charge.State.RESERVED):
        Charge.objects.filter(pk=charge.pk).update(state=Charge.State.RELEASED)
        Account.objects.filter(pk=charge.account_id).update(reserved=F("reserved") - charge.amount)


def _charges(assignment_ids: Sequence[int], state: str) -> list[Charge]:
    """Return these charges by account: whoever locks several does so in the same order."""
    charges = Charge.objects.filter(assignment__in=assignment_ids, state=state)
    charges = charges.select_related("account__budget__project", "label")
    return list(charges.select_for_update(of=("self",)).order_by("account", "pk"))
