"""What the labels up to a revision have cost: people's time and money. Read only."""

from dataclasses import dataclass

from django.db.models import Count, F, IntegerField, Max, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Least

from annotation import units
from annotation.models import Charge, Label, Membership, Project
from annotation.services.budgets import terms_of


@dataclass(frozen=True)
class Cost:
    """People's labels that stand, their active hours, and money; None where no price is set."""

    n_labels: int
    hours: float
    money: float | None
    currency: str


def cost_until(project_id: int, revision: int) -> Cost:
    """Return what was worked and paid for the labels up to a revision.

    Money is what the ledger settled; a label it does not know, because no budget of money stood
    then, counts by today's terms. Answers taken back took their time too. Imported labels cost
    nothing.
    """
    project = Project.objects.get(pk=project_id)
    given = Label.objects.filter(project=project, pk__lte=revision)
    given = given.filter(origin=Label.Origin.ANNOTATOR, item__withdrawn_at=None)
    ms = given.aggregate(ms=Sum("active_ms"))["ms"] or 0
    standing = given.filter(pk__in=Label.objects.current().filter(project=project).values("pk"))
    return Cost(
        n_labels=standing.count(),
        hours=ms / units.MS_PER_HOUR,
        money=_money(project, standing),
        currency=project.currency,
    )


def _money(project: Project, standing: QuerySet[Label]) -> float | None:
    """Return the money of these labels, None while nothing says what a label costs."""
    paid = Charge.objects.filter(
        label=OuterRef("pk"), state=Charge.State.SETTLED, account__budget__unit=units.MONEY
    )
    most = paid.order_by().values("label").annotate(most=Max("amount")).values("most")
    priced = standing.filter(is_extra=False).annotate(paid=Subquery(most))
    settled: int = priced.aggregate(total=Sum("paid"))["total"] or 0
    own = Membership.objects.filter(project=project, pay_rate__isnull=False)
    rates = {user: int(rate or 0) for user, rate in own.values_list("user", "pay_rate")}
    if not (settled or project.pay_rate or any(rates.values())):
        return None
    cap = 1000 * project.max_paid_seconds
    unpriced = priced.filter(paid=None).order_by().values("annotator")
    paid_ms = Sum(Least(F("active_ms"), cap, output_field=IntegerField()))
    total = settled
    for annotator, n, ms in unpriced.annotate(n=Count("pk"), ms=paid_ms).values_list(
        "annotator", "n", "ms"
    ):
        total += _by_terms(terms_of(project, own_rate=rates.get(annotator)), n, ms)
    return float(units.to_said(units.MONEY, total))


def _by_terms(terms: units.Terms, n: int, paid_ms: int) -> int:
    """Return what one annotator's labels cost by today's terms."""
    if terms.pay_by == units.PER_LABEL:
        return terms.pay_rate * n
    return round(terms.pay_rate * paid_ms / units.MS_PER_HOUR)
