"""Accounts: made with a random password, and signed in by a link that works once."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from annotation.models import SignInLink, User
from annotation.services import audit

ADMIN = "admin"


def make_sign_in_link(*, user: User, now: datetime, valid_for: timedelta) -> str:
    """Return a token that signs the user in once, until then; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    SignInLink.objects.create(
        user=user, token_hash=SignInLink.digest(token), expires_at=now + valid_for
    )
    return token


def user_of_link(*, token: str, now: datetime) -> User | None:
    """Return whom the token would sign in, without using it up: a preview must not burn it."""
    usable = SignInLink.objects.filter(token_hash=SignInLink.digest(token), used_at=None)
    link = usable.filter(expires_at__gt=now, user__is_active=True).select_related("user").first()
    return link.user if link else None


def use_sign_in_link(*, token: str, now: datetime) -> User | None:
    """Use the token up and return its user; of two who try at once, one gets None."""
    user = user_of_link(token=token, now=now)
    if user is None:
        return None
    unused = SignInLink.objects.filter(token_hash=SignInLink.digest(token), used_at=None)
    return user if unused.update(used_at=now) else None


def choose_language(*, user: User, language: str) -> None:
    """Keep the language of the person's pages; "" is the browser's."""
    if language and language not in dict(settings.LANGUAGES):
        raise ValidationError(f"There are no pages in {language!r}.")
    User.objects.filter(pk=user.pk).update(language=language)


def choose_pace(*, user: User, break_minutes: int, swipes: bool) -> None:
    """Keep when the label page suggests a break, and whether swipes mean something there."""
    User.objects.filter(pk=user.pk).update(break_minutes=break_minutes, swipes=swipes)


@transaction.atomic
def first_admin() -> tuple[User, str] | None:
    """Make the admin with a random password; None when there is any account already."""
    if User.objects.exists():
        return None
    password = secrets.token_urlsafe(12)
    user = User.objects.create_superuser(ADMIN, password=password)
    audit.note("account.create", actor=None, target=user.username)
    return user, password


@transaction.atomic
def create(*, username: str, actor: User) -> tuple[User, str]:
    """Make an account with a random password, to be shown once. The name must be free."""
    user = User(username=User.normalize_username(username.strip()))
    password = secrets.token_urlsafe(9)
    user.set_password(password)
    try:
        user.full_clean()
    except ValidationError as error:
        raise ValidationError([*error.messages]) from None
    user.save()
    audit.note("account.create", actor=actor, target=user.username)
    return user, password
