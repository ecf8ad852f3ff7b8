"""Who may do what: fetching a project and authorising are one call, so no view can forget."""

from enum import Enum

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest

from annotation.models import Membership, Project, Role, User

MONEY_IS_THE_OWNERS = "Only an owner of the project changes what money may be spent."


class Can(Enum):
    """What a role allows in a project."""

    LABEL = frozenset({Role.OWNER, Role.LEAD, Role.REVIEWER, Role.ANNOTATOR})
    WATCH = frozenset({Role.OWNER, Role.LEAD, Role.REVIEWER})
    # Whose word on an item is final. The same people today; another question.
    DECIDE = WATCH
    LEAD = frozenset({Role.OWNER, Role.LEAD})
    # Who may take what a project holds away: it names people, and cannot be called back.
    EXPORT = LEAD
    OWN = frozenset({Role.OWNER})


# Which roles each role may give and take; the others none.
ROLES_GIVEN = {
    Role.OWNER.value: frozenset(Role.values),
    Role.LEAD.value: frozenset({Role.REVIEWER.value, Role.ANNOTATOR.value}),
}


def given_by(role: str | None) -> frozenset[str]:
    return ROLES_GIVEN.get(role or "", frozenset())


def check_gives(actor: User, project: Project, *roles: str | None) -> None:
    """Refuse by ValidationError a role that the actor may not give or take; None is no role."""
    given = given_by(role_of(actor, project))
    for role in roles:
        if role is not None and role not in Role.values:
            raise ValidationError(f"{role!r} is not a role.")
        if role is not None and role not in given:
            raise ValidationError(f"Only owners give and take the role {Role(role).label}.")


def get_project_or_404(user: User | AnonymousUser, slug: str, can: Can) -> Project:
    """Return the project if the user may do this in it.

    Anyone else gets 404, whether the project exists or not, so that slugs cannot be guessed.
    """
    projects = Project.objects.filter(slug=slug)
    if not isinstance(user, User):
        raise Http404("Nobody is signed in.")
    if user.visit and user.visit.project.slug == slug:
        if user.is_superuser or user.visit.role in can.value:
            return user.visit.project
        raise Http404("No role in it that allows this.")
    if not user.is_superuser:
        projects = projects.filter(memberships__user=user, memberships__role__in=can.value)
    project = projects.first()
    if project is None:
        raise Http404("No such project, or no role in it.")
    return project


def person(request: HttpRequest) -> User:
    """Return who is signed in. LoginRequiredMiddleware has seen to it that somebody is."""
    if not isinstance(request.user, User):
        raise Http404("Nobody is signed in.")
    return request.user


def is_allowed(user: User | AnonymousUser, project: Project, can: Can) -> bool:
    return role_of(user, project) in can.value


def check_owner(user: User | AnonymousUser, project: Project) -> None:
    """Refuse whoever leads a project but does not own it, where it is about money."""
    if not is_allowed(user, project, Can.OWN):
        raise PermissionDenied(MONEY_IS_THE_OWNERS)


def may_create_projects(user: User) -> bool:
    """Whoever leads a project may make another; an annotator is given theirs."""
    leads = Membership.objects.filter(user=user, role__in=Can.LEAD.value)
    return user.is_superuser or leads.exists()


def role_of(user: User | AnonymousUser, project: Project) -> str | None:
    """Return the user's role; an admin has the owner's everywhere."""
    if not isinstance(user, User):
        return None
    if user.is_superuser:
        return Role.OWNER
    if user.visit and user.visit.project.pk == project.pk:
        return user.visit.role
    membership = Membership.objects.filter(user=user, project=project).only("role").first()
    return membership.role if membership else None
