"""Written by `manage.py client_code` from the schema: change that, not this."""

from collections.abc import Iterator
from typing import IO, Any, Literal, cast
from urllib.parse import quote

from alapp.client.connection import Connection
from alapp.client.generated import shapes
from alapp.client.unset import UNSET, Unset


class QualityOperations:
    """The operations of the API under "quality", by their names there."""

    connection: Connection

    def read_quality(
        self,
        slug: str,
    ) -> shapes.QualityShown:
        """Read how far people agree and how reliable each is, as the worker found it last."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/quality/",
        )
        return cast('shapes.QualityShown', found)

    def list_decisions(
        self,
        slug: str,
        *,
        cursor: str | Unset = UNSET,
    ) -> Iterator[shapes.DecisionShown]:
        """List decisions that stand, the newest first."""
        found = self.connection.pages(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/quality/decisions/",
            query={"cursor": cursor},
        )
        return cast('Iterator[shapes.DecisionShown]', found)

    def list_disagreements(
        self,
        slug: str,
        *,
        cursor: str | Unset = UNSET,
        reason: Literal['tied', 'many', 'unsure', 'said'] | Unset = UNSET,
    ) -> Iterator[shapes.DisputeShown]:
        """List items that wait for a decision, the least sure first."""
        found = self.connection.pages(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/quality/disagreements/",
            query={"cursor": cursor, "reason": reason},
        )
        return cast('Iterator[shapes.DisputeShown]', found)

    def read_disagreement(
        self,
        slug: str,
        item_id: int,
    ) -> shapes.CaseShown:
        """Read one item with the answers side by side, names hidden until it is decided."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/quality/disagreements/{quote(str(item_id), safe='')}/",
        )
        return cast('shapes.CaseShown', found)

    def decide_item(
        self,
        slug: str,
        item_id: int,
        *,
        classes: list[int],
        comment: str | Unset = UNSET,
        idempotency_key: str = "",
    ) -> shapes.CaseShown:
        """Decide an item: final, whatever people said or will say."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/quality/disagreements/{quote(str(item_id), safe='')}/",
            body={"classes": classes, "comment": comment},
            key=idempotency_key,
        )
        return cast('shapes.CaseShown', found)

    def return_answer(
        self,
        slug: str,
        item_id: int,
        *,
        label: int,
        comment: str,
        idempotency_key: str = "",
    ) -> None:
        """Return one answer to who gave it, with a comment."""
        self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/quality/disagreements/{quote(str(item_id), safe='')}/return/",
            body={"label": label, "comment": comment},
            key=idempotency_key,
        )

    def tick_off_item(
        self,
        slug: str,
        item_id: int,
        *,
        idempotency_key: str = "",
    ) -> shapes.Count:
        """Leave an item as it is; what was said of it is read."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/quality/disagreements/{quote(str(item_id), safe='')}/tick-off/",
            key=idempotency_key,
        )
        return cast('shapes.Count', found)

    def undo_decision(
        self,
        slug: str,
        item_id: int,
        *,
        idempotency_key: str = "",
    ) -> shapes.CaseShown:
        """Take a decision back: the item's answers count again."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/quality/disagreements/{quote(str(item_id), safe='')}/undo/",
            key=idempotency_key,
        )
        return cast('shapes.CaseShown', found)

    def list_known_answers(
        self,
        slug: str,
        *,
        cursor: str | Unset = UNSET,
    ) -> Iterator[shapes.KnownShown]:
        """List items whose answer is known, the newest first, and how they fare."""
        found = self.connection.pages(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/quality/known-answers/",
            query={"cursor": cursor},
        )
        return cast('Iterator[shapes.KnownShown]', found)

    def add_known_answers(
        self,
        slug: str,
        *,
        answers: list[shapes.KnownSent],
        idempotency_key: str = "",
    ) -> shapes.Count:
        """Let items measure people: all of them or none; each that cannot is named."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/quality/known-answers/",
            body={"answers": answers},
            key=idempotency_key,
        )
        return cast('shapes.Count', found)

    def list_known_candidates(
        self,
        slug: str,
    ) -> list[shapes.CandidateShown]:
        """List what may become known, because it was decided or surely agreed: the newest 50."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/quality/known-answers/candidates/",
        )
        return cast('list[shapes.CandidateShown]', found)

    def accept_known_candidates(
        self,
        slug: str,
        *,
        items: list[int],
        idempotency_key: str = "",
    ) -> shapes.Count:
        """Make some of them known, with what was decided or agreed."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/quality/known-answers/candidates/",
            body={"items": items},
            key=idempotency_key,
        )
        return cast('shapes.Count', found)

    def upload_known_answers(
        self,
        slug: str,
        *,
        file: str,
        idempotency_key: str = "",
    ) -> shapes.Count:
        """Let the items of a file measure people: all of them or none; each bad row is named."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/quality/known-answers/file/",
            body={"file": file},
            key=idempotency_key,
        )
        return cast('shapes.Count', found)

    def retire_known_answer(
        self,
        slug: str,
        item_id: int,
    ) -> None:
        """Ask an item no more; what it measured stays."""
        self.connection.call(
            "DELETE",
            f"/api/v1/projects/{quote(str(slug), safe='')}/quality/known-answers/{quote(str(item_id), safe='')}/",
        )

    def restore_known_answer(
        self,
        slug: str,
        item_id: int,
        *,
        idempotency_key: str = "",
    ) -> None:
        """Ask a retired item again, from the next batch on."""
        self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/quality/known-answers/{quote(str(item_id), safe='')}/restore/",
            key=idempotency_key,
        )

    def list_suspects(
        self,
        slug: str,
        *,
        cursor: str | Unset = UNSET,
    ) -> Iterator[shapes.DoubtShown]:
        """List labels that are probably wrong, the least believed first."""
        found = self.connection.pages(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/quality/suspects/",
            query={"cursor": cursor},
        )
        return cast('Iterator[shapes.DoubtShown]', found)

    def ask_suspect_again(
        self,
        slug: str,
        item_id: int,
        *,
        idempotency_key: str = "",
    ) -> None:
        """Ask somebody who has not seen the item."""
        self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/quality/suspects/{quote(str(item_id), safe='')}/ask/",
            key=idempotency_key,
        )

    def find_suspect_right(
        self,
        slug: str,
        item_id: int,
        *,
        idempotency_key: str = "",
    ) -> None:
        """Keep that a label is right: it is doubted no more unless it changes."""
        self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/quality/suspects/{quote(str(item_id), safe='')}/right/",
            key=idempotency_key,
        )
