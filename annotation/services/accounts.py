"""Accounts: made with a random password, and signed in by a link that works once."""

import secrets
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from annotation import permissions
from annotation.models import Session, SignInLink, User
from annotation.services import audit, import_people

ADMIN = "admin"


def make_sign_in_link(*, user: User, now: datetime, valid_for: timedelta) -> str:
    """Return a token that signs the user in once, until then; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    SignInLink.objects.create(
        user=user, token_hash=SignInLink.digest(token), expires_at=now + valid_for
    )
    return token


@transaction.atomic
def hand_link(*, user: User, actor: User, now: datetime, valid_for: timedelta) -> str:
    """Return a sign-in link's token for a person, made by whoever leads all they have.

    The link opens everything the person has. So an admin makes it for anybody but other admins;
    a lead for people who have roles in no project but where the lead may give that very role.
    Raises PermissionDenied for anybody else.
    """
    if not _may_hand(user, actor):
        raise PermissionDenied(_("This person has more than you may give: ask an admin."))
    token = make_sign_in_link(user=user, now=now, valid_for=valid_for)
    audit.note("account.link", actor=actor, target=user.username)
    return token


def _may_hand(user: User, actor: User) -> bool:
    if user.is_superuser or user.is_staff or not user.is_active:
        return False
    if actor.is_superuser:
        return True
    theirs = user.memberships.select_related("project")
    mine = dict(actor.memberships.values_list("project", "role"))
    may = [each.role in permissions.given_by(mine.get(each.project_id)) for each in theirs]
    return bool(may) and all(may)


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
def create(*, username: str, actor: User | None) -> tuple[User, str]:
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


@transaction.atomic
def change_password(*, user: User, password: str, actor: User | None) -> None:
    """Keep a new password; every session and every sign-in link there was is worth nothing more."""
    user.set_password(password)
    user.save(update_fields=["password"])
    _close_doors(user)
    audit.note("account.password", actor=actor, target=user.username)


@transaction.atomic
def set_active(*, user: User, is_active: bool, actor: User) -> None:
    """Close an account, at once and everywhere, or open it again. Labels stay in either case."""
    if user == actor:
        raise ValidationError(_("You cannot close your own account."))
    if user.username.startswith(import_people.MARK):
        raise ValidationError("Nobody can sign in as somebody from an imported file.")
    User.objects.filter(pk=user.pk).update(is_active=is_active)
    user.is_active = is_active
    if not is_active:
        _close_doors(user)
    action = "account.open" if is_active else "account.close"
    audit.note(action, actor=actor, target=user.username)


@transaction.atomic
def make(*, username: str, password: str, first_name: str = "") -> User:
    """Make an account for who has chosen its name and password. The name must be free.

    Raises ValidationError for a name that is taken, and for a weak password.
    """
    user = User(username=User.normalize_username(username.strip()), first_name=first_name.strip())
    validate_password(password, user)
    user.set_password(password)
    try:
        user.full_clean()
    except ValidationError as error:
        raise ValidationError([*error.messages]) from None
    user.save()
    note_new(user=user, how="invitation")
    return user


def note_new(*, user: User, how: str) -> None:
    audit.note("account.create", actor=user, target=user.username, after={"by": how})


def _close_doors(user: User) -> None:
    Session.objects.filter(user=user).delete()
    SignInLink.objects.filter(user=user, used_at=None).delete()


@transaction.atomic
def describe(*, user: User, first_name: str, last_name: str) -> None:
    """Keep the name others see; the user name stays."""
    before = {"first_name": user.first_name, "last_name": user.last_name}
    after = {"first_name": first_name.strip(), "last_name": last_name.strip()}
    User.objects.filter(pk=user.pk).update(**after)
    audit.note("account.name", actor=user, target=user.username, before=before, after=after)


@transaction.atomic
def note_second_factor(*, user: User, kind: str, has_one: bool) -> None:
    """Keep with the account whether it has a second factor; called when one came or went."""
    User.objects.filter(pk=user.pk).update(has_second_factor=has_one)
    audit.note("account.second-factor", actor=user, target=user.username, after={kind: has_one})


@transaction.atomic
def remove_second_factor(*, user: User, actor: User) -> None:
    """Take every second factor of somebody who has lost it; they are signed out everywhere."""
    Authenticator.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(has_second_factor=False)
    _close_doors(user)
    audit.note("account.second-factor", actor=actor, target=user.username, after={"all": False})


def listed(words: str) -> QuerySet[User]:
    """Return the accounts with the words in a name or the address, each with how many projects it
    has a role in (`n_projects`) and when it was last seen (`seen_at`)."""
    places = ("username", "first_name", "last_name", "email")
    wanted = Q()
    for place in places if words else ():
        wanted |= Q(**{f"{place}__icontains": words})
    seen = Session.objects.filter(user=OuterRef("pk")).order_by("-seen_at").values("seen_at")[:1]
    # Stand-ins for people of imported files are nobody's accounts.
    real = User.objects.exclude(username__startswith=import_people.MARK)
    found = real.filter(wanted).annotate(n_projects=Count("memberships"), seen_at=Subquery(seen))
    return found.order_by("username")


def use_code(*, factor_id: int, counter: int) -> bool:
    """Take the app's code of this half minute as used; False when it, or a later one, was."""
    factors = Authenticator.objects.filter(pk=factor_id)
    data = factors.values_list("data", flat=True).get()
    unused = factors.filter(Q(data__counter__lt=counter) | Q(data__counter__isnull=True))
    return bool(unused.update(data=data | {"counter": counter}))
