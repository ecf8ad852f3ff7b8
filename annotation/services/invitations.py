"""Invitations: links that give a role, made by whoever leads, used exactly as often as they say."""

import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from annotation import permissions
from annotation.models import Invitation, Membership, Project, SignInLink, User
from annotation.models.invitations import MAX_USES
from annotation.services import accounts, audit

# What somebody is shown and may choose of; a week unless said otherwise.
LONGEST = timedelta(days=90)


class Spent(Exception):  # noqa: N818 - named for what happened
    """The invitation was used up, taken back or ran out just now."""


class _HasRole(Exception):  # noqa: N818 - named for what is so
    """The person is in the project already."""


@dataclass(frozen=True)
class Listed:
    """An invitation as a lead sees it."""

    invitation: Invitation
    state: str

    @property
    def is_open(self) -> bool:
        return self.state == "open"


@transaction.atomic
def invite(
    *,
    project: Project,
    role: str,
    actor: User,
    now: datetime,
    valid_for: timedelta = timedelta(days=7),
    max_uses: int = 1,
    name: str = "",
    email: str = "",
) -> str:
    """Return the token of a new invitation, to be shown once.

    Raises ValidationError for a role that the actor may not give, for more than 90 days, for a
    number of uses outside 1 to 500, and for an owner's or lead's that works more than once.
    """
    permissions.check_gives(actor, project, role)
    if not timedelta(0) < valid_for <= LONGEST:
        raise ValidationError(f"An invitation works for 1 to {LONGEST.days} days.")
    if not 1 <= max_uses <= MAX_USES:
        raise ValidationError(f"An invitation works for 1 to {MAX_USES} people.")
    if max_uses > 1 and role in permissions.Can.LEAD.value:
        raise ValidationError("A link that makes owners or leads works for one person.")
    token = secrets.token_urlsafe(32)
    made = Invitation(
        project=project, role=role, token_hash=SignInLink.digest(token), name=name.strip(),
        email=email.strip(), invited_by=actor, max_uses=max_uses, expires_at=now + valid_for,
    )  # fmt: skip
    made.full_clean()
    made.save()
    told = {"role": role, "uses": max_uses, "until": made.expires_at.isoformat()}
    audit.note("invitation.create", actor=actor, project=project, target=made.name, after=told)
    return token


@transaction.atomic
def revoke(*, project: Project, invitation_id: int, actor: User, now: datetime) -> None:
    """Take an invitation back; whoever has joined by it stays."""
    found = project.invitations.filter(pk=invitation_id, revoked_at=None)
    role = found.values_list("role", flat=True).first()
    if role is None:
        raise ValidationError("This invitation was taken back already.")
    permissions.check_gives(actor, project, role)
    found.update(revoked_at=now)
    audit.note("invitation.revoke", actor=actor, project=project, target=str(invitation_id))


def of(project: Project, *, now: datetime) -> list[Listed]:
    """Return the newest hundred invitations with what became of each."""
    rows = project.invitations.select_related("invited_by").order_by("-pk")[:100]
    return [Listed(each, _state(each, now)) for each in rows]


def made(project: Project, *, token: str, now: datetime) -> Listed:
    """Return the project's invitation that has this token."""
    rows = project.invitations.select_related("invited_by")
    found = rows.get(token_hash=SignInLink.digest(token))
    return Listed(found, _state(found, now))


def _state(each: Invitation, now: datetime) -> str:
    if each.revoked_at:
        return "taken back"
    if each.n_uses >= each.max_uses:
        return "used"
    return "open" if each.expires_at > now else "expired"


def find(*, token: str, now: datetime) -> Invitation | None:
    """Return the invitation if it can be used now; looking at it does not use it."""
    usable = _usable(now).filter(token_hash=SignInLink.digest(token))
    found = usable.select_related("project", "invited_by").first()
    return found if found and _still_gives(found) else None


def _still_gives(invitation: Invitation) -> bool:
    """Return whether whoever invited may still give the role: theirs may have gone since."""
    giver = invitation.invited_by
    if giver is None or not giver.is_active:
        return False
    role = permissions.role_of(giver, invitation.project)
    return role is not None and invitation.role in permissions.given_by(role)


def for_addresses(addresses: Iterable[str], *, now: datetime) -> Sequence[Invitation]:
    """Return the open invitations to these e-mail addresses, the newest of each project."""
    wanted = Q(pk=None)
    for each in addresses:
        wanted |= Q(email__iexact=each)
    found = _usable(now).exclude(email="").filter(wanted).select_related("project", "invited_by")
    usable = [each for each in found.order_by("pk") if _still_gives(each)]
    return list({each.project_id: each for each in usable}.values())


def _usable(now: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(revoked_at=None, expires_at__gt=now, n_uses__lt=F("max_uses"))


def accept(*, invitation: Invitation, user: User, now: datetime) -> None:
    """Give the user the role. Who has a role in the project keeps it, and uses nothing up.

    Raises Spent when somebody was faster; nothing is changed then.
    """
    with suppress(_HasRole):
        _accept(invitation, user, now)


@transaction.atomic
def _accept(invitation: Invitation, user: User, now: datetime) -> None:
    project = invitation.project
    if Membership.objects.filter(project=project, user=user).exists():
        raise _HasRole
    _use(invitation, now)
    given = {"role": invitation.role}
    _membership, is_new = Membership.objects.get_or_create(
        project=project, user=user, defaults=given
    )
    if not is_new:
        # Joined in another window meanwhile: what was counted here is taken back.
        raise _HasRole
    told = {**given, "invitation": invitation.pk}
    audit.note("invitation.accept", actor=user, project=project, target=user.username, after=told)


@transaction.atomic
def accept_as_new(
    *, invitation: Invitation, username: str, password: str, first_name: str, now: datetime
) -> User:
    """Make an account and give it the role: both, or neither.

    Raises ValidationError for a name that is taken or a weak password, Spent as accept() does.
    """
    user = accounts.make(username=username, password=password, first_name=first_name)
    accept(invitation=invitation, user=user, now=now)
    return user


def _use(invitation: Invitation, now: datetime) -> None:
    """Count a use, in one statement: of two who come at once for the last, one gets it."""
    taken = _usable(now).filter(pk=invitation.pk).update(n_uses=F("n_uses") + 1)
    if not taken:
        raise Spent(_("This invitation no longer works."))
