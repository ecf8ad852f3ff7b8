"""Webhooks as leads see them: made, changed, tried, switched off; every change in the audit log."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from annotation.models import Delivery, Project, User, Webhook
from annotation.services import audit, deliveries, outbox
from annotation.webhooks import events as news
from annotation.webhooks import signing
from annotation.webhooks.addresses import BadAddress, Rules, check_url, origin

MOST_WEBHOOKS = 10
SHOWN = 30
PER_PAGE = 50
# How long the secret before a new one goes on signing too, so that nobody must hurry.
BOTH_VALID = timedelta(days=1)


@dataclass(frozen=True)
class Made:
    """A webhook and its secret: to be shown this once."""

    hook: Webhook
    secret: str


def rules() -> Rules:
    """Return where this server sends to."""
    return Rules.of(
        private=settings.ALAPP_WEBHOOK_PRIVATE,
        ports=settings.ALAPP_WEBHOOK_PORTS,
        allows_http=settings.ALAPP_WEBHOOK_HTTP,
    )


@transaction.atomic
def create(*, project: Project, actor: User, url: str, events: Sequence[str]) -> Made:
    """Make a webhook; its secret is in what is returned and nowhere else.

    Raises ValidationError for an address nothing is sent to, events there are not, or one webhook
    too many.
    """
    # Of two who add the last one at once, the second must see the first.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    if Webhook.objects.filter(project=project).count() >= MOST_WEBHOOKS:
        raise ValidationError(f"A project may have {MOST_WEBHOOKS} webhooks: delete one first.")
    hook = Webhook(project=project, created_by=actor, url=_url(url), events=_events(events))
    secret = _renew(hook)
    hook.save()
    _note("create", hook, actor, after=_described(hook))
    return Made(hook, secret)


def _url(url: str) -> str:
    try:
        return check_url(url, rules())
    except BadAddress as error:
        raise ValidationError(str(error)) from None


def _events(names: Sequence[str]) -> list[str]:
    unknown = [name for name in names if name not in news.NAMES]
    if unknown:
        raise ValidationError(f"{unknown[0]!r} is not an event.")
    if not names:
        raise ValidationError("Choose at least one event.")
    return [each.name for each in news.EVENTS if each.name in names]


def _renew(hook: Webhook) -> str:
    hook.salt = secrets.token_hex(16)
    key = deliveries.secret_of(hook.salt)
    hook.secret_check = signing.check_of(key)
    return signing.shown(key)


def _described(hook: Webhook) -> dict[str, object]:
    return {"to": origin(hook.url), "events": hook.events}


def _note(
    what: str, hook: Webhook, actor: User, *, before: object = None, after: object = None
) -> None:
    audit.note(
        f"webhook.{what}",
        actor=actor,
        project=hook.project,
        target=f"webhook {hook.pk}",
        before=before,
        after=after,
    )


@transaction.atomic
def change(*, hook: Webhook, actor: User, url: str, events: Sequence[str]) -> None:
    """Send to another address, or other events, from the next one on."""
    before, old_url = _described(hook), hook.url
    hook.url, hook.events = _url(url), _events(events)
    hook.save(update_fields=["url", "events"])
    after = _described(hook) | ({"address": "changed"} if hook.url != old_url else {})
    if after != before:
        _note("change", hook, actor, before=before, after=after)


@transaction.atomic
def rotate(*, hook: Webhook, actor: User, now: datetime) -> Made:
    """Make a new secret; the one before it goes on signing too for a day."""
    hook = Webhook.objects.select_for_update().get(pk=hook.pk)
    hook.former_salt, hook.former_until = hook.salt, now + BOTH_VALID
    secret = _renew(hook)
    hook.save(update_fields=["salt", "secret_check", "former_salt", "former_until"])
    _note("secret", hook, actor)
    return Made(hook, secret)


@transaction.atomic
def switch(*, hook: Webhook, actor: User, is_on: bool, now: datetime) -> None:
    """Switch it off, giving up what waits, or on again with a clean slate."""
    if is_on:
        Webhook.objects.filter(pk=hook.pk).update(
            is_on=True, off_reason="", failing_since=None, rests_until=None
        )
    else:
        deliveries.switch_off(hook, now=now)
    if hook.is_on != is_on:
        _note("switch", hook, actor, before=hook.is_on, after=is_on)


@transaction.atomic
def test(*, hook: Webhook, actor: User) -> Delivery:
    """Send a message that says nothing, to see whether it arrives."""
    _check_on(hook)
    delivery = outbox.delivery(hook, news.TEST, {"by": "a lead"})
    delivery.save(force_insert=True)
    _try_at_once(hook)
    _note("test", hook, actor)
    return delivery


@transaction.atomic
def send_again(*, hook: Webhook, actor: User, delivery_id: str, now: datetime) -> None:
    """Send a delivery again, by the same id, with its tries counted anew.

    Raises ValidationError for one that waits anyway, or while the webhook is off.
    """
    _check_on(hook)
    row = Delivery.objects.select_for_update().filter(pk=delivery_id, webhook=hook).first()
    if row is None or row.state == Delivery.State.WAITING:
        raise ValidationError("This one is waiting to be sent, or is there no more.")
    row.state, row.tries_before = Delivery.State.WAITING, row.tries
    row.queued_at = row.due_at = now
    row.save(update_fields=["state", "tries_before", "queued_at", "due_at"])
    _try_at_once(hook)
    _note("send_again", hook, actor, after=f"{row.event} {row.pk}")


def _check_on(hook: Webhook) -> None:
    if not hook.is_on:
        raise ValidationError("This webhook is off: switch it on first.")


def _try_at_once(hook: Webhook) -> None:
    """A lead who asks for a try gets one: the rest after failures is for what comes by itself."""
    Webhook.objects.filter(pk=hook.pk).update(rests_until=None)


@transaction.atomic
def delete(*, hook: Webhook, actor: User) -> None:
    """Delete it with what it sent; the audit log keeps that it was there."""
    _note("delete", hook, actor, before=_described(hook))
    hook.delete()


@dataclass(frozen=True)
class Listed:
    """A webhook with its newest delivery."""

    hook: Webhook
    newest: Delivery | None


def of_project(project: Project) -> list[Listed]:
    """Return the project's webhooks, oldest first: two statements."""
    rows = Webhook.objects.filter(project=project).select_related("created_by")
    hooks = list(rows.order_by("pk"))
    newest: dict[int, Delivery] = {}
    for row in Delivery.objects.filter(webhook__in=hooks).order_by("-created_at")[:200]:
        newest.setdefault(row.webhook_id, row)
    return [Listed(hook, newest.get(hook.pk)) for hook in hooks]


def deliveries_page(
    hook: Webhook, *, behind: Delivery | None
) -> tuple[list[Delivery], UUID | None]:
    """Return the newest messages behind this one, and the last of them where there are more."""
    rows = hook.deliveries.order_by("-created_at", "pk")
    if behind is not None:
        older = Q(created_at__lt=behind.created_at)
        rows = rows.filter(older | Q(created_at=behind.created_at, pk__gt=behind.pk))
    found = list(rows[: PER_PAGE + 1])
    more = found[PER_PAGE - 1].pk if len(found) > PER_PAGE else None
    return found[:PER_PAGE], more


def newest_deliveries(hook: Webhook) -> list[Delivery]:
    return list(hook.deliveries.order_by("-created_at", "pk")[:SHOWN])
