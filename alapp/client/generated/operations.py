"""Written by `manage.py client_code` from the schema: change that, not this."""

from collections.abc import Iterator
from typing import IO, Any, Literal, cast
from urllib.parse import quote

from alapp.client.connection import Connection
from alapp.client.generated import shapes
from alapp.client.unset import UNSET, Unset


class Operations:
    """Every operation of the API, by its name there."""

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

    def list_projects(
        self,
        *,
        cursor: str | Unset = UNSET,
    ) -> Iterator[shapes.CardShown]:
        """List the projects one has a role in, the newest first."""
        found = self.connection.pages(
            "GET",
            "/api/v1/projects/",
            query={"cursor": cursor},
        )
        return cast('Iterator[shapes.CardShown]', found)

    def create_project(
        self,
        *,
        name: str,
        modality: shapes.ModalityEnum | Unset = UNSET,
        task: shapes.TaskEnum | Unset = UNSET,
        classes: list[shapes.ClassSent] | Unset = UNSET,
        guidelines: str | Unset = UNSET,
        budget: int | Unset = UNSET,
        idempotency_key: str = "",
    ) -> shapes.ProjectShown:
        """Make a draft project and own it. Only those who lead a project already, and admins."""
        found = self.connection.call(
            "POST",
            "/api/v1/projects/",
            body={"name": name, "modality": modality, "task": task, "classes": classes, "guidelines": guidelines, "budget": budget},
            key=idempotency_key,
        )
        return cast('shapes.ProjectShown', found)

    def read_project(
        self,
        slug: str,
    ) -> shapes.ProjectShown:
        """Read a project as everybody in it sees it, with its classes and one's role."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/",
        )
        return cast('shapes.ProjectShown', found)

    def read_classes(
        self,
        slug: str,
    ) -> list[shapes.ClassShown]:
        """List the classes in their order."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/classes/",
        )
        return cast('list[shapes.ClassShown]', found)

    def set_classes(
        self,
        slug: str,
        *,
        classes: list[shapes.ClassSent],
    ) -> list[shapes.ClassShown]:
        """Make the project's classes these, in this order. One that was answered cannot go."""
        found = self.connection.call(
            "PUT",
            f"/api/v1/projects/{quote(str(slug), safe='')}/classes/",
            body={"classes": classes},
        )
        return cast('list[shapes.ClassShown]', found)

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

    def read_guidelines(
        self,
        slug: str,
    ) -> shapes.ReadingShown:
        """Read the guidelines, and whether one has seen this version."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/guidelines/",
        )
        return cast('shapes.ReadingShown', found)

    def mark_guidelines_read(
        self,
        slug: str,
        *,
        number: int,
    ) -> None:
        """Note that one has opened a version."""
        self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/guidelines/read/",
            body={"number": number},
        )

    def list_guidelines_readers(
        self,
        slug: str,
    ) -> list[shapes.ReaderShown]:
        """List every member with the version they opened last."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/guidelines/readers/",
        )
        return cast('list[shapes.ReaderShown]', found)

    def list_guidelines_versions(
        self,
        slug: str,
    ) -> list[shapes.VersionShown]:
        """List the newest 50 versions of the guidelines, the newest first."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/guidelines/versions/",
        )
        return cast('list[shapes.VersionShown]', found)

    def restore_guidelines(
        self,
        slug: str,
        *,
        number: int,
        idempotency_key: str = "",
    ) -> shapes.ReadingShown:
        """Make an old version's text the guidelines again, as a new version."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/guidelines/versions/",
            body={"number": number},
            key=idempotency_key,
        )
        return cast('shapes.ReadingShown', found)

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
        kind: shapes.KindEnum,
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

    def read_readiness(
        self,
        slug: str,
    ) -> list[shapes.StepShown]:
        """List what a project needs before it can start, and what of it is done."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/readiness/",
        )
        return cast('list[shapes.StepShown]', found)

    def read_settings(
        self,
        slug: str,
    ) -> shapes.SettingsShown:
        """Read everything about a project that its leads set."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/settings/",
        )
        return cast('shapes.SettingsShown', found)

    def change_settings(
        self,
        slug: str,
        *,
        name: str | Unset = UNSET,
        guidelines: str | Unset = UNSET,
        overlap: int | Unset = UNSET,
        overlap_percent: int | Unset = UNSET,
        further_by: shapes.FurtherByEnum | Unset = UNSET,
        leads_label: bool | Unset = UNSET,
        reviewers_label: bool | Unset = UNSET,
        batch_share_percent: int | Unset = UNSET,
        lease_seconds: int | Unset = UNSET,
        max_skips: int | Unset = UNSET,
        straggler_percent: int | Unset = UNSET,
        straggler_leases: int | Unset = UNSET,
        text_format: shapes.TextFormatEnum | Unset = UNSET,
        keywords: str | Unset = UNSET,
        show_reason: shapes.ShowReasonEnum | Unset = UNSET,
        confirm_answers: bool | Unset = UNSET,
        corrections_allowed: bool | Unset = UNSET,
        bulk_allowed: bool | Unset = UNSET,
        gold_percent: int | Unset = UNSET,
        gold_floor_percent: int | Unset = UNSET,
        gold_pauses: bool | Unset = UNSET,
        gold_feedback: bool | Unset = UNSET,
    ) -> shapes.SettingsShown:
        """Change some settings; in force from the next item or batch on."""
        found = self.connection.call(
            "PATCH",
            f"/api/v1/projects/{quote(str(slug), safe='')}/settings/",
            body={"name": name, "guidelines": guidelines, "overlap": overlap, "overlap_percent": overlap_percent, "further_by": further_by, "leads_label": leads_label, "reviewers_label": reviewers_label, "batch_share_percent": batch_share_percent, "lease_seconds": lease_seconds, "max_skips": max_skips, "straggler_percent": straggler_percent, "straggler_leases": straggler_leases, "text_format": text_format, "keywords": keywords, "show_reason": show_reason, "confirm_answers": confirm_answers, "corrections_allowed": corrections_allowed, "bulk_allowed": bulk_allowed, "gold_percent": gold_percent, "gold_floor_percent": gold_floor_percent, "gold_pauses": gold_pauses, "gold_feedback": gold_feedback},
        )
        return cast('shapes.SettingsShown', found)

    def set_status(
        self,
        slug: str,
        *,
        status: shapes.StatusSentStatusEnum,
        idempotency_key: str = "",
    ) -> shapes.ProjectShown:
        """Start a project, pause it, let it go on, or stop it."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/status/",
            body={"status": status},
            key=idempotency_key,
        )
        return cast('shapes.ProjectShown', found)
