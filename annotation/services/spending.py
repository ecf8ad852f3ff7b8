"""What budgets hold and who spent it, from the ledger; in words and as rows. Reads only."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, F, QuerySet, Sum
from django.utils import timezone

from annotation import units
from annotation.models import Budget, Charge, Membership, Project, User
from annotation.services import budgets
from annotation.services.budgets import Standing

LEDGER = (
    "charge", "state", "scope", "unit", "amount", "person", "item", "item_key", "assignment",
    "label", "reserved_at", "settled_at",
)  # fmt: skip
CHUNK = 2_000


@dataclass(frozen=True)
class Holding:
    """One account in words; `person` is None for the whole project."""

    person: User | None
    spent: str
    reserved: str
    left: str
    percent_spent: int
    percent_held: int


@dataclass(frozen=True)
class Limit:
    """One budget with its accounts."""

    budget: Budget
    words: str
    holdings: list[Holding]

    @property
    def whole(self) -> Holding | None:
        """What the whole project holds; None for a budget of each annotator."""
        is_whole = self.budget.scope == Budget.Scope.PROJECT
        return self.holdings[0] if is_whole and self.holdings else None


def limits(project: Project, *, now: datetime) -> list[Limit]:
    """Return the project's budgets, what counts per day as of today."""
    standings = budgets.standings(project, day=timezone.localdate(now))
    by_budget: dict[int, list[Standing]] = defaultdict(list)
    for standing in standings:
        by_budget[standing.budget.pk].append(standing)
    return [
        Limit(
            budget=budget,
            words=units.in_words(budget.unit, budget.limit, currency=project.currency),
            holdings=[_holding(each, project.currency) for each in by_budget[budget.pk]],
        )
        for budget in Budget.objects.filter(project=project).order_by("pk")
    ]


def _holding(standing: Standing, currency: str) -> Holding:
    def words(amount: int) -> str:
        return units.in_words(standing.budget.unit, amount, currency=currency)

    held = standing.spent + standing.reserved
    return Holding(
        person=standing.holder,
        spent=words(standing.spent),
        reserved=words(standing.reserved),
        left=words(standing.left),
        percent_spent=100 * standing.spent // standing.limit,
        percent_held=100 * held // standing.limit,
    )


@dataclass(frozen=True)
class Spender:
    """What one person's labels have cost. Time and money are None and "" when not counted."""

    person: User
    n_labels: int
    active: timedelta | None
    money: str
    # A rate of their own, in words; "" for the project's.
    own_rate: str


def spenders(project: Project) -> list[Spender]:
    """Return who spent what, most labels first.

    From the ledger: each amount is settled by a label. A unit counted by several budgets is read
    from the first, so that nothing is counted twice.
    """
    found = _by_person(project)
    people = User.objects.in_bulk({person for person, _ in found})
    rates = dict(
        Membership.objects.filter(project=project, user__in=people).values_list("user", "pay_rate")
    )
    rows = [_spender(person, project, found, rates.get(person.pk)) for person in people.values()]
    return sorted(rows, key=lambda row: (-row.n_labels, str(row.person)))


def _by_person(project: Project) -> dict[tuple[int, str], tuple[int, int]]:
    """Return how much each person spent of each unit, and on how many labels."""
    first: dict[str, int] = {}
    for budget in Budget.objects.filter(project=project).order_by("pk"):
        first.setdefault(budget.unit, budget.pk)
    settled = (
        Charge.objects.filter(account__budget__in=first.values(), state=Charge.State.SETTLED)
        .values(person=F("label__annotator"), unit=F("account__budget__unit"))
        .annotate(total=Sum("amount"), n=Count("pk"))
        .order_by()
    )
    return {(row["person"], row["unit"]): (row["total"], row["n"]) for row in settled}


def _spender(
    person: User,
    project: Project,
    found: dict[tuple[int, str], tuple[int, int]],
    own_rate: int | None,
) -> Spender:
    spent = {unit: total for (pk, unit), (total, _) in found.items() if pk == person.pk}
    active = timedelta(milliseconds=spent[units.HOURS]) if units.HOURS in spent else None
    money = ""
    if units.MONEY in spent:
        money = units.in_words(units.MONEY, spent[units.MONEY], currency=project.currency)
    return Spender(
        person=person,
        n_labels=max(n for (pk, _), (_, n) in found.items() if pk == person.pk),
        active=active,
        money=money,
        own_rate="" if own_rate is None else rate_in_words(project, own_rate),
    )


def rate_in_words(project: Project, rate: int) -> str:
    """Write a rate: "0.05 EUR per label". As many places as it has, and two at least."""
    said = units.to_said(units.MONEY, rate).normalize()
    places = max(-int(said.as_tuple().exponent), 2)
    return f"{said:,.{places}f} {project.currency} per {project.pay_by}"


def ledger(project: Project) -> Iterator[Sequence[object]]:
    """Yield every charge of the project as a row of LEDGER, oldest first, a chunk in memory.

    Amounts are exact: labels, seconds, and units of the currency.
    """
    for charge in _charges(project).iterator(chunk_size=CHUNK):
        yield _row(charge, project.currency)


def ledger_page(
    project: Project, *, after: int, n: int
) -> tuple[list[Sequence[object]], int | None]:
    """Return the n charges behind one as rows of LEDGER, and where the next page begins."""
    charges = list(_charges(project).filter(pk__gt=after)[: n + 1])
    rows = [_row(each, project.currency) for each in charges[:n]]
    return rows, charges[n - 1].pk if len(charges) > n else None


def _charges(project: Project) -> QuerySet[Charge]:
    return (
        Charge.objects.filter(account__budget__project=project)
        .select_related("account__budget", "assignment__item", "assignment__annotator")
        .select_related("label__annotator", "account__annotator")
        .order_by("pk")
    )


def _row(charge: Charge, currency: str) -> Sequence[object]:
    budget, assignment, label = charge.account.budget, charge.assignment, charge.label
    unit, amount = _exact(budget.unit, charge.amount, currency)
    # What was released belongs to nobody: the item may be with somebody else by now.
    is_held = charge.state == Charge.State.RESERVED
    holder = assignment.annotator if is_held else charge.account.annotator
    person = label.annotator if label else holder
    return (
        charge.pk,
        charge.state,
        budget.scope,
        unit,
        amount,
        person.username if person else None,
        assignment.item_id,
        assignment.item.key,
        assignment.pk,
        label.pk if label else None,
        charge.created_at.isoformat(timespec="seconds"),
        label.created_at.isoformat(timespec="seconds") if label else None,
    )


def _exact(unit: str, amount: int, currency: str) -> tuple[str, Decimal]:
    if unit == units.HOURS:
        return "seconds", Decimal(amount) / 1000
    return (currency if unit == units.MONEY else unit), units.to_said(unit, amount)
