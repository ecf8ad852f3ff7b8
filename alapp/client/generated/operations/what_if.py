"""Written by `manage.py client_code` from the schema: change that, not this."""

from collections.abc import Iterator
from typing import IO, Any, Literal, cast
from urllib.parse import quote

from alapp.client.connection import Connection
from alapp.client.generated import shapes
from alapp.client.unset import UNSET, Unset


class WhatIfOperations:
    """The operations of the API under "what-if", by their names there."""

    connection: Connection

    def list_what_ifs(
        self,
        slug: str,
    ) -> list[shapes.WhatIfShown]:
        """List the newest ten what-ifs, the newest first."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/what-ifs/",
        )
        return cast('list[shapes.WhatIfShown]', found)

    def ask_what_if(
        self,
        slug: str,
        *,
        strategies: list[str] | Unset = UNSET,
        batch_sizes: list[int] | Unset = UNSET,
        n_seeds: int | Unset = UNSET,
        minutes: int | Unset = UNSET,
        idempotency_key: str = "",
    ) -> shapes.WhatIfDetailShown:
        """Have other settings replayed on the labels so far; one at a time, 409 meanwhile."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/what-ifs/",
            body={"strategies": strategies, "batch_sizes": batch_sizes, "n_seeds": n_seeds, "minutes": minutes},
            key=idempotency_key,
        )
        return cast('shapes.WhatIfDetailShown', found)

    def read_what_if(
        self,
        slug: str,
        what_if_id: int,
    ) -> shapes.WhatIfDetailShown:
        """Read how far a what-if is and what came of it."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/what-ifs/{quote(str(what_if_id), safe='')}/",
        )
        return cast('shapes.WhatIfDetailShown', found)

    def cancel_what_if(
        self,
        slug: str,
        what_if_id: int,
        *,
        idempotency_key: str = "",
    ) -> shapes.WhatIfDetailShown:
        """End a what-if after the round it is in; what is done is kept."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/what-ifs/{quote(str(what_if_id), safe='')}/cancel/",
            key=idempotency_key,
        )
        return cast('shapes.WhatIfDetailShown', found)

    def use_what_if(
        self,
        slug: str,
        what_if_id: int,
        *,
        variant: int,
        idempotency_key: str = "",
    ) -> shapes.SelectionShown:
        """Let a variant decide from the next round on; what is in force then."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/what-ifs/{quote(str(what_if_id), safe='')}/use/",
            body={"variant": variant},
            key=idempotency_key,
        )
        return cast('shapes.SelectionShown', found)
