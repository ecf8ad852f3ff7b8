"""Written by `manage.py client_code` from the schema: change that, not this."""

from collections.abc import Iterator
from typing import IO, Any, Literal, cast
from urllib.parse import quote

from alapp.client.connection import Connection
from alapp.client.generated import shapes
from alapp.client.unset import UNSET, Unset


class QueueOperations:
    """The operations of the API under "queue", by their names there."""

    connection: Connection

    def read_queue(
        self,
        slug: str,
    ) -> shapes.QueueShown:
        """Read how the newest batch stands, and who holds what: the oldest 200 leases."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/queue/",
        )
        return cast('shapes.QueueShown', found)

    def release_leases(
        self,
        slug: str,
        *,
        assignments: list[int] | Unset = UNSET,
        person: int | Unset = UNSET,
        idempotency_key: str = "",
    ) -> shapes.Count:
        """Take items back from who holds them; an answer under way is kept."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/queue/release/",
            body={"assignments": assignments, "person": person},
            key=idempotency_key,
        )
        return cast('shapes.Count', found)

    def list_remarks(
        self,
        slug: str,
    ) -> list[shapes.RemarkedShown]:
        """List items that somebody flagged or commented on: at most 100, the oldest first."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/queue/remarks/",
        )
        return cast('list[shapes.RemarkedShown]', found)

    def settle_remarks(
        self,
        slug: str,
        item_id: int,
        *,
        idempotency_key: str = "",
    ) -> shapes.Count:
        """Tick off what was said about an item."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/queue/remarks/{quote(str(item_id), safe='')}/settle/",
            key=idempotency_key,
        )
        return cast('shapes.Count', found)

    def list_skipped(
        self,
        slug: str,
    ) -> list[shapes.SkippedShown]:
        """List items that too many skipped, the longest waiting first: at most 100."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/queue/skipped/",
        )
        return cast('list[shapes.SkippedShown]', found)

    def put_back_skipped(
        self,
        slug: str,
        *,
        items: list[int],
        idempotency_key: str = "",
    ) -> shapes.Count:
        """Offer skipped items to everybody again."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/queue/skipped/put-back/",
            body={"items": items},
            key=idempotency_key,
        )
        return cast('shapes.Count', found)

    def answer_skipped(
        self,
        slug: str,
        item_id: int,
        *,
        classes: list[int],
        client_token: str,
        active_ms: int | Unset = UNSET,
        wall_ms: int | Unset = UNSET,
    ) -> shapes.LabelShown:
        """Answer a skipped item oneself; nobody else is asked. Sent twice, done once."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/queue/skipped/{quote(str(item_id), safe='')}/answer/",
            body={"classes": classes, "client_token": client_token, "active_ms": active_ms, "wall_ms": wall_ms},
        )
        return cast('shapes.LabelShown', found)
