"""Written by `manage.py client_code` from the schema: change that, not this."""

from collections.abc import Iterator
from typing import IO, Any, Literal, cast
from urllib.parse import quote

from alapp.client.connection import Connection
from alapp.client.generated import shapes
from alapp.client.unset import UNSET, Unset


class ItemsOperations:
    """The operations of the API under "items", by their names there."""

    connection: Connection

    def read_groups(
        self,
        slug: str,
    ) -> shapes.GroupsShown:
        """Read the groups of similar items, and how far looking for them is."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/groups/",
        )
        return cast('shapes.GroupsShown', found)

    def look_for_groups(
        self,
        slug: str,
        *,
        idempotency_key: str = "",
    ) -> shapes.LookStartedShown:
        """Have a worker look for groups of similar items."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/groups/",
            key=idempotency_key,
        )
        return cast('shapes.LookStartedShown', found)

    def list_items(
        self,
        slug: str,
        *,
        cursor: str | Unset = UNSET,
        key: str | Unset = UNSET,
        page_size: int | Unset = UNSET,
        search: str | Unset = UNSET,
    ) -> Iterator[shapes.ItemShown]:
        """List the items in order of import, or those with a word or a key."""
        found = self.connection.pages(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/items/",
            query={"cursor": cursor, "key": key, "page_size": page_size, "search": search},
        )
        return cast('Iterator[shapes.ItemShown]', found)

    def add_items(
        self,
        slug: str,
        *,
        items: list[shapes.ItemSent],
        idempotency_key: str = "",
    ) -> shapes.RunShown:
        """Bring in up to 1,000 items. A worker does it; the run says what became of each."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/items/",
            body={"items": items},
            key=idempotency_key,
        )
        return cast('shapes.RunShown', found)

    def find_items(
        self,
        slug: str,
        *,
        class_id: int | Unset = UNSET,
        cursor: str | Unset = UNSET,
        group: int | Unset = UNSET,
        predicted_id: int | Unset = UNSET,
        state: Literal['unlabelled', 'free', 'queue', 'labelled', 'seeds'] | Unset = UNSET,
        words: str | Unset = UNSET,
    ) -> Iterator[shapes.FoundShown]:
        """Find items by words, state, class, what the model takes them for, or group."""
        found = self.connection.pages(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/items/find/",
            query={"class_id": class_id, "cursor": cursor, "group": group, "predicted_id": predicted_id, "state": state, "words": words},
        )
        return cast('Iterator[shapes.FoundShown]', found)

    def import_file(
        self,
        slug: str,
        *,
        file: str,
        text: str | Unset = UNSET,
        label: str | Unset = UNSET,
        key: str | Unset = UNSET,
        dialect: str | Unset = UNSET,
        makes_classes: bool | Unset = UNSET,
        truth: bool | Unset = UNSET,
        idempotency_key: str = "",
    ) -> shapes.RunShown:
        """Bring in a file: CSV, TSV, JSONL, Parquet; for images a ZIP. A worker does it."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/items/imports/",
            body={"file": file, "text": text, "label": label, "key": key, "dialect": dialect, "makes_classes": makes_classes, "truth": truth},
            key=idempotency_key,
        )
        return cast('shapes.RunShown', found)

    def read_item(
        self,
        slug: str,
        item_id: int,
    ) -> shapes.ItemShown:
        """Read one item of the pool."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/items/{quote(str(item_id), safe='')}/",
        )
        return cast('shapes.ItemShown', found)

    def answer_item(
        self,
        slug: str,
        item_id: int,
        *,
        classes: list[int],
        client_token: str,
        active_ms: int | Unset = UNSET,
        wall_ms: int | Unset = UNSET,
    ) -> shapes.LabelShown:
        """Answer an item nobody is asked about, within the budget. Sent twice, done once."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/items/{quote(str(item_id), safe='')}/answer/",
            body={"classes": classes, "client_token": client_token, "active_ms": active_ms, "wall_ms": wall_ms},
        )
        return cast('shapes.LabelShown', found)

    def bring_back_item(
        self,
        slug: str,
        item_id: int,
        *,
        idempotency_key: str = "",
    ) -> None:
        """Put a withdrawn item back into the pool."""
        self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/items/{quote(str(item_id), safe='')}/bring-back/",
            key=idempotency_key,
        )

    def read_image(
        self,
        slug: str,
        item_id: int,
        size: str,
    ) -> Iterator[bytes]:
        """An item's image as bytes: `display`, `small` or `full`."""
        found = self.connection.stream(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/items/{quote(str(item_id), safe='')}/image/{quote(str(size), safe='')}/",
        )
        return found

    def withdraw_item(
        self,
        slug: str,
        item_id: int,
        *,
        idempotency_key: str = "",
    ) -> None:
        """Take an item that waits for a lead out of the project; its labels stay on record."""
        self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/items/{quote(str(item_id), safe='')}/withdraw/",
            key=idempotency_key,
        )

    def list_seeds(
        self,
        slug: str,
    ) -> list[shapes.SeedShown]:
        """List the seed set in its order: the first 1,000."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/seeds/",
        )
        return cast('list[shapes.SeedShown]', found)

    def add_seeds(
        self,
        slug: str,
        *,
        items: list[int],
        suggested: int | None | Unset = UNSET,
        idempotency_key: str = "",
    ) -> shapes.SeedsAdded:
        """Put items at the end of the seed set; adding one twice changes nothing."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/seeds/",
            body={"items": items, "suggested": suggested},
            key=idempotency_key,
        )
        return cast('shapes.SeedsAdded', found)

    def remove_seeds(
        self,
        slug: str,
        *,
        items: list[int],
        idempotency_key: str = "",
    ) -> shapes.Count:
        """Take items out of the seed set, unless they are in a batch already."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/seeds/remove/",
            body={"items": items},
            key=idempotency_key,
        )
        return cast('shapes.Count', found)

    def suggest_seed_class(
        self,
        slug: str,
        item_id: int,
        *,
        suggested: int | None,
        idempotency_key: str = "",
    ) -> None:
        """Say of an item of the seed set which class it is likely to be; null: nobody knows."""
        self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/seeds/{quote(str(item_id), safe='')}/suggest/",
            body={"suggested": suggested},
            key=idempotency_key,
        )
