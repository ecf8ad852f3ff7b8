"""How somebody's day goes, and what of the budgets that concern them is left. Reads only."""

from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from annotation import units, worktime
from annotation.models import Account, Budget, Label, Project, User

MS_PER_MINUTE = 60_000


@dataclass(frozen=True)
class Day:
    """One person's day so far, in all projects: answers that stand, and the time they took."""

    n_labels: int
    active_ms: int

    @property
    def active_minutes(self) -> int:
        return self.active_ms // MS_PER_MINUTE


def today(person: User, *, now: datetime) -> Day:
    """Return the person's day so far, in one statement along the index of their time."""
    local = timezone.localtime(now)
    start = timezone.make_aware(datetime.combine(local.date(), time.min), local.tzinfo)
    rows = Label.objects.filter(
        annotator=person, origin="annotator", worked_until_ms__gte=worktime.moment(start)
    )
    stands = Q(superseded_by=None) | Q(superseded_by__value__isnull=False)
    found = rows.aggregate(n=Count("pk", filter=stands), ms=Sum("active_ms"))
    return Day(found["n"] or 0, found["ms"] or 0)


@dataclass(frozen=True)
class Left:
    """What is left of one budget that concerns a person: whose it is, how much, in words."""

    whose: str
    amount: str
    is_frozen: bool


def left(project: Project, person: User, *, now: datetime) -> list[Left]:
    """Return what is left of the project's budgets, the person's own and their day's, in two
    statements; a lead's figures of others are not among them."""
    day = timezone.localdate(now)
    accounts = Account.objects.filter(budget__project=project)
    accounts = accounts.filter(Q(annotator=None) | Q(annotator=person))
    held = {each.budget_id: each for each in accounts.filter(Q(day=None) | Q(day=day))}
    return [
        _left(budget, held.get(budget.pk), project.currency)
        for budget in Budget.objects.filter(project=project).order_by("pk")
    ]


def _left(budget: Budget, account: Account | None, currency: str) -> Left:
    used = account.spent + account.reserved if account else 0
    amount = max((account.limit if account else budget.limit) - used, 0)
    return Left(whose(budget.scope), in_words(budget.unit, amount, currency), budget.is_frozen)


def whose(scope: str) -> str:
    """Say whose budget it is, to the person it concerns."""
    if scope == Budget.Scope.ANNOTATOR:
        return gettext("yours")
    if scope == Budget.Scope.ANNOTATOR_DAY:
        return gettext("yours today")
    return gettext("the project's")


def in_words(unit: str, amount: int, currency: str) -> str:
    """Write an amount in the language of the page."""
    if unit == units.LABELS:
        number = number_format(amount, force_grouping=True)
        return ngettext("%(number)s label", "%(number)s labels", amount) % {"number": number}
    said = number_format(units.to_said(unit, amount), decimal_pos=2, force_grouping=True)
    if unit == units.HOURS:
        return gettext("%(number)s hours") % {"number": said}
    return f"{said} {currency}".strip()
