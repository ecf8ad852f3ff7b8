"""Written by `manage.py client_code` from the schema: change that, not this."""

from collections.abc import Iterator
from typing import IO, Any, Literal, cast
from urllib.parse import quote

from alapp.client.connection import Connection
from alapp.client.generated import shapes
from alapp.client.unset import UNSET, Unset


class AccountOperations:
    """The operations of the API under "account", by their names there."""

    connection: Connection

    def read_me(
        self,
    ) -> shapes.MeShown:
        """Read who one is, and what the token may."""
        found = self.connection.call(
            "GET",
            "/api/v1/me/",
        )
        return cast('shapes.MeShown', found)

    def revoke_this_token(
        self,
    ) -> None:
        """End the token that asks this: whoever found it can use it no more."""
        self.connection.call(
            "DELETE",
            "/api/v1/me/token/",
        )
