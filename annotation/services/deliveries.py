"""Deliveries under way: claimed by a conditional update, sent elsewhere, written down by whoever
still holds them. A sender that dies in between costs a repetition, never a loss."""

import json
import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from annotation.models import Delivery, Webhook
from annotation.webhooks import events, signing
from annotation.webhooks.outcome import Outcome

# Longer than a try may take, so that nobody else sends what is only slow.
HOLD = timedelta(seconds=60)
# SQLite rounds its clock to the millisecond: half of the rows are born in the future by a hair.
ROUNDING = timedelta(milliseconds=1)
# The pause after the first failure; it triples up to six hours. Eleven tries within 21 hours.
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=6)
MOST_TRIES = 11
# What could not even be tried within a day, because the receiver failed at everything before it.
GIVE_UP_AFTER = timedelta(hours=24)
# A receiver that fails gets one message in so long, however many wait.
LONGEST_REST = timedelta(minutes=5)
# One that has taken nothing for so long, and let a message run out, is switched off.
SWITCH_OFF_AFTER = timedelta(days=3)
LONGEST_RETRY_AFTER = timedelta(hours=1)
KEEP = timedelta(days=30)
OFF = "The webhook was switched off before it was sent."


@dataclass(frozen=True)
class Parcel:
    """A delivery in a sender's hands. `tries` is the hold: results count while it is the same."""

    id: str
    webhook_id: int
    tries: int
    url: str
    body: bytes
    headers: dict[str, str]
    is_suspect: bool


def claim(*, now: datetime, n_sound: int, n_suspect: int, busy: Collection[int]) -> list[Parcel]:
    """Take what is due: one delivery per receiver, at most so many for those that work and so
    many for those that failed last. What goes to `busy` receivers waits."""
    due = _due(now).filter(webhook=OuterRef("pk")).order_by("due_at", "pk")
    hooks = Webhook.objects.filter(is_on=True).exclude(pk__in=busy)
    hooks = hooks.filter(Q(rests_until=None) | Q(rests_until__lte=now))
    # Another worker may be at it: one message at a time for each receiver.
    held = Delivery.objects.filter(
        webhook=OuterRef("pk"), state=Delivery.State.WAITING, held_until__gt=now
    )
    found = hooks.exclude(Exists(held)).annotate(
        next_id=Subquery(due.values("pk")[:1]), next_due=Subquery(due.values("due_at")[:1])
    )
    ready = list(found.exclude(next_id=None).order_by("next_due", "pk"))
    sound = [hook for hook in ready if hook.failing_since is None][:n_sound]
    suspect = [hook for hook in ready if hook.failing_since is not None][:n_suspect]
    return [parcel for hook in sound + suspect if (parcel := _take(hook, now))]


def _due(now: datetime) -> QuerySet[Delivery]:
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING, due_at__lte=now + ROUNDING)
    return waiting.filter(Q(held_until=None) | Q(held_until__lte=now))


def _take(hook: Webhook, now: datetime) -> Parcel | None:
    keys = _keys(hook, now)
    if not keys:
        switch_off(hook, reason="The server's secret key has changed: make a new secret.", now=now)
        return None
    row = Delivery.objects.get(pk=hook.next_id)  # type: ignore[attr-defined]
    taken = _due(now).filter(pk=row.pk, tries=row.tries)
    if not taken.update(tries=row.tries + 1, held_until=now + HOLD, tried_at=now):
        return None
    body = body_of(row)
    timestamp = int(now.timestamp())
    signed = signing.signature(body, id_=str(row.pk), timestamp=timestamp, keys=keys)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "alapp-webhook/1",
        "Webhook-Id": str(row.pk),
        "Webhook-Timestamp": str(timestamp),
        "Webhook-Signature": signed,
    }
    is_suspect = hook.failing_since is not None
    return Parcel(str(row.pk), hook.pk, row.tries + 1, hook.url, body, headers, is_suspect)


def body_of(row: Delivery) -> bytes:
    """Return what is sent: the same bytes at every try."""
    message = events.message(
        id_=str(row.pk), event=row.event, created_at=row.created_at, **row.payload
    )
    text = json.dumps(message, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def _keys(hook: Webhook, now: datetime) -> list[bytes]:
    """Return the secrets valid now, newest first; none when the server's key is another one."""
    newest = secret_of(hook.salt)
    if signing.check_of(newest) != hook.secret_check:
        return []
    is_former_valid = hook.former_until is not None and now < hook.former_until
    return [newest, secret_of(hook.former_salt)] if is_former_valid else [newest]


def secret_of(salt: str) -> bytes:
    return signing.secret(server_key=settings.SECRET_KEY, salt=salt)


@transaction.atomic
def settle(parcel: Parcel, outcome: Outcome, *, rng: random.Random, now: datetime) -> bool:
    """Write down what came of a try; False when somebody else has the delivery by now."""
    row = _held(parcel).select_for_update(of=("self",)).select_related("webhook").first()
    if row is None:
        return False
    row.status, row.took_ms, row.error = outcome.status, outcome.took_ms, outcome.error
    row.held_until = None
    if outcome.is_success:
        row.state = Delivery.State.DELIVERED
        _recovered(row.webhook)
    else:
        _failed(row, outcome, rng=rng, now=now)
    row.save(update_fields=["state", "held_until", "due_at", "status", "took_ms", "error"])
    if outcome.is_gone:
        switch_off(row.webhook, reason="The receiver said that it is gone for good.", now=now)
    elif row.state == Delivery.State.GIVEN_UP and _is_hopeless(row.webhook, now):
        since = f"{row.webhook.failing_since:%d %B %Y}"
        switch_off(row.webhook, reason=f"Nothing has arrived since {since}.", now=now)
    return True


def _held(parcel: Parcel) -> QuerySet[Delivery]:
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING)
    return waiting.filter(pk=parcel.id, tries=parcel.tries)


def _recovered(hook: Webhook) -> None:
    if hook.failing_since is not None:
        Webhook.objects.filter(pk=hook.pk).update(failing_since=None, rests_until=None)


def _failed(row: Delivery, outcome: Outcome, *, rng: random.Random, now: datetime) -> None:
    """Say when it is tried again, or give it up."""
    pause = pause_after(row.tries - row.tries_before, rng=rng)
    if outcome.retry_after_seconds is not None:
        asked = min(timedelta(seconds=outcome.retry_after_seconds), LONGEST_RETRY_AFTER)
        pause = max(pause, asked)
    if row.tries - row.tries_before >= MOST_TRIES or now - row.queued_at > GIVE_UP_AFTER:
        row.state = Delivery.State.GIVEN_UP
    row.due_at = now + pause
    hook = row.webhook
    hook.failing_since = hook.failing_since or now
    Webhook.objects.filter(pk=hook.pk).update(
        failing_since=hook.failing_since, rests_until=now + min(pause, LONGEST_REST)
    )


def pause_after(n_failed: int, *, rng: random.Random) -> timedelta:
    """Return how long to wait after so many failures: about, so that not all come back at once."""
    pause: timedelta = min(FIRST_PAUSE * 3 ** (n_failed - 1), LONGEST_PAUSE)
    return pause * rng.uniform(0.8, 1.2)


def _is_hopeless(hook: Webhook, now: datetime) -> bool:
    return hook.failing_since is not None and now - hook.failing_since >= SWITCH_OFF_AFTER


@transaction.atomic
def switch_off(hook: Webhook, *, reason: str = "", now: datetime) -> None:
    """Send nothing more: what waits is given up, and can be sent again one by one."""
    Webhook.objects.filter(pk=hook.pk).update(is_on=False, off_reason=reason)
    waiting = Delivery.objects.filter(webhook=hook, state=Delivery.State.WAITING)
    waiting.update(state=Delivery.State.GIVEN_UP, held_until=None, error=OFF)


def tidy(*, now: datetime) -> int:
    """Give up what could not be sent for a day, and forget what is old; how many were forgotten.

    Looks first: where there is nothing to do it asks no turn of the writers, SQLite's least.
    """
    late = Delivery.objects.filter(
        Q(held_until=None) | Q(held_until__lte=now),
        state=Delivery.State.WAITING,
        queued_at__lt=now - GIVE_UP_AFTER - LONGEST_PAUSE,
    )
    if late.exists():
        late.update(
            state=Delivery.State.GIVEN_UP,
            held_until=None,
            error="The receiver failed at everything for a day.",
        )
    old = Delivery.objects.exclude(state=Delivery.State.WAITING).filter(created_at__lt=now - KEEP)
    return old.delete()[0] if old.exists() else 0
