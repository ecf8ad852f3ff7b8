"""Written by `manage.py client_code` from the schema: change that, not this."""

from collections.abc import Iterator
from typing import IO, Any, Literal, cast
from urllib.parse import quote

from alapp.client.connection import Connection
from alapp.client.generated import shapes
from alapp.client.unset import UNSET, Unset


class RunsOperations:
    """The operations of the API under "runs", by their names there."""

    connection: Connection

    def list_runs(
        self,
        slug: str,
        *,
        cursor: str | Unset = UNSET,
    ) -> Iterator[shapes.RunShown]:
        """List the runs of a project, the newest first."""
        found = self.connection.pages(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/runs/",
            query={"cursor": cursor},
        )
        return cast('Iterator[shapes.RunShown]', found)

    def read_run(
        self,
        slug: str,
        run_id: int,
    ) -> shapes.RunDetailShown:
        """Read how far a run is; of an import also each row that was left out, and why."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/runs/{quote(str(run_id), safe='')}/",
        )
        return cast('shapes.RunDetailShown', found)

    def retry_run(
        self,
        slug: str,
        run_id: int,
        *,
        idempotency_key: str = "",
    ) -> shapes.RunDetailShown:
        """Queue a failed run again; one that has not failed stays as it is."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/runs/{quote(str(run_id), safe='')}/retry/",
            key=idempotency_key,
        )
        return cast('shapes.RunDetailShown', found)
