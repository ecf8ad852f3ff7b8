"""How fast a project's budgets go, and when they run out: from the ledger, exactly. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import fmean, stdev

from django.db.models import Min, Q, QuerySet, Sum
from django.utils import timezone

from annotation import units
from annotation.models import Account, AuditEntry, Budget, Charge, Project, User

DAY = timedelta(days=1)
WINDOW = 7
SHOWN_DAYS = 14
# Beyond so many people a chart shows the rest as one.
SHOWN_PEOPLE = 6
SHOWN_CHANGES = 20
SAID = {"pay.set": "What a label costs", "pay.member": "A rate of somebody's own"}
CHANGES = ("budget.set", "budget.freeze", *SAID)
# Two-sided 90 % quantiles of Student's t by degrees of freedom.
T_90 = {1: 6.314, 2: 2.920, 3: 2.353, 4: 2.132, 5: 2.015, 6: 1.943}


@dataclass(frozen=True)
class Pace:
    """What a budget gave per day lately, and how long the rest lasts at that pace.

    `n_days` of 24 hours up to now, seven at most. The range is that of a mean of so few days, at
    90 %; its late end is None when the pace may as well be nothing.
    """

    per_day: str
    n_days: int
    runs_out: datetime | None = None
    earliest: datetime | None = None
    latest: datetime | None = None


def paces(project: Project, *, now: datetime) -> dict[int, Pace]:
    """Return the pace of each budget of the whole project, by budget; those at rest left out."""
    of_project = {"budget__project": project, "budget__scope": Budget.Scope.PROJECT}
    found = Account.objects.filter(**of_project).select_related("budget")
    accounts = {each.budget_id: each for each in found}
    settled = _settled(project).filter(account__in=[each.pk for each in accounts.values()])
    rows = settled.values_list("account__budget").annotate(
        first=Min("label__created_at"), **{f"d{k}": _sum_of_day(k, now) for k in range(WINDOW)}
    )
    return {
        pk: _pace(
            accounts[pk],
            [each or 0 for each in days[: _days_since(first, now)]],
            project.currency,
            now,
        )
        for pk, first, *days in rows
        if any(days)
    }


def _sum_of_day(k: int, now: datetime) -> Sum:
    """Sum what the k-th 24 hours before now settled; the latest have no end: clocks differ."""
    within = Q(label__created_at__gt=now - (k + 1) * DAY)
    if k:
        within &= Q(label__created_at__lte=now - k * DAY)
    return Sum("amount", filter=within)


def _settled(project: Project) -> QuerySet[Charge]:
    return Charge.objects.filter(
        account__budget__project=project, state=Charge.State.SETTLED
    ).order_by()


def _days_since(first: datetime, now: datetime) -> int:
    return min(max((now - first) // DAY + 1, 1), WINDOW)


def _pace(account: Account, days: Sequence[int], currency: str, now: datetime) -> Pace:
    mean, budget = fmean(days), account.budget
    words = units.in_words(budget.unit, round(mean), currency=currency)
    left = budget.limit - account.spent - account.reserved
    if left <= 0 or budget.is_frozen or not mean:
        return Pace(words, len(days))
    if len(days) < 2:
        return Pace(words, len(days), _after(now, left / mean))
    margin = T_90[len(days) - 1] * stdev(days) / len(days) ** 0.5
    slowest = mean - margin
    return Pace(
        per_day=words,
        n_days=len(days),
        runs_out=_after(now, left / mean),
        earliest=_after(now, left / (mean + margin)),
        latest=_after(now, left / slowest) if slowest > 0 else None,
    )


def _after(now: datetime, days: float) -> datetime | None:
    """Return the day; None when it lies beyond ten years: nobody plans so far."""
    return now + days * DAY if days < 3_650 else None


@dataclass(frozen=True)
class Daily:
    """What was spent each day of one unit, by person; amounts as people say them."""

    unit: str
    names: Sequence[str]
    days: Sequence[tuple[date, Sequence[float], float]]
    total: str


def daily(budget: Budget, *, currency: str, now: datetime) -> Daily:
    """Return what a budget gave in the last fortnight, by day and person."""
    today = timezone.localdate(now)
    days = [today - timedelta(days=back) for back in range(SHOWN_DAYS - 1, -1, -1)]
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [midnight - timedelta(days=back) for back in range(SHOWN_DAYS - 1, -1, -1)]
    rows = (
        Charge.objects.filter(account__budget=budget, state=Charge.State.SETTLED)
        .filter(label__created_at__gte=starts[0])
        .order_by()
        .values_list("label__annotator")
        .annotate(**{f"d{k}": _sum_from(start) for k, start in enumerate(starts)})
    )
    spent = {
        person: {day: total or 0 for day, total in zip(days, totals, strict=True)}
        for person, *totals in rows
    }
    return _by_day(budget, spent, days, currency)


def _sum_from(start: datetime) -> Sum:
    """Sum what was settled from this midnight to the next: no row is turned into a date."""
    within = Q(label__created_at__gte=start, label__created_at__lt=start + DAY)
    return Sum("amount", filter=within)


def _by_day(
    budget: Budget, spent: Mapping[int, Mapping[date, int]], days: Sequence[date], currency: str
) -> Daily:
    users = User.objects.in_bulk(spent)
    people = sorted(spent, key=lambda pk: str(users[pk]).lower())
    shown, rest = people[:SHOWN_PEOPLE], people[SHOWN_PEOPLE:]
    groups = [[pk] for pk in shown] + ([rest] if rest else [])
    names = [str(users[pk]) for pk in shown] + ([f"{len(rest)} others"] if rest else [])
    table = []
    for day in days:
        amounts = [sum(spent[pk][day] for pk in group) for group in groups]
        said = [float(units.to_said(budget.unit, amount)) for amount in amounts]
        table.append((day, said, float(units.to_said(budget.unit, sum(amounts)))))
    total = sum(amount for of_person in spent.values() for amount in of_person.values())
    return Daily(budget.unit, names, table, units.in_words(budget.unit, total, currency=currency))


@dataclass(frozen=True)
class Change:
    """One change of a limit or a price: when, by whom, what, and why if a reason was given."""

    at: datetime
    actor: str
    what: str
    reason: str


def changes(project: Project) -> list[Change]:
    """Return the newest changes of limits and prices, newest first."""
    entries = AuditEntry.objects.filter(project=project, action__in=CHANGES)
    found = entries.select_related("actor").order_by("-pk")[:SHOWN_CHANGES]
    return [
        Change(
            at=each.created_at,
            actor=str(each.actor or each.actor_name or "alapp"),
            what=_what(each, project.currency),
            reason=_reason(each),
        )
        for each in found
    ]


def _reason(entry: AuditEntry) -> str:
    return str(entry.after.get("reason", "")) if isinstance(entry.after, Mapping) else ""


def _what(entry: AuditEntry, currency: str) -> str:
    after = entry.after
    if entry.action == "budget.freeze":
        return f"{_named(entry)}: {'frozen' if after else 'gives again'}"
    if entry.action in SAID:
        return SAID[entry.action]
    unit = entry.target.split()[-1]
    limit = after["limit"] if isinstance(after, Mapping) else after
    said = [
        "none" if amount is None else units.in_words(unit, amount, currency=currency)
        for amount in (entry.before, limit)
    ]
    return f"{_named(entry)}: {said[0]} to {said[1]}"


def _named(entry: AuditEntry) -> str:
    """Say which budget: "The whole project, labels"."""
    _, scope, unit = entry.target.split()
    names = dict(Budget.Scope.choices)
    return f"{names.get(scope, scope)}, {unit}"
