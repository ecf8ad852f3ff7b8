"""What one annotator reads of their own work in a project: pace, agreement, classes. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, Sum

from annotation import units
from annotation.models import Charge, Label, LabelClass, Project, QualityReport, Reliability, User

# Below so many shared answers a comparison with others says nothing.
FIRM = 20


@dataclass(frozen=True)
class OwnWork:
    """`shared` is what compares them with others, None while that would say nothing; `differs`
    lists what they said, what the others mostly say, and how often."""

    n_labels: int
    active: timedelta
    money: str
    shared: Reliability | None
    n_shared: int
    differs: Sequence[tuple[LabelClass, LabelClass, int]]
    steps: Sequence[Mapping[str, Any]]

    @property
    def pace(self) -> float | None:
        """Mean seconds of active time per answer."""
        return self.active.total_seconds() / self.n_labels if self.n_labels else None


def of(project: Project, person: User) -> OwnWork:
    """Return the person's own work, in five statements whatever the project's size."""
    labels = Label.objects.filter(project=project, annotator=person, origin="annotator")
    stands = Q(superseded_by=None, value__isnull=False)
    found = labels.aggregate(n=Count("pk", filter=stands), ms=Sum("active_ms"))
    measured = Reliability.objects.filter(project=project, annotator=person).first()
    n_shared = measured.n_shared if measured else 0
    is_firm = n_shared >= FIRM
    data = _report(project)
    return OwnWork(
        n_labels=found["n"] or 0,
        active=timedelta(milliseconds=found["ms"] or 0),
        money=_money(project, person),
        shared=measured if is_firm else None,
        n_shared=n_shared,
        differs=_differs(project, data, person) if is_firm else [],
        steps=data.get("drift", {}).get(str(person.pk), []) if is_firm else [],
    )


def _report(project: Project) -> dict[str, Any]:
    report = QualityReport.objects.filter(project=project).first()
    return report.data if report else {}


def _differs(
    project: Project, data: Mapping[str, Any], person: User
) -> list[tuple[LabelClass, LabelClass, int]]:
    if not data or data["is_multi"]:
        return []
    classes = {each.pk: each for each in project.classes.all()}
    rows = data["confusions"].get(str(person.pk), [])
    return [
        (classes[row["said"]], classes[row["meant"]], row["n"])
        for row in rows[:5]
        if row["said"] in classes and row["meant"] in classes
    ]


def _money(project: Project, person: User) -> str:
    """What their labels have earned, from the ledger; "" where no budget counts money."""
    charges = Charge.objects.filter(
        account__budget__project=project,
        account__budget__unit=units.MONEY,
        label__annotator=person,
        state=Charge.State.SETTLED,
    )
    by_budget = charges.values("account__budget").annotate(total=Sum("amount")).order_by()
    # Several budgets may count the same money: each has all of it.
    total = max((row["total"] for row in by_budget), default=0)
    return units.in_words(units.MONEY, total, currency=project.currency) if total else ""
