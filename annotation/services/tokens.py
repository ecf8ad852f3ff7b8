"""Tokens for the API: made, shown once, used, revoked; each step of their life in the audit log."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from annotation import scopes
from annotation.models import ApiToken, User
from annotation.services import audit

# Recognised by people and by scanners that look for secrets in code.
PREFIX = "alapp_"
LENGTH_BYTES = 32
USUAL = timedelta(days=90)
LONGEST = timedelta(days=366)
MOST = 50
# How old `last_used_at` may be before it is written again: not with every request.
USED_EVERY = timedelta(minutes=1)


@transaction.atomic
def make(
    *, user: User, name: str, wanted: Iterable[str], now: datetime, valid_for: timedelta = USUAL
) -> tuple[ApiToken, str]:
    """Make a token and return it with its text, which is known to nobody afterwards.

    Raises ValidationError for a token without a name or scope, with one its person cannot use,
    for a time beyond a year, and for more than 50 tokens that are in use.
    """
    name, names = name.strip(), scopes.ordered(set(wanted))
    _check(user, name, names, valid_for, now)
    text = PREFIX + secrets.token_urlsafe(LENGTH_BYTES)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        scopes=" ".join(names),
        token_hash=ApiToken.digest(text),
        password_mark=user.get_session_auth_hash(),
        expires_at=now + valid_for,
    )
    said = {"scopes": names, "expires_at": token.expires_at.isoformat(timespec="seconds")}
    audit.note("token.create", actor=user, target=f"token {token.pk} {name}", after=said)
    return token, text


def _check(user: User, name: str, names: list[str], valid_for: timedelta, now: datetime) -> None:
    if not name:
        raise ValidationError(_("A token needs a name."))
    if len(name) > 80:
        raise ValidationError(_("The name of a token has at most 80 characters."))
    if not names:
        raise ValidationError(_("Say what the token may do."))
    if scopes.Scope.ADMIN.value in names and not user.is_superuser:
        raise ValidationError(_("Only admins make tokens with an admin's rights."))
    if not timedelta(0) < valid_for <= LONGEST:
        raise ValidationError(_("A token is valid for at least a day and at most a year."))
    if usable(user, now=now).count() >= MOST:
        raise ValidationError(
            _("%(n)d tokens are in use; that is the limit. Revoke one first.") % {"n": MOST}
        )


def of(user: User) -> list[ApiToken]:
    """Return the person's tokens that were not revoked, the newest first."""
    return list(ApiToken.objects.filter(user=user, revoked_at=None).order_by("-pk"))


def usable(user: User, *, now: datetime) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user=user, revoked_at=None, expires_at__gt=now)


@transaction.atomic
def revoke(*, user: User, token_id: int, actor: User, now: datetime) -> bool:
    """End a token at once; False when there is none of theirs, or it is ended already."""
    standing = ApiToken.objects.filter(user=user, pk=token_id, revoked_at=None)
    token = standing.first()
    if token is None or not standing.update(revoked_at=now):
        return False
    audit.note("token.revoke", actor=actor, target=f"token {token.pk} {token.name}")
    return True


def find(*, text: str, now: datetime) -> ApiToken | None:
    """Return the token that this text is, with its person; None for one that opens nothing.

    Looked up by its hash: how long that takes tells nothing of the text.
    """
    rows = ApiToken.objects.filter(token_hash=ApiToken.digest(text)).select_related("user")
    token = rows.first()
    return token if token and is_good(token, token.user, now=now) else None


def is_good(token: ApiToken, user: User, *, now: datetime) -> bool:
    """Say whether a token opens anything now: its time, its person, their password."""
    if token.revoked_at is not None or token.expires_at <= now or not user.is_active:
        return False
    marks = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(token.password_mark, mark) for mark in marks)


def note_use(token: ApiToken, *, now: datetime) -> None:
    """Write down that the token was used, at most once a minute."""
    if token.last_used_at is not None and token.last_used_at > now - USED_EVERY:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - USED_EVERY)
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
