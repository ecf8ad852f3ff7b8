"""Written by `manage.py client_code` from the schema: change that, not this."""

from collections.abc import Iterator
from typing import IO, Any, Literal, cast
from urllib.parse import quote

from alapp.client.connection import Connection
from alapp.client.generated import shapes
from alapp.client.unset import UNSET, Unset


class ProjectsOperations:
    """The operations of the API under "projects", by their names there."""

    connection: Connection

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
