"""Written by `manage.py client_code` from the schema: change that, not this."""

from collections.abc import Iterator
from typing import IO, Any, Literal, cast
from urllib.parse import quote

from alapp.client.connection import Connection
from alapp.client.generated import shapes
from alapp.client.unset import UNSET, Unset


class FinishingOperations:
    """The operations of the API under "finishing", by their names there."""

    connection: Connection

    def read_final(
        self,
        slug: str,
        *,
        limit: float | Unset = UNSET,
    ) -> shapes.FinalShown:
        """Read the final model, what of it can be accepted, and what is worth labelling next."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/final/",
            query={"limit": limit},
        )
        return cast('shapes.FinalShown', found)

    def make_final(
        self,
        slug: str,
        *,
        idempotency_key: str = "",
    ) -> shapes.StartedShown:
        """Have a worker make the final model; only while the project is paused or stopped."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/final/",
            key=idempotency_key,
        )
        return cast('shapes.StartedShown', found)

    def accept_predictions(
        self,
        slug: str,
        *,
        number: int,
        limit: float,
        idempotency_key: str = "",
    ) -> shapes.AcceptanceShown:
        """Accept what this final model offers at this limit; who did it is written down."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/final/accept/",
            body={"number": number, "limit": limit},
            key=idempotency_key,
        )
        return cast('shapes.AcceptanceShown', found)

    def label_next(
        self,
        slug: str,
        *,
        n: int,
        idempotency_key: str = "",
    ) -> shapes.Count:
        """Put the most useful items first in the next batch, and let the project go on."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/final/label-next/",
            body={"n": n},
            key=idempotency_key,
        )
        return cast('shapes.Count', found)

    def withdraw_predictions(
        self,
        slug: str,
        *,
        idempotency_key: str = "",
    ) -> shapes.WithdrawnShown:
        """Take back what was accepted; that it was stays written down."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/final/withdraw/",
            key=idempotency_key,
        )
        return cast('shapes.WithdrawnShown', found)
