"""Whether somebody who waits for items need look again: a stamp of all that could bring them one.

Searching the pool for an item costs more the less is left of it, and a page that waits asks again
and again. The stamp is one statement of counts along indexes; while it stays the same, nothing is
there that was not there before.
"""

from collections.abc import Iterable
from hashlib import blake2b

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from annotation.models import Account, Assignment, Batch, Budget, Item, Project, Run, State
from annotation.services.desk import Seat

# So often a page that waits is searched for all the same: what the stamp leaves out (an item
# brought back, a skip put back) comes by then.
SURE_SECONDS = 60


def stamp(seat: Seat) -> str:
    """Return a short word that changes when something may have come for this person."""
    project = seat.project
    counted = Project.objects.filter(pk=project.pk).annotate(
        open=_of(Assignment.objects.filter(state=State.OPEN), n=Count("pk")),
        over=_of(
            Assignment.objects.filter(state=State.LEASED, leased_until__lt=seat.now), n=Count("pk")
        ),
        held=_of(
            Assignment.objects.filter(state=State.LEASED, annotator=seat.annotator), n=Count("pk")
        ),
        batch=_of(Batch.objects.all(), n=Max("pk")),
        item=_of(Item.objects.all(), n=Max("pk")),
        running=_of(Run.objects.filter(kind="round", state__in=Run.OPEN_STATES), n=Count("pk")),
        allowed=_of(Budget.objects.all(), n=Sum("limit") + Count("pk", filter=Q(is_frozen=True))),
        used=_budget_used(),
    )
    names = ("open", "over", "held", "batch", "item", "running", "allowed", "used")
    seen = counted.values_list(*names).get()
    return _short([project.status, project.started_at, *_rules(project), *seen])


def _rules(project: Project) -> list[object]:
    return [project.further_by, project.batch_share_percent, project.overlap]


def _of(rows: QuerySet, *, n: object) -> Subquery:  # type: ignore[type-arg]
    counted = rows.filter(project=OuterRef("pk")).order_by().values("project").annotate(n=n)
    return Coalesce(Subquery(counted.values("n")), 0)  # type: ignore[return-value]


def _budget_used() -> Subquery:
    accounts = Account.objects.filter(budget__project=OuterRef("pk")).order_by()
    used = accounts.values("budget__project").annotate(n=Sum(F("spent") + F("reserved")))
    return Coalesce(Subquery(used.values("n")), 0)  # type: ignore[return-value]


def _short(values: Iterable[object]) -> str:
    return blake2b("|".join(map(str, values)).encode(), digest_size=8).hexdigest()
