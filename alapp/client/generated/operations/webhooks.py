"""Written by `manage.py client_code` from the schema: change that, not this."""

from collections.abc import Iterator
from typing import IO, Any, Literal, cast
from urllib.parse import quote

from alapp.client.connection import Connection
from alapp.client.generated import shapes
from alapp.client.unset import UNSET, Unset


class WebhooksOperations:
    """The operations of the API under "webhooks", by their names there."""

    connection: Connection

    def list_webhooks(
        self,
        slug: str,
    ) -> list[shapes.WebhookListedShown]:
        """List the project's webhooks, the oldest first, each with its newest message."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/webhooks/",
        )
        return cast('list[shapes.WebhookListedShown]', found)

    def create_webhook(
        self,
        slug: str,
        *,
        url: str,
        events: list[shapes.EventsEnum],
        idempotency_key: str = "",
    ) -> shapes.WebhookMadeShown:
        """Make a webhook. Its secret is in this answer and nowhere else."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/webhooks/",
            body={"url": url, "events": events},
            key=idempotency_key,
        )
        return cast('shapes.WebhookMadeShown', found)

    def read_webhook(
        self,
        slug: str,
        hook_id: int,
    ) -> shapes.WebhookShown:
        """Read a webhook: what it sends where, and how it stands."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/webhooks/{quote(str(hook_id), safe='')}/",
        )
        return cast('shapes.WebhookShown', found)

    def change_webhook(
        self,
        slug: str,
        hook_id: int,
        *,
        url: str | Unset = UNSET,
        events: list[shapes.EventsEnum] | Unset = UNSET,
    ) -> shapes.WebhookShown:
        """Send to another address, or other events, from the next message on."""
        found = self.connection.call(
            "PATCH",
            f"/api/v1/projects/{quote(str(slug), safe='')}/webhooks/{quote(str(hook_id), safe='')}/",
            body={"url": url, "events": events},
        )
        return cast('shapes.WebhookShown', found)

    def delete_webhook(
        self,
        slug: str,
        hook_id: int,
    ) -> None:
        """Delete a webhook with what it sent; the audit log keeps that it was there."""
        self.connection.call(
            "DELETE",
            f"/api/v1/projects/{quote(str(slug), safe='')}/webhooks/{quote(str(hook_id), safe='')}/",
        )

    def list_deliveries(
        self,
        slug: str,
        hook_id: int,
        *,
        cursor: str | Unset = UNSET,
    ) -> Iterator[shapes.DeliveryShown]:
        """List what a webhook sent in the last 30 days, the newest first."""
        found = self.connection.pages(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/webhooks/{quote(str(hook_id), safe='')}/deliveries/",
            query={"cursor": cursor},
        )
        return cast('Iterator[shapes.DeliveryShown]', found)

    def read_delivery(
        self,
        slug: str,
        hook_id: int,
        delivery_id: str,
    ) -> shapes.DeliveryShown:
        """Read what became of one message."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/webhooks/{quote(str(hook_id), safe='')}/deliveries/{quote(str(delivery_id), safe='')}/",
        )
        return cast('shapes.DeliveryShown', found)

    def send_delivery_again(
        self,
        slug: str,
        hook_id: int,
        delivery_id: str,
        *,
        idempotency_key: str = "",
    ) -> shapes.DeliveryShown:
        """Send a message again, by the same id, with its tries counted anew."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/webhooks/{quote(str(hook_id), safe='')}/deliveries/{quote(str(delivery_id), safe='')}/again/",
            key=idempotency_key,
        )
        return cast('shapes.DeliveryShown', found)

    def renew_webhook_secret(
        self,
        slug: str,
        hook_id: int,
        *,
        idempotency_key: str = "",
    ) -> shapes.WebhookMadeShown:
        """Make a new secret, shown this once; the one before it signs too for a day more."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/webhooks/{quote(str(hook_id), safe='')}/secret/",
            key=idempotency_key,
        )
        return cast('shapes.WebhookMadeShown', found)

    def switch_webhook(
        self,
        slug: str,
        hook_id: int,
        *,
        is_on: bool,
        idempotency_key: str = "",
    ) -> shapes.WebhookShown:
        """Switch a webhook off, giving up what waits, or on again."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/webhooks/{quote(str(hook_id), safe='')}/switch/",
            body={"is_on": is_on},
            key=idempotency_key,
        )
        return cast('shapes.WebhookShown', found)

    def test_webhook(
        self,
        slug: str,
        hook_id: int,
        *,
        idempotency_key: str = "",
    ) -> shapes.DeliveryShown:
        """Send a message that says nothing, to see whether it arrives: its state tells."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/webhooks/{quote(str(hook_id), safe='')}/test/",
            key=idempotency_key,
        )
        return cast('shapes.DeliveryShown', found)
