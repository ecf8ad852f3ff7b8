"""Written by `manage.py client_code` from the schema: change that, not this."""

from collections.abc import Iterator
from typing import IO, Any, Literal, cast
from urllib.parse import quote

from alapp.client.connection import Connection
from alapp.client.generated import shapes
from alapp.client.unset import UNSET, Unset


class LabellingOperations:
    """The operations of the API under "labelling", by their names there."""

    connection: Connection

    def answer(
        self,
        slug: str,
        *,
        ticket: str,
        client_token: str,
        classes: list[int],
        active_ms: int | Unset = UNSET,
        wall_ms: int | Unset = UNSET,
        have: list[int] | Unset = UNSET,
    ) -> shapes.DeskShown:
        """Answer an item and get the next, in one step. Sent twice, it is recorded once."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/label/answer/",
            body={"ticket": ticket, "client_token": client_token, "classes": classes, "active_ms": active_ms, "wall_ms": wall_ms, "have": have},
        )
        return cast('shapes.DeskShown', found)

    def list_own_answers(
        self,
        slug: str,
        *,
        class_id: int | Unset = UNSET,
        cursor: str | Unset = UNSET,
        search: str | Unset = UNSET,
    ) -> Iterator[shapes.OwnAnswerShown]:
        """List what one answered, the newest first."""
        found = self.connection.pages(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/label/answers/",
            query={"class_id": class_id, "cursor": cursor, "search": search},
        )
        return cast('Iterator[shapes.OwnAnswerShown]', found)

    def read_own_answer(
        self,
        slug: str,
        item_id: int,
    ) -> shapes.OwnAnswerShown:
        """Read one's own last word on an item."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/label/answers/{quote(str(item_id), safe='')}/",
        )
        return cast('shapes.OwnAnswerShown', found)

    def correct_own_answer(
        self,
        slug: str,
        item_id: int,
        *,
        label: int,
        client_token: str,
        classes: list[int],
    ) -> shapes.OwnAnswerShown:
        """Give another answer in the place of one's own. Sent twice, it happens once."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/label/answers/{quote(str(item_id), safe='')}/correct/",
            body={"label": label, "client_token": client_token, "classes": classes},
        )
        return cast('shapes.OwnAnswerShown', found)

    def take_back_own_answer(
        self,
        slug: str,
        item_id: int,
        *,
        label: int,
        client_token: str,
    ) -> shapes.OwnAnswerShown:
        """Take one's own answer back: its item lies on one's desk again."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/label/answers/{quote(str(item_id), safe='')}/take-back/",
            body={"label": label, "client_token": client_token},
        )
        return cast('shapes.OwnAnswerShown', found)

    def claim(
        self,
        slug: str,
        *,
        have: list[int] | Unset = UNSET,
    ) -> shapes.DeskShown:
        """Get what one holds, filled up to the current item and the next. Asked twice, the same items
        come back; `nothing` says why there are none.
        """
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/label/claim/",
            body={"have": have},
        )
        return cast('shapes.DeskShown', found)

    def heartbeat(
        self,
        slug: str,
    ) -> shapes.BeatShown:
        """Keep what one holds: somebody is working at it."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/label/heartbeat/",
        )
        return cast('shapes.BeatShown', found)

    def leave(
        self,
        slug: str,
    ) -> None:
        """Let what one holds go to others soon; claimed again within 45 seconds it stays."""
        self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/label/leave/",
        )

    def read_own_work(
        self,
        slug: str,
    ) -> shapes.OwnWorkShown:
        """Read one's own work here: answers, time, earnings. There is no ranking."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/label/mine/",
        )
        return cast('shapes.OwnWorkShown', found)

    def read_notes(
        self,
        slug: str,
    ) -> shapes.NotesShown:
        """Read what the lead says of one's answers: to look at again, decided, known."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/label/notes/",
        )
        return cast('shapes.NotesShown', found)

    def settle_note(
        self,
        slug: str,
        returned_id: int,
        *,
        keeps: bool | Unset = UNSET,
        client_token: str | Unset = UNSET,
        classes: list[int] | Unset = UNSET,
        idempotency_key: str = "",
    ) -> None:
        """Let a returned answer stand, or give another in its place."""
        self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/label/notes/{quote(str(returned_id), safe='')}/settle/",
            body={"keeps": keeps, "client_token": client_token, "classes": classes},
            key=idempotency_key,
        )

    def remark(
        self,
        slug: str,
        *,
        ticket: str,
        remark_token: str,
        kind: shapes.RemarkSentKindEnum,
        text: str | Unset = UNSET,
    ) -> shapes.OwnRemarkShown:
        """Flag an item or comment on it. Sent twice, it is recorded once; nothing waits for it."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/label/remarks/",
            body={"ticket": ticket, "remark_token": remark_token, "kind": kind, "text": text},
        )
        return cast('shapes.OwnRemarkShown', found)

    def skip(
        self,
        slug: str,
        *,
        ticket: str,
        reason: shapes.ReasonEnum,
        have: list[int] | Unset = UNSET,
    ) -> shapes.DeskShown:
        """Pass on an item, and get the next. Skipping twice changes nothing."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/label/skip/",
            body={"ticket": ticket, "reason": reason, "have": have},
        )
        return cast('shapes.DeskShown', found)

    def claim_together(
        self,
        slug: str,
        *,
        group: str | Unset = UNSET,
        have: list[int] | Unset = UNSET,
    ) -> shapes.TableShown:
        """Get similar items, up to 24 of a group, to be answered by one answer. Asked twice, the same
        items come back. 409 where a lead has items answered one by one.
        """
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/label/together/",
            body={"group": group, "have": have},
        )
        return cast('shapes.TableShown', found)

    def answer_together(
        self,
        slug: str,
        *,
        items: list[shapes.GivenSent],
        classes: list[int],
        active_ms: int | Unset = UNSET,
        wall_ms: int | Unset = UNSET,
        group: str | Unset = UNSET,
        have: list[int] | Unset = UNSET,
    ) -> shapes.AnsweredTogetherShown:
        """Give many items the same answer, a label each; sent twice, each is recorded once. One that
        cannot be recorded does not keep the others from it: `refused` says which, why.
        """
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/label/together/answer/",
            body={"items": items, "classes": classes, "active_ms": active_ms, "wall_ms": wall_ms, "group": group, "have": have},
        )
        return cast('shapes.AnsweredTogetherShown', found)

    def leave_together(
        self,
        slug: str,
    ) -> None:
        """Give back to the queue at once whatever one holds."""
        self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/label/together/leave/",
        )

    def undo_together(
        self,
        slug: str,
        *,
        answers: list[str],
        client_token: str,
        group: str | Unset = UNSET,
        have: list[int] | Unset = UNSET,
    ) -> shapes.UndoneTogetherShown:
        """Take back answers given together; their items come back. One of the last few groups."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/label/together/undo/",
            body={"answers": answers, "client_token": client_token, "group": group, "have": have},
        )
        return cast('shapes.UndoneTogetherShown', found)

    def undo(
        self,
        slug: str,
        *,
        client_token: str,
        have: list[int] | Unset = UNSET,
    ) -> shapes.DeskShown:
        """Take back one's last answer; its item comes back. One of the last 20."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/label/undo/",
            body={"client_token": client_token, "have": have},
        )
        return cast('shapes.DeskShown', found)
