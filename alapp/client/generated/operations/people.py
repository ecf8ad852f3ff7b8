"""Written by `manage.py client_code` from the schema: change that, not this."""

from collections.abc import Iterator
from typing import IO, Any, Literal, cast
from urllib.parse import quote

from alapp.client.connection import Connection
from alapp.client.generated import shapes
from alapp.client.unset import UNSET, Unset


class PeopleOperations:
    """The operations of the API under "people", by their names there."""

    connection: Connection

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
