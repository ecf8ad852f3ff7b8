"""Where somebody is signed in, and ending it there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from annotation.models import Session, User
from annotation.services import audit

# What browsers and systems call themselves, in an order that tells apart those that name others.
BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True)
class SignedIn:
    """One browser that is signed in. `handle` names it to its person and opens nothing."""

    handle: str
    browser: str
    system: str
    address: str
    seen_at: datetime
    is_here: bool


def of(*, user: User, here: str, now: datetime) -> list[SignedIn]:
    """Return where the user is signed in, this browser first, then the last seen."""
    rows = _open(user, now).order_by("-seen_at")
    found = [
        SignedIn(
            handle=_handle(row.session_key),
            browser=_named(BROWSERS, row.agent),
            system=_named(SYSTEMS, row.agent),
            address=row.address,
            seen_at=row.seen_at,
            is_here=row.session_key == here,
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: not each.is_here)


@transaction.atomic
def end_one(*, user: User, handle: str) -> bool:
    """End the session with this handle, if it is the user's."""
    for key in Session.objects.filter(user=user).values_list("session_key", flat=True):
        if constant_time_compare(_handle(key), handle):
            Session.objects.filter(pk=key).delete()
            audit.note("session.end", actor=user, target=user.username, after=1)
            return True
    return False


@transaction.atomic
def end_all(*, user: User, actor: User | None, but: str = "") -> int:
    """End every session of the user, or every one but that; return how many."""
    n, _ = Session.objects.filter(user=user).exclude(pk=but).delete()
    audit.note("session.end", actor=actor, target=user.username, after=n)
    return n


def _open(user: User, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(user=user, expire_date__gt=now)


def _handle(session_key: str) -> str:
    return salted_hmac("annotation.sessions", session_key, algorithm="sha256").hexdigest()[:32]


def _named(names: Sequence[tuple[str, str]], agent: str) -> str:
    return next((name for mark, name in names if re.search(rf"\b{mark}", agent)), "")
