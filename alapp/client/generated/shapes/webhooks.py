"""Written by `manage.py client_code` from the schema: change that, not this."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from alapp.client.generated.shapes.shared import (
    Person,
)

DeliveryShown = TypedDict(
    "DeliveryShown",
    {
        "id": "str",
        "event": "str",
        "state": "str",
        "created_at": "str",
        "tries": "int",
        "tried_at": "str | None",
        "status": "int | None",
        "took_ms": "int | None",
        "error": "str",
    },
)

EventsEnum = Literal['batch.completed', 'round.published', 'stop.advised', 'budget.near_end', 'run.failed', 'run.finished', 'project.started', 'project.paused', 'project.stopped']

PageOfDeliveryShown = TypedDict(
    "PageOfDeliveryShown",
    {
        "results": "list[DeliveryShown]",
        "next": "str | None",
    },
)

PatchedWebhookSent = TypedDict(
    "PatchedWebhookSent",
    {
        "url": NotRequired["str"],
        "events": NotRequired["list[EventsEnum]"],
    },
)

SwitchSent = TypedDict(
    "SwitchSent",
    {
        "is_on": "bool",
    },
)

WebhookListedShown = TypedDict(
    "WebhookListedShown",
    {
        "webhook": "WebhookShown",
        "newest": "DeliveryShown | None",
    },
)

WebhookMadeShown = TypedDict(
    "WebhookMadeShown",
    {
        "webhook": "WebhookShown",
        "secret": "str | None",
    },
)

WebhookSent = TypedDict(
    "WebhookSent",
    {
        "url": "str",
        "events": "list[EventsEnum]",
    },
)

WebhookShown = TypedDict(
    "WebhookShown",
    {
        "id": "int",
        "url": "str",
        "events": "list[str]",
        "is_on": "bool",
        "off_reason": "str",
        "failing_since": "str | None",
        "former_until": "str | None",
        "created_by": "Person | None",
        "created_at": "str",
    },
)
