"""Budgets as leads see them: limits, freezing, what a label costs. `ledger` counts against them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery

from annotation import units
from annotation.models import Account, Budget, Membership, PayBy, Project, User
from annotation.services import audit

MAX_LIMIT = units.LARGEST[units.LABELS]
CURRENCY_LETTERS = 3


class BudgetExhausted(Exception):  # noqa: N818 - a state of the project, answered by a page
    """A limit leaves no room for another label; says which."""

    def __init__(self, budget: Budget, *, currency: str = "") -> None:
        super().__init__(f"Nothing left of {budget.words(currency)}.")
        self.budget = budget


class BudgetFrozen(BudgetExhausted):
    """A lead stopped a budget from giving, whatever is left of it."""

    def __init__(self, budget: Budget, *, currency: str = "") -> None:
        super().__init__(budget, currency=currency)
        self.args = (f"Frozen by a lead: {budget.words(currency)}.",)


@transaction.atomic
def set_limit(
    *,
    project: Project,
    scope: str,
    limit: int,
    actor: User | None,
    unit: str = units.LABELS,
    reason: str = "",
) -> Budget:
    """Make the budget, or raise or lower it; in force from the next claim on.

    `limit` is a whole amount of the unit: labels, milliseconds, parts of money
    (`units.to_amount`). A `reason` stands in the audit log beside it. Raises ValidationError for
    an unknown scope or unit, a limit of zero, or one below what is spent and out with annotators.
    """
    _check_limit(project, scope, unit, limit)
    budget = (
        Budget.objects.select_for_update().filter(project=project, scope=scope, unit=unit).first()
    )
    before = budget.limit if budget else None
    budget = budget or Budget(project=project, scope=scope, unit=unit)
    budget.limit = limit
    budget.save()
    _carry_limit(budget, project.currency)
    if before != limit:
        target = f"budget {scope} {unit}"
        after = {"limit": limit, "reason": reason} if reason else limit
        audit.note(
            "budget.set", actor=actor, project=project, target=target, before=before, after=after
        )
    return budget


def _check_limit(project: Project, scope: str, unit: str, limit: int) -> None:
    if scope not in Budget.Scope.values:
        raise ValidationError(f"{scope!r} is not whom a budget can be for.")
    if unit not in units.UNITS:
        raise ValidationError(f"{unit!r} is not what a budget can count.")
    most = units.to_amount(unit, units.LARGEST[unit])
    if not 1 <= limit <= most:
        least, said = (f"{units.to_said(unit, amount):,f}" for amount in (1, most))
        raise ValidationError(
            f"The budget must be between {least} and {said} {_unit_name(unit, project)}; "
            f"{units.to_said(unit, limit):,f} is not."
        )


def _unit_name(unit: str, project: Project) -> str:
    return project.currency if unit == units.MONEY else unit


def _carry_limit(budget: Budget, currency: str) -> None:
    """Give the accounts the new limit; the constraint refuses one below what they already hold."""
    # In the order in which leases that run out give back, so that neither waits for the other.
    list(budget.accounts.select_for_update().order_by("pk"))
    try:
        with transaction.atomic():
            budget.accounts.update(limit=budget.limit)
    except IntegrityError:
        held = max(account.spent + account.reserved for account in budget.accounts.all())
        words = units.in_words(budget.unit, held, currency=currency)
        raise ValidationError(
            f"The budget cannot go below {words}: so much is spent or out with annotators. "
            "Freeze it to hand nothing more out."
        ) from None


@transaction.atomic
def freeze(*, budget: Budget, is_frozen: bool, actor: User | None) -> None:
    """Stop the budget from giving, or let it give again; work already out may be finished."""
    Budget.objects.filter(pk=budget.pk).update(is_frozen=is_frozen)
    audit.note(
        "budget.freeze",
        actor=actor,
        project=budget.project,
        target=f"budget {budget.scope} {budget.unit}",
        before=budget.is_frozen,
        after=is_frozen,
    )


@transaction.atomic
def set_pay(
    *,
    project: Project,
    actor: User | None,
    pay_by: str,
    pay_rate: int,
    currency: str,
    max_paid_seconds: int,
) -> Project:
    """Say what a label costs; in force from the next claim on.

    `pay_rate` is in parts of money (`units.to_amount`), per label or per hour of active time.
    Raises ValidationError for values out of range, and for another currency once money is spent.
    """
    wanted = units.Terms(pay_by, pay_rate, max_paid_seconds)
    _check_terms(wanted)
    currency = currency.strip().upper()
    _check_currency(project, currency)
    before = {**asdict(terms_of(project)), "currency": project.currency}
    after = {**asdict(wanted), "currency": currency}
    for name, value in after.items():
        setattr(project, name, value)
    project.save(update_fields=list(after))
    if before != after:
        audit.note("pay.set", actor=actor, project=project, before=before, after=after)
    return project


def _check_terms(terms: units.Terms) -> None:
    if terms.pay_by not in PayBy.values:
        raise ValidationError(f"{terms.pay_by!r} is not what people can be paid by.")
    _check_rate(terms.pay_rate)
    if not 1 <= terms.max_paid_seconds <= 86_400:
        raise ValidationError(
            "The time charged for one label must be between 1 and 86,400 seconds; "
            f"{terms.max_paid_seconds:,} is not."
        )


def _check_rate(rate: int) -> None:
    most = units.to_amount(units.MONEY, 1_000_000)
    if not 0 <= rate <= most:
        said = units.to_said(units.MONEY, rate)
        raise ValidationError(f"A rate must be between 0 and 1,000,000; {said:,f} is not.")


def _check_currency(project: Project, currency: str) -> None:
    if len(currency) != CURRENCY_LETTERS or not (currency.isascii() and currency.isalpha()):
        raise ValidationError(f"A currency has three letters, as EUR or USD; {currency!r} has not.")
    used = Account.objects.filter(budget__project=project, budget__unit=units.MONEY)
    if currency != project.currency and used.exclude(spent=0, reserved=0).exists():
        raise ValidationError(
            f"{project.currency} cannot become {currency}: money is spent or reserved already."
        )


@transaction.atomic
def set_member_pay(
    *, project: Project, user: User, pay_rate: int | None, actor: User | None
) -> None:
    """Give a member a rate of their own, or the project's again (None); from the next claim on."""
    if pay_rate is not None:
        _check_rate(pay_rate)
    member = Membership.objects.select_for_update().filter(project=project, user=user).first()
    if member is None:
        raise ValidationError(f"{user} has no role in this project.")
    before, member.pay_rate = member.pay_rate, pay_rate
    member.save(update_fields=["pay_rate"])
    if before != pay_rate:
        audit.note(
            "pay.member",
            actor=actor,
            project=project,
            target=user.username,
            before=before,
            after=pay_rate,
        )


def terms_of(project: Project, *, own_rate: int | None = None) -> units.Terms:
    """Return what a label costs in this project; `own_rate` is a member's own."""
    rate = project.pay_rate if own_rate is None else own_rate
    return units.Terms(project.pay_by, rate, project.max_paid_seconds)


def terms_for(project: Project, annotator: User) -> units.Terms:
    """Return what a label of this annotator costs."""
    return terms_of(project, own_rate=own_rate_of(project, annotator.pk))


def own_rate_of(project: Project, annotator_id: int) -> int | None:
    """Return the rate the annotator has instead of the project's; None is the project's."""
    members = Membership.objects.filter(project=project, user=annotator_id)
    return members.values_list("pay_rate", flat=True).first()


@dataclass(frozen=True)
class Standing:
    """One account as a page shows it; `holder` is None for the whole project."""

    budget: Budget
    holder: User | None
    day: date | None
    limit: int
    reserved: int
    spent: int
    n_settled: int

    @property
    def left(self) -> int:
        return self.limit - self.reserved - self.spent


def standings(project: Project, *, day: date) -> list[Standing]:
    """Return every account of the project, those per day of this day only; budgets in order.

    A budget nobody has touched yet has no account; one for the whole project is shown all the
    same.
    """
    accounts = Account.objects.filter(budget__project=project).select_related("annotator")
    accounts = accounts.filter(day=None) | accounts.filter(day=day)
    found = sorted(accounts, key=lambda each: str(each.annotator or ""))
    return [
        standing
        for budget in Budget.objects.filter(project=project).order_by("pk")
        for standing in _standings_of(budget, [a for a in found if a.budget_id == budget.pk])
    ]


def _standings_of(budget: Budget, accounts: Sequence[Account]) -> list[Standing]:
    if not accounts and budget.scope == Budget.Scope.PROJECT:
        accounts = [Account(budget=budget, limit=budget.limit)]
    return [
        Standing(
            budget=budget,
            holder=each.annotator,
            day=each.day,
            limit=each.limit,
            reserved=each.reserved,
            spent=each.spent,
            n_settled=each.n_settled,
        )
        for each in accounts
    ]


def labels_left(project: Project) -> int | None:
    """Return about how many labels the project's own budgets still allow; None without one.

    Exact for a budget of labels; of time and money it is what is left by what a label cost so
    far, and zero when what a claim reserves at the project's rate has no room.
    """
    terms = terms_of(project)
    own = Budget.objects.filter(project=project, scope=Budget.Scope.PROJECT).order_by("pk")
    accounts = Account.objects.filter(budget=OuterRef("pk"))
    held = own.annotate(
        reserved=Subquery(accounts.values("reserved")[:1]),
        spent=Subquery(accounts.values("spent")[:1]),
        n_settled=Subquery(accounts.values("n_settled")[:1]),
    )
    fits = [
        _fits(each, terms, each.reserved or 0, each.spent or 0, each.n_settled or 0)
        for each in held
    ]
    return min((each for each in fits if each is not None), default=None)


def _fits(
    budget: Budget, terms: units.Terms, reserved: int, spent: int, n_settled: int
) -> int | None:
    """Return about how many labels fit into a budget; None when a label costs it nothing."""
    left, most = budget.limit - reserved - spent, terms.most(budget.unit)
    if most == 0:
        return None
    if left < most:
        return 0
    usual = spent / n_settled if n_settled and spent else most
    return max(int(left / usual), 1)
