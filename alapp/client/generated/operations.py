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

    def list_budgets(
        self,
        slug: str,
    ) -> list[shapes.BudgetShown]:
        """List the limits with what is spent and left; per day as of today."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/budgets/",
        )
        return cast('list[shapes.BudgetShown]', found)

    def set_budget(
        self,
        slug: str,
        *,
        limit: str,
        scope: shapes.ScopeEnum | Unset = UNSET,
        unit: shapes.UnitEnum | Unset = UNSET,
        reason: str | Unset = UNSET,
    ) -> shapes.BudgetShown:
        """Make a limit, or raise or lower it; money only as an owner. From the next claim on."""
        found = self.connection.call(
            "PUT",
            f"/api/v1/projects/{quote(str(slug), safe='')}/budgets/",
            body={"scope": scope, "unit": unit, "limit": limit, "reason": reason},
        )
        return cast('shapes.BudgetShown', found)

    def read_ledger(
        self,
        slug: str,
        *,
        cursor: str | Unset = UNSET,
    ) -> Iterator[shapes.ChargeShown]:
        """List every charge, the oldest first."""
        found = self.connection.pages(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/budgets/ledger/",
            query={"cursor": cursor},
        )
        return cast('Iterator[shapes.ChargeShown]', found)

    def read_pay(
        self,
        slug: str,
    ) -> shapes.PayShown:
        """Read what a label costs."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/budgets/pay/",
        )
        return cast('shapes.PayShown', found)

    def set_pay(
        self,
        slug: str,
        *,
        pay_by: shapes.PayByEnum,
        pay_rate: str,
        currency: str,
        max_paid_seconds: int,
    ) -> shapes.PayShown:
        """Say what a label costs, as an owner; in force from the next claim on."""
        found = self.connection.call(
            "PUT",
            f"/api/v1/projects/{quote(str(slug), safe='')}/budgets/pay/",
            body={"pay_by": pay_by, "pay_rate": pay_rate, "currency": currency, "max_paid_seconds": max_paid_seconds},
        )
        return cast('shapes.PayShown', found)

    def read_spending(
        self,
        slug: str,
    ) -> list[shapes.SpenderShown]:
        """List who spent what, most labels first."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/budgets/spending/",
        )
        return cast('list[shapes.SpenderShown]', found)

    def freeze_budget(
        self,
        slug: str,
        budget_id: int,
        *,
        is_frozen: bool,
        idempotency_key: str = "",
    ) -> shapes.BudgetShown:
        """Stop a budget from giving, or let it give again: money only as an owner."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/budgets/{quote(str(budget_id), safe='')}/freeze/",
            body={"is_frozen": is_frozen},
            key=idempotency_key,
        )
        return cast('shapes.BudgetShown', found)

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

    def read_curve(
        self,
        slug: str,
    ) -> list[shapes.PointShown]:
        """Read the learning curve: a point for each round's model, the oldest first."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/curve/",
        )
        return cast('list[shapes.PointShown]', found)

    def read_estimates(
        self,
        slug: str,
    ) -> shapes.EstimatesShown:
        """Read what the newest round measured, class by class; 404 while nothing is measured."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/estimates/",
        )
        return cast('shapes.EstimatesShown', found)

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

    def list_invitations(
        self,
        slug: str,
    ) -> list[shapes.InvitationShown]:
        """List the newest hundred invitations, with what became of each."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/invitations/",
        )
        return cast('list[shapes.InvitationShown]', found)

    def invite(
        self,
        slug: str,
        *,
        role: shapes.RoleEnum | Unset = UNSET,
        name: str | Unset = UNSET,
        email: str | Unset = UNSET,
        days: int | Unset = UNSET,
        max_uses: int | Unset = UNSET,
        idempotency_key: str = "",
    ) -> shapes.InvitedShown:
        """Make a link that gives a role. It is in this answer and nowhere else."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/invitations/",
            body={"role": role, "name": name, "email": email, "days": days, "max_uses": max_uses},
            key=idempotency_key,
        )
        return cast('shapes.InvitedShown', found)

    def revoke_invitation(
        self,
        slug: str,
        invitation_id: int,
    ) -> None:
        """Take an invitation back; whoever has joined by it stays."""
        self.connection.call(
            "DELETE",
            f"/api/v1/projects/{quote(str(slug), safe='')}/invitations/{quote(str(invitation_id), safe='')}/",
        )

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

    def list_members(
        self,
        slug: str,
    ) -> list[shapes.MemberShown]:
        """List who has which role, by name."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/members/",
        )
        return cast('list[shapes.MemberShown]', found)

    def add_member(
        self,
        slug: str,
        *,
        username: str,
        role: shapes.RoleEnum | Unset = UNSET,
        idempotency_key: str = "",
    ) -> shapes.MemberShown:
        """Give somebody who has an account a role."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/members/",
            body={"username": username, "role": role},
            key=idempotency_key,
        )
        return cast('shapes.MemberShown', found)

    def leave_project(
        self,
        slug: str,
    ) -> None:
        """Give up one's own role; what was labelled stays. The last owner stays one."""
        self.connection.call(
            "DELETE",
            f"/api/v1/projects/{quote(str(slug), safe='')}/members/me/",
        )

    def create_account(
        self,
        slug: str,
        *,
        username: str,
        role: shapes.RoleEnum | Unset = UNSET,
        idempotency_key: str = "",
    ) -> shapes.NewAccountShown:
        """Make an account for somebody, with a role. Its password is in this answer only."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/members/new/",
            body={"username": username, "role": role},
            key=idempotency_key,
        )
        return cast('shapes.NewAccountShown', found)

    def change_role(
        self,
        slug: str,
        user_id: int,
        *,
        role: shapes.RoleEnum,
    ) -> shapes.MemberShown:
        """Change somebody's role; the last owner stays one."""
        found = self.connection.call(
            "PUT",
            f"/api/v1/projects/{quote(str(slug), safe='')}/members/{quote(str(user_id), safe='')}/",
            body={"role": role},
        )
        return cast('shapes.MemberShown', found)

    def remove_member(
        self,
        slug: str,
        user_id: int,
    ) -> None:
        """Take somebody's role; their answers stay."""
        self.connection.call(
            "DELETE",
            f"/api/v1/projects/{quote(str(slug), safe='')}/members/{quote(str(user_id), safe='')}/",
        )

    def set_member_pay(
        self,
        slug: str,
        user_id: int,
        *,
        pay_rate: str | None,
    ) -> None:
        """Give a member a rate of their own, as an owner; null is the project's again."""
        self.connection.call(
            "PUT",
            f"/api/v1/projects/{quote(str(slug), safe='')}/members/{quote(str(user_id), safe='')}/pay/",
            body={"pay_rate": pay_rate},
        )

    def list_outside_models(
        self,
        slug: str,
    ) -> list[shapes.OutsideModelShown]:
        """List the outside models with their newest versions."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/outside-models/",
        )
        return cast('list[shapes.OutsideModelShown]', found)

    def push_outside_model(
        self,
        slug: str,
        *,
        name: str,
        kind: shapes.OutsidePushSentKindEnum,
        rows: list[dict[str, Any]],
        trained_on: list[str] | Unset = UNSET,
        idempotency_key: str = "",
    ) -> shapes.OutsidePushShown:
        """Push predictions or scores: all of them or nothing, each bad row named."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/outside-models/",
            body={"name": name, "kind": kind, "rows": rows, "trained_on": trained_on},
            key=idempotency_key,
        )
        return cast('shapes.OutsidePushShown', found)

    def list_people(
        self,
        slug: str,
    ) -> list[shapes.PersonWorkShown]:
        """List everybody who has a role or has answered, with their work."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/people/",
        )
        return cast('list[shapes.PersonWorkShown]', found)

    def list_answers_of_person(
        self,
        slug: str,
        user_id: int,
        *,
        class_id: int | Unset = UNSET,
        cursor: str | Unset = UNSET,
        differs: bool | Unset = UNSET,
        search: str | Unset = UNSET,
    ) -> Iterator[shapes.PersonAnswerShown]:
        """List one person's standing answers, the newest first, beside what is agreed."""
        found = self.connection.pages(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/people/{quote(str(user_id), safe='')}/answers/",
            query={"class_id": class_id, "cursor": cursor, "differs": differs, "search": search},
        )
        return cast('Iterator[shapes.PersonAnswerShown]', found)

    def leave_person_out(
        self,
        slug: str,
        user_id: int,
        *,
        is_left_out: bool,
        reason: str | Unset = UNSET,
        idempotency_key: str = "",
    ) -> None:
        """Let somebody's answers count for nothing, or count again."""
        self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/people/{quote(str(user_id), safe='')}/leave-out/",
            body={"is_left_out": is_left_out, "reason": reason},
            key=idempotency_key,
        )

    def pause_person(
        self,
        slug: str,
        user_id: int,
        *,
        is_paused: bool,
        reason: str | Unset = UNSET,
        idempotency_key: str = "",
    ) -> None:
        """Hand somebody nothing for now, or again."""
        self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/people/{quote(str(user_id), safe='')}/pause/",
            body={"is_paused": is_paused, "reason": reason},
            key=idempotency_key,
        )

    def read_progress(
        self,
        slug: str,
    ) -> shapes.ProgressShown:
        """Read how far a project is: labels, the model's accuracy, classes, what is wrong."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/progress/",
        )
        return cast('shapes.ProgressShown', found)

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

    def read_queue(
        self,
        slug: str,
    ) -> shapes.QueueShown:
        """Read how the newest batch stands, and who holds what: the oldest 200 leases."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/queue/",
        )
        return cast('shapes.QueueShown', found)

    def release_leases(
        self,
        slug: str,
        *,
        assignments: list[int] | Unset = UNSET,
        person: int | Unset = UNSET,
        idempotency_key: str = "",
    ) -> shapes.Count:
        """Take items back from who holds them; an answer under way is kept."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/queue/release/",
            body={"assignments": assignments, "person": person},
            key=idempotency_key,
        )
        return cast('shapes.Count', found)

    def list_remarks(
        self,
        slug: str,
    ) -> list[shapes.RemarkedShown]:
        """List items that somebody flagged or commented on: at most 100, the oldest first."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/queue/remarks/",
        )
        return cast('list[shapes.RemarkedShown]', found)

    def settle_remarks(
        self,
        slug: str,
        item_id: int,
        *,
        idempotency_key: str = "",
    ) -> shapes.Count:
        """Tick off what was said about an item."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/queue/remarks/{quote(str(item_id), safe='')}/settle/",
            key=idempotency_key,
        )
        return cast('shapes.Count', found)

    def list_skipped(
        self,
        slug: str,
    ) -> list[shapes.SkippedShown]:
        """List items that too many skipped, the longest waiting first: at most 100."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/queue/skipped/",
        )
        return cast('list[shapes.SkippedShown]', found)

    def put_back_skipped(
        self,
        slug: str,
        *,
        items: list[int],
        idempotency_key: str = "",
    ) -> shapes.Count:
        """Offer skipped items to everybody again."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/queue/skipped/put-back/",
            body={"items": items},
            key=idempotency_key,
        )
        return cast('shapes.Count', found)

    def answer_skipped(
        self,
        slug: str,
        item_id: int,
        *,
        classes: list[int],
        client_token: str,
        active_ms: int | Unset = UNSET,
        wall_ms: int | Unset = UNSET,
    ) -> shapes.LabelShown:
        """Answer a skipped item oneself; nobody else is asked. Sent twice, done once."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/queue/skipped/{quote(str(item_id), safe='')}/answer/",
            body={"classes": classes, "client_token": client_token, "active_ms": active_ms, "wall_ms": wall_ms},
        )
        return cast('shapes.LabelShown', found)

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

    def list_rounds(
        self,
        slug: str,
        *,
        cursor: str | Unset = UNSET,
    ) -> Iterator[shapes.ListedShown]:
        """List the rounds, the newest first."""
        found = self.connection.pages(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/rounds/",
            query={"cursor": cursor},
        )
        return cast('Iterator[shapes.ListedShown]', found)

    def train_now(
        self,
        slug: str,
        *,
        idempotency_key: str = "",
    ) -> shapes.StartedShown:
        """Train now, before the batch is complete."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/rounds/",
            key=idempotency_key,
        )
        return cast('shapes.StartedShown', found)

    def read_round(
        self,
        slug: str,
        number: int,
    ) -> shapes.RoundDetailShown:
        """Read one round: its seed, settings, verdicts, metrics and how long it took."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/rounds/{quote(str(number), safe='')}/",
        )
        return cast('shapes.RoundDetailShown', found)

    def list_picks(
        self,
        slug: str,
        number: int,
        *,
        cursor: str | Unset = UNSET,
    ) -> Iterator[shapes.PickShown]:
        """List what a round asked for and why, with what was answered since. For leads only: it says
        which of them measure the model.
        """
        found = self.connection.pages(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/rounds/{quote(str(number), safe='')}/picks/",
            query={"cursor": cursor},
        )
        return cast('Iterator[shapes.PickShown]', found)

    def replay_round(
        self,
        slug: str,
        number: int,
        *,
        idempotency_key: str = "",
    ) -> shapes.StartedShown:
        """Repeat a round from what it saw, to see that it comes out the same."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/rounds/{quote(str(number), safe='')}/replay/",
            key=idempotency_key,
        )
        return cast('shapes.StartedShown', found)

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

    def read_selection(
        self,
        slug: str,
    ) -> shapes.SelectionShown:
        """Read how a project selects, defaults filled in."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/selection/",
        )
        return cast('shapes.SelectionShown', found)

    def change_selection(
        self,
        slug: str,
        *,
        is_enabled: bool | Unset = UNSET,
        on_stop: shapes.OnStopEnum | Unset = UNSET,
        features: str | Unset = UNSET,
        settings: dict[str, Any] | Unset = UNSET,
    ) -> shapes.SelectionShown:
        """Change how a project selects; in force from the next round on."""
        found = self.connection.call(
            "PATCH",
            f"/api/v1/projects/{quote(str(slug), safe='')}/selection/",
            body={"is_enabled": is_enabled, "on_stop": on_stop, "features": features, "settings": settings},
        )
        return cast('shapes.SelectionShown', found)

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

    def read_stopping(
        self,
        slug: str,
    ) -> shapes.StoppingShown:
        """Read whether to stop, and what each rule says."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/stopping/",
        )
        return cast('shapes.StoppingShown', found)

    def go_on(
        self,
        slug: str,
        *,
        rule: str,
        labels: int,
        reason: str,
        idempotency_key: str = "",
    ) -> shapes.WordShown:
        """Set a rule that says stop aside for so many labels more, with a reason."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/stopping/go-on/",
            body={"rule": rule, "labels": labels, "reason": reason},
            key=idempotency_key,
        )
        return cast('shapes.WordShown', found)

    def list_webhooks(
        self,
        slug: str,
    ) -> list[shapes.WebhookListedShown]:
        """List the project's webhooks, the oldest first, each with its newest message."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/webhooks/",
        )
        return cast('list[shapes.WebhookListedShown]', found)

    def create_webhook(
        self,
        slug: str,
        *,
        url: str,
        events: list[shapes.EventsEnum],
        idempotency_key: str = "",
    ) -> shapes.WebhookMadeShown:
        """Make a webhook. Its secret is in this answer and nowhere else."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/webhooks/",
            body={"url": url, "events": events},
            key=idempotency_key,
        )
        return cast('shapes.WebhookMadeShown', found)

    def read_webhook(
        self,
        slug: str,
        hook_id: int,
    ) -> shapes.WebhookShown:
        """Read a webhook: what it sends where, and how it stands."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/webhooks/{quote(str(hook_id), safe='')}/",
        )
        return cast('shapes.WebhookShown', found)

    def change_webhook(
        self,
        slug: str,
        hook_id: int,
        *,
        url: str | Unset = UNSET,
        events: list[shapes.EventsEnum] | Unset = UNSET,
    ) -> shapes.WebhookShown:
        """Send to another address, or other events, from the next message on."""
        found = self.connection.call(
            "PATCH",
            f"/api/v1/projects/{quote(str(slug), safe='')}/webhooks/{quote(str(hook_id), safe='')}/",
            body={"url": url, "events": events},
        )
        return cast('shapes.WebhookShown', found)

    def delete_webhook(
        self,
        slug: str,
        hook_id: int,
    ) -> None:
        """Delete a webhook with what it sent; the audit log keeps that it was there."""
        self.connection.call(
            "DELETE",
            f"/api/v1/projects/{quote(str(slug), safe='')}/webhooks/{quote(str(hook_id), safe='')}/",
        )

    def list_deliveries(
        self,
        slug: str,
        hook_id: int,
        *,
        cursor: str | Unset = UNSET,
    ) -> Iterator[shapes.DeliveryShown]:
        """List what a webhook sent in the last 30 days, the newest first."""
        found = self.connection.pages(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/webhooks/{quote(str(hook_id), safe='')}/deliveries/",
            query={"cursor": cursor},
        )
        return cast('Iterator[shapes.DeliveryShown]', found)

    def read_delivery(
        self,
        slug: str,
        hook_id: int,
        delivery_id: str,
    ) -> shapes.DeliveryShown:
        """Read what became of one message."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/webhooks/{quote(str(hook_id), safe='')}/deliveries/{quote(str(delivery_id), safe='')}/",
        )
        return cast('shapes.DeliveryShown', found)

    def send_delivery_again(
        self,
        slug: str,
        hook_id: int,
        delivery_id: str,
        *,
        idempotency_key: str = "",
    ) -> shapes.DeliveryShown:
        """Send a message again, by the same id, with its tries counted anew."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/webhooks/{quote(str(hook_id), safe='')}/deliveries/{quote(str(delivery_id), safe='')}/again/",
            key=idempotency_key,
        )
        return cast('shapes.DeliveryShown', found)

    def renew_webhook_secret(
        self,
        slug: str,
        hook_id: int,
        *,
        idempotency_key: str = "",
    ) -> shapes.WebhookMadeShown:
        """Make a new secret, shown this once; the one before it signs too for a day more."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/webhooks/{quote(str(hook_id), safe='')}/secret/",
            key=idempotency_key,
        )
        return cast('shapes.WebhookMadeShown', found)

    def switch_webhook(
        self,
        slug: str,
        hook_id: int,
        *,
        is_on: bool,
        idempotency_key: str = "",
    ) -> shapes.WebhookShown:
        """Switch a webhook off, giving up what waits, or on again."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/webhooks/{quote(str(hook_id), safe='')}/switch/",
            body={"is_on": is_on},
            key=idempotency_key,
        )
        return cast('shapes.WebhookShown', found)

    def test_webhook(
        self,
        slug: str,
        hook_id: int,
        *,
        idempotency_key: str = "",
    ) -> shapes.DeliveryShown:
        """Send a message that says nothing, to see whether it arrives: its state tells."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/webhooks/{quote(str(hook_id), safe='')}/test/",
            key=idempotency_key,
        )
        return cast('shapes.DeliveryShown', found)

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
