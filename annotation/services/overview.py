"""A person's projects, each with what its card says. Reads only."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from annotation.models import Budget, Item, Membership, Project, Role, User
from annotation.permissions import Can


@dataclass(frozen=True)
class Card:
    """One project as its card shows it."""

    project: Project
    role: str
    n_items: int
    spent: int
    limit: int | None

    @property
    def role_name(self) -> str:
        return str(Role(self.role).label)

    @property
    def may_watch(self) -> bool:
        return self.role in Can.WATCH.value

    @property
    def may_lead(self) -> bool:
        return self.role in Can.LEAD.value


def cards_of(user: User) -> list[Card]:
    """Return the projects the user has a role in, the newest first; an admin sees all."""
    return _cards(user, _visible(user).order_by("-created_at", "-pk"))


def page_of(user: User, *, before: int | None, n: int) -> tuple[list[Card], int | None]:
    """Return a page of them, the newest first, and where the next page begins."""
    found = _visible(user).order_by("-pk")
    cards = _cards(user, (found.filter(pk__lt=before) if before else found)[: n + 1])
    return cards[:n], cards[n - 1].project.pk if len(cards) > n else None


def _visible(user: User) -> QuerySet[Project]:
    own = Membership.objects.filter(project=OuterRef("pk"), user=user)
    return Project.objects.visible_to(user).annotate(
        role=Subquery(own.values("role")[:1]),
        n_items=_count_of(Item.objects.filter(withdrawn_at=None)),
        limit=Subquery(_budgets().values("limit")[:1]),
        spent=_sum_of_spent(),
    )


def _cards(user: User, found: QuerySet[Any]) -> list[Card]:
    return [
        Card(
            project=project,
            role=Role.OWNER if user.is_superuser else project.role,
            n_items=project.n_items,
            spent=project.spent,
            limit=project.limit,
        )
        for project in found
    ]


def _count_of(items: QuerySet[Item]) -> Coalesce:
    counted = items.filter(project=OuterRef("pk")).order_by().values("project")
    number = Subquery(counted.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    return Coalesce(number, Value(0))


def _budgets() -> QuerySet[Budget]:
    own = Budget.objects.filter(scope=Budget.Scope.PROJECT, unit=Budget.Unit.LABELS)
    return own.filter(project=OuterRef("pk"))


def _sum_of_spent() -> Coalesce:
    spent = _budgets().order_by().values("project").annotate(n=Sum(F("accounts__spent")))
    return Coalesce(Subquery(spent.values("n"), output_field=IntegerField()), Value(0))
