"""Webhooks by program: made, changed, tried; what they sent, and sending it again."""

from typing import Any
from uuid import UUID

from django.http import Http404

from annotation.api.endpoints import Call, Endpoint, Page, operation, wrong_cursor
from annotation.api.serializers import webhooks as shapes
from annotation.models import Delivery, Webhook
from annotation.permissions import Can
from annotation.scopes import Scope
from annotation.services import webhooks

SECRET = ("secret",)


class Webhooks(Endpoint):
    tag = "webhooks"

    @operation(
        "list_webhooks",
        Scope.READ,
        can=Can.LEAD,
        answers=shapes.WebhookListedShown,
        is_list=True,
    )
    def get(self, call: Call) -> list[webhooks.Listed]:
        """List the project's webhooks, the oldest first, each with its newest message."""
        return webhooks.of_project(call.project)

    @operation(
        "create_webhook",
        Scope.LEAD,
        can=Can.LEAD,
        sends=shapes.WebhookSent,
        answers=shapes.WebhookMadeShown,
        status=201,
        secrets=SECRET,
    )
    def post(self, call: Call) -> dict[str, Any]:
        """Make a webhook. Its secret is in this answer and nowhere else."""
        return _made(call, webhooks.create(project=call.project, actor=call.user, **call.sent))


class WebhookView(Endpoint):
    tag = "webhooks"

    @operation("read_webhook", Scope.READ, can=Can.LEAD, answers=shapes.WebhookShown)
    def get(self, call: Call, hook_id: int) -> Webhook:
        """Read a webhook: what it sends where, and how it stands."""
        return _find(call, hook_id)

    @operation(
        "change_webhook",
        Scope.LEAD,
        can=Can.LEAD,
        sends=shapes.WebhookSent,
        answers=shapes.WebhookShown,
    )
    def patch(self, call: Call, hook_id: int) -> Webhook:
        """Send to another address, or other events, from the next message on."""
        hook = _find(call, hook_id)
        wanted = {"url": hook.url, "events": hook.events} | call.sent
        webhooks.change(hook=hook, actor=call.user, **wanted)
        return _find(call, hook_id)

    @operation("delete_webhook", Scope.LEAD, can=Can.LEAD, status=204)
    def delete(self, call: Call, hook_id: int) -> None:
        """Delete a webhook with what it sent; the audit log keeps that it was there."""
        webhooks.delete(hook=_find(call, hook_id), actor=call.user)


class Switch(Endpoint):
    tag = "webhooks"

    @operation(
        "switch_webhook",
        Scope.LEAD,
        can=Can.LEAD,
        sends=shapes.SwitchSent,
        answers=shapes.WebhookShown,
    )
    def post(self, call: Call, hook_id: int) -> Webhook:
        """Switch a webhook off, giving up what waits, or on again."""
        hook, is_on = _find(call, hook_id), call.sent["is_on"]
        webhooks.switch(hook=hook, actor=call.user, is_on=is_on, now=call.now)
        return _find(call, hook_id)


class NewSecret(Endpoint):
    tag = "webhooks"

    @operation(
        "renew_webhook_secret",
        Scope.LEAD,
        can=Can.LEAD,
        answers=shapes.WebhookMadeShown,
        status=201,
        secrets=SECRET,
    )
    def post(self, call: Call, hook_id: int) -> dict[str, Any]:
        """Make a new secret, shown this once; the one before it signs too for a day more."""
        hook = _find(call, hook_id)
        return _made(call, webhooks.rotate(hook=hook, actor=call.user, now=call.now))


class Test(Endpoint):
    tag = "webhooks"

    @operation("test_webhook", Scope.LEAD, can=Can.LEAD, answers=shapes.DeliveryShown, status=201)
    def post(self, call: Call, hook_id: int) -> Delivery:
        """Send a message that says nothing, to see whether it arrives: its state tells."""
        made = webhooks.test(hook=_find(call, hook_id), actor=call.user)
        return _delivery(call, hook_id, made.pk)


class Deliveries(Endpoint):
    tag = "webhooks"

    @operation(
        "list_deliveries",
        Scope.READ,
        can=Can.LEAD,
        answers=shapes.DeliveryShown,
        is_paged=True,
    )
    def get(self, call: Call, hook_id: int) -> Page:
        """List what a webhook sent in the last 30 days, the newest first."""
        hook, behind = _find(call, hook_id), None
        if cursor := call.query.get("cursor", ""):
            behind = _at(hook, cursor)
        return Page(*webhooks.deliveries_page(hook, behind=behind))


class DeliveryView(Endpoint):
    tag = "webhooks"

    @operation("read_delivery", Scope.READ, can=Can.LEAD, answers=shapes.DeliveryShown)
    def get(self, call: Call, hook_id: int, delivery_id: UUID) -> Delivery:
        """Read what became of one message."""
        return _delivery(call, hook_id, delivery_id)


class SendAgain(Endpoint):
    tag = "webhooks"

    @operation("send_delivery_again", Scope.LEAD, can=Can.LEAD, answers=shapes.DeliveryShown)
    def post(self, call: Call, hook_id: int, delivery_id: UUID) -> Delivery:
        """Send a message again, by the same id, with its tries counted anew."""
        hook, found = _find(call, hook_id), _delivery(call, hook_id, delivery_id)
        webhooks.send_again(hook=hook, actor=call.user, delivery_id=str(found.pk), now=call.now)
        return _delivery(call, hook_id, delivery_id)


def _find(call: Call, hook_id: int) -> Webhook:
    found = Webhook.objects.filter(project=call.project).select_related("project", "created_by")
    hook = found.filter(pk=hook_id).first()
    if hook is None:
        raise Http404("No such webhook.")
    return hook


def _delivery(call: Call, hook_id: int, delivery_id: UUID) -> Delivery:
    found = Delivery.objects.filter(webhook__project=call.project, webhook=hook_id)
    row = found.filter(pk=delivery_id).first()
    if row is None:
        raise Http404("No such message.")
    return row


def _at(hook: Webhook, cursor: str) -> Delivery:
    """Return the message behind which the page begins; one that is gone begins nothing."""
    try:
        found = hook.deliveries.filter(pk=UUID(cursor)).first()
    except ValueError:
        found = None
    if found is None:
        raise wrong_cursor()
    return found


def _made(call: Call, made: webhooks.Made) -> dict[str, Any]:
    return {"webhook": _find(call, made.hook.pk), "secret": made.secret}
