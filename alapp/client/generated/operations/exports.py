"""Written by `manage.py client_code` from the schema: change that, not this."""

from collections.abc import Iterator
from typing import IO, Any, Literal, cast
from urllib.parse import quote

from alapp.client.connection import Connection
from alapp.client.generated import shapes
from alapp.client.unset import UNSET, Unset


class ExportsOperations:
    """The operations of the API under "exports", by their names there."""

    connection: Connection

    def list_exports(
        self,
        slug: str,
    ) -> list[shapes.ExportShown]:
        """List the project's newest exports, newest first, 50 of them."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/exports/",
        )
        return cast('list[shapes.ExportShown]', found)

    def ask_export(
        self,
        slug: str,
        *,
        contents: shapes.ContentsEnum,
        format: shapes.FormatEnum | Unset = UNSET,
        status: shapes.ExportSentStatusEnum | Unset = UNSET,
        purposes: list[shapes.PurposesEnum] | Unset = UNSET,
        classes: list[int] | Unset = UNSET,
        since: str | None | Unset = UNSET,
        first_round: int | None | Unset = UNSET,
        last_round: int | None | Unset = UNSET,
        standing_only: bool | Unset = UNSET,
        with_content: bool | Unset = UNSET,
        with_provenance: bool | Unset = UNSET,
        names: bool | Unset = UNSET,
        is_safe: bool | Unset = UNSET,
        idempotency_key: str = "",
    ) -> shapes.ExportShown:
        """Ask for a file. A worker makes it; everybody may have one open per project."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/exports/",
            body={"contents": contents, "format": format, "status": status, "purposes": purposes, "classes": classes, "since": since, "first_round": first_round, "last_round": last_round, "standing_only": standing_only, "with_content": with_content, "with_provenance": with_provenance, "names": names, "is_safe": is_safe},
            key=idempotency_key,
        )
        return cast('shapes.ExportShown', found)

    def read_export(
        self,
        slug: str,
        export_id: int,
    ) -> shapes.ExportShown:
        """Read how far an export is, and what is in its file."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/exports/{quote(str(export_id), safe='')}/",
        )
        return cast('shapes.ExportShown', found)

    def cancel_export(
        self,
        slug: str,
        export_id: int,
        *,
        idempotency_key: str = "",
    ) -> shapes.ExportShown:
        """Cancel an export; one that has ended stays as it is."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/exports/{quote(str(export_id), safe='')}/cancel/",
            key=idempotency_key,
        )
        return cast('shapes.ExportShown', found)

    def read_export_file(
        self,
        slug: str,
        export_id: int,
    ) -> Iterator[bytes]:
        """The file as bytes, as an attachment."""
        found = self.connection.stream(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/exports/{quote(str(export_id), safe='')}/file/",
        )
        return found

    def retry_export(
        self,
        slug: str,
        export_id: int,
        *,
        idempotency_key: str = "",
    ) -> shapes.ExportShown:
        """Queue a failed export again; one that has not failed stays as it is."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/exports/{quote(str(export_id), safe='')}/retry/",
            key=idempotency_key,
        )
        return cast('shapes.ExportShown', found)
