"""Whom items are handed to: by role, by purpose, and how much of one batch to one person.

Safe defaults hand everything to everybody with a role; then nothing here costs a statement.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, F, Q, QuerySet, Subquery

from annotation.models import (
    Assignment,
    Batch,
    FurtherBy,
    Membership,
    Project,
    Purpose,
    Role,
    State,
    Trust,
    User,
)

FURTHER = (Purpose.OVERLAP, Purpose.RELABEL)
LEADS = (Role.OWNER, Role.LEAD)
# The settings that say among how many a batch is shared out.
SHARED_OUT = frozenset({"batch_share_percent", "leads_label", "reviewers_label"})


def labelling_roles(project: Project) -> set[str]:
    """Return the roles whose people are handed items."""
    roles: set[str] = {Role.ANNOTATOR}
    if project.reviewers_label:
        roles.add(Role.REVIEWER)
    if project.leads_label:
        roles.update(LEADS)
    return roles


def further_roles(project: Project) -> set[str]:
    """Return the roles whose people are handed the second and later opinions of an item."""
    roles = labelling_roles(project)
    return roles - {Role.ANNOTATOR} if project.further_by == FurtherBy.REVIEWERS else roles


def is_for_everybody(project: Project) -> bool:
    """Say whether no rule of the project keeps anything from anybody; some may be paused still."""
    return (
        labelling_roles(project) == set(Role.values)
        and project.further_by == FurtherBy.ANYONE
        and project.batch_share_percent == 100
    )


def may_take(project: Project, annotator: User) -> Q:
    """Return what of the queue may be handed to this person, to be asked with the claim itself."""
    paused = Trust.objects.filter(project=project, annotator=annotator, is_paused=True)
    allowed = ~Q(Exists(paused))
    if labelling_roles(project) != set(Role.values):
        allowed &= _has_role(project, annotator, labelling_roles(project))
    if project.further_by != FurtherBy.ANYONE:
        further = _has_role(project, annotator, further_roles(project))
        allowed &= ~Q(purpose__in=FURTHER) | further
    if project.batch_share_percent < 100:
        allowed &= ~Q(batch__in=_taken_up(project, annotator))
    return allowed


def is_paused(project: Project, annotator: User) -> bool:
    """Say whether a lead, or the rule of known answers, hands this person nothing for now."""
    return Trust.objects.filter(project=project, annotator=annotator, is_paused=True).exists()


def _has_role(project: Project, person: User, roles: set[str]) -> Q:
    """Match everything if the person has one of the roles; an admin has the owner's."""
    if person.is_superuser:
        return Q() if Role.OWNER in roles else Q(pk__in=[])
    return Q(Exists(Membership.objects.filter(project=project, user=person, role__in=roles)))


def _taken_up(project: Project, annotator: User) -> QuerySet[Assignment, Any]:
    """Return the newest batch if this person has their share of it already; else nothing."""
    newest = Batch.objects.filter(project=project, number__gte=0).order_by("-number")
    mine = Q(annotator=annotator, state__in=[State.LEASED, State.DONE])
    wanted = Q(in_reserve=False) & ~Q(state=State.WITHDRAWN)
    return (
        Assignment.objects.filter(batch=Subquery(newest.values("pk")[:1]))
        .order_by()
        .values("batch")
        .annotate(
            has=100 * Count("pk", filter=mine),
            may=project.batch_share_percent * Count("pk", filter=wanted),
        )
        .filter(may__gt=0, has__gte=F("may"))
        .values("batch")
    )


def is_handed_items(project: Project, person: User) -> bool:
    """Say whether this person's role is handed items at all."""
    roles = labelling_roles(project)
    if roles == set(Role.values):
        return True
    if person.is_superuser:
        return Role.OWNER in roles
    return Membership.objects.filter(project=project, user=person, role__in=roles).exists()


def has_share(project: Project, person: User) -> bool:
    """Say whether this person has as much of the newest batch as one person may have."""
    if project.batch_share_percent == 100:
        return False
    return _taken_up(project, person).exists()


def share_left(project: Project, person: User) -> int | None:
    """Return how many more of the newest batch this person may be handed; None for any number."""
    if project.batch_share_percent == 100:
        return None
    newest = Batch.objects.filter(project=project, number__gte=0).order_by("-number").first()
    mine = Q(annotator=person, state__in=[State.LEASED, State.DONE])
    wanted = Q(in_reserve=False) & ~Q(state=State.WITHDRAWN)
    found = Assignment.objects.filter(batch=newest).aggregate(
        has=Count("pk", filter=mine), n=Count("pk", filter=wanted)
    )
    may = -(-project.batch_share_percent * found["n"] // 100)
    return int(max(may - found["has"], 0)) if found["n"] else None


def people_who_label(project: Project) -> QuerySet[Membership]:
    """Return who is handed items."""
    members = Membership.objects.filter(project=project, role__in=labelling_roles(project))
    return members.filter(user__is_active=True)


def check(project: Project) -> None:
    """Raise ValidationError when nobody would be left to label part of a batch."""
    if project.batch_share_percent == 100:
        return
    n = people_who_label(project).count()
    if n * project.batch_share_percent < 100:
        needed = -(-100 // n) if n else 100
        raise ValidationError(
            f"A share of {project.batch_share_percent} % leaves part of every batch to nobody: "
            f"{n} {'person labels' if n == 1 else 'people label'} here, so it must be at least "
            f"{needed} %. Add people first."
        )
