"""Written by `manage.py client_code` from the schema: change that, not this."""

from collections.abc import Iterator
from typing import IO, Any, Literal, cast
from urllib.parse import quote

from alapp.client.connection import Connection
from alapp.client.generated import shapes
from alapp.client.unset import UNSET, Unset


class MapOperations:
    """The operations of the API under "map", by their names there."""

    connection: Connection

    def read_map(
        self,
        slug: str,
    ) -> shapes.MapsShown:
        """Read how the map was drawn, and how far the newest drawing is."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/map/",
        )
        return cast('shapes.MapsShown', found)

    def draw_map(
        self,
        slug: str,
        *,
        method: shapes.MethodEnum | Unset = UNSET,
        idempotency_key: str = "",
    ) -> shapes.StartedShown:
        """Have a worker draw the map, places found anew."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/map/",
            body={"method": method},
            key=idempotency_key,
        )
        return cast('shapes.StartedShown', found)

    def find_on_map(
        self,
        slug: str,
        *,
        near: int | Unset = UNSET,
        order: Literal['doubt', 'sure', 'near'] | Unset = UNSET,
        predicted: int | Unset = UNSET,
        state: Literal['open', 'answered'] | Unset = UNSET,
    ) -> list[shapes.FoundPointShown]:
        """Find up to 100 points by what they are or where they lie, least sure first."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/map/found/",
            query={"near": near, "order": order, "predicted": predicted, "state": state},
        )
        return cast('list[shapes.FoundPointShown]', found)

    def list_map_points(
        self,
        slug: str,
        *,
        cursor: str | Unset = UNSET,
    ) -> Iterator[shapes.MapPointShown]:
        """List every point of the map, 5,000 at a time; 409 when it is drawn anew meanwhile."""
        found = self.connection.pages(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/map/points/",
            query={"cursor": cursor},
        )
        return cast('Iterator[shapes.MapPointShown]', found)
