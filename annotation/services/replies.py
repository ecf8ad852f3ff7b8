"""A request sent twice is done once: its answer is kept, in the transaction that did it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from annotation.models import KeptReply, User

KEEP = timedelta(days=1)
LONGEST_KEY = 100
# With each new key so many old ones go: the table stays as large as a day's keys.
SWEPT = 20


@dataclass(frozen=True)
class Reply:
    """What is answered: the status and the body, as JSON has it."""

    status: int
    body: Any


@dataclass(frozen=True)
class Sent:
    """A request: by whom, with which key, and the digest of all it says."""

    user: User
    key: str
    request_hash: str


class OtherRequest(Exception):  # noqa: N818 - a state of the world, answered as such
    """The key was sent before with another request."""


def once(
    sent: Sent, act: Callable[[], Reply], *, kept: Callable[[Any], Any], now: datetime
) -> Reply:
    """Do it and keep the answer, or return what was kept for the same request.

    What fails is rolled back with its key: it may be sent again. Of two at the same moment the
    second waits for the first and gets its answer. `kept` makes of the body what may be kept: a
    secret is shown once. Raises OtherRequest where the key stands for another request.
    """
    if not 1 <= len(sent.key) <= LONGEST_KEY:
        raise ValidationError(f"An Idempotency-Key has 1 to {LONGEST_KEY} characters.")
    _sweep(now)
    try:
        with transaction.atomic():
            row = _take(sent, now)
            if row is None:
                return _kept(sent)
            reply = act()
            KeptReply.objects.filter(pk=row.pk).update(status=reply.status, body=kept(reply.body))
            return reply
    except _Taken:
        return _kept(sent)


class _Taken(Exception):  # noqa: N818 - leaves the transaction of a key that is taken
    pass


def _take(sent: Sent, now: datetime) -> KeptReply | None:
    """Write the key down; the unique constraint makes a second request wait here."""
    try:
        with transaction.atomic():
            return KeptReply.objects.create(
                user=sent.user, key=sent.key, request_hash=sent.request_hash, kept_at=now
            )
    except IntegrityError:
        raise _Taken from None


def _kept(sent: Sent) -> Reply:
    row = KeptReply.objects.get(user=sent.user, key=sent.key)
    if row.request_hash != sent.request_hash:
        raise OtherRequest
    return Reply(row.status, row.body)


def _sweep(now: datetime) -> None:
    old = KeptReply.objects.filter(kept_at__lt=now - KEEP).order_by("kept_at")
    ids = list(old.values_list("pk", flat=True)[:SWEPT])
    if ids:
        KeptReply.objects.filter(pk__in=ids).delete()
