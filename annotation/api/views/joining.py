"""How people come into a project by program: new accounts, and invitations by link."""

from datetime import timedelta
from typing import Any

from django.http import Http404
from django.urls import reverse
from rest_framework import serializers

from annotation.api.endpoints import Call, Endpoint, operation
from annotation.api.serializers.leading import MemberSent, MemberShown
from annotation.api.shapes import Person, Sent, Shown
from annotation.models import Role, User
from annotation.models.invitations import MAX_USES
from annotation.permissions import Can
from annotation.scopes import Scope
from annotation.services import invitations, mail, staff
from annotation.services.invitations import LONGEST

LINK, PASSWORD = ("link",), ("password",)


class NewAccountShown(Shown):
    """A new member, and the password, shown this once: null where the request is sent again."""

    member = MemberShown()
    password = serializers.CharField(allow_null=True)


class InvitationShown(Shown):
    """An invitation: open, used, taken back or expired. Its link is shown when it is made."""

    id = serializers.IntegerField(source="invitation.pk")
    role = serializers.CharField(source="invitation.role")
    name = serializers.CharField(source="invitation.name")
    email = serializers.CharField(source="invitation.email")
    state = serializers.CharField()
    n_uses = serializers.IntegerField(source="invitation.n_uses")
    max_uses = serializers.IntegerField(source="invitation.max_uses")
    invited_by = Person(source="invitation.invited_by", allow_null=True)
    created_at = serializers.DateTimeField(source="invitation.created_at")
    expires_at = serializers.DateTimeField(source="invitation.expires_at")


class InvitedShown(Shown):
    """A new invitation and its link, shown this once: null where the request is sent again."""

    invitation = InvitationShown()
    link = serializers.CharField(allow_null=True)
    is_sent = serializers.BooleanField(help_text="A letter with the link is on its way.")


class InviteSent(Sent):
    role = serializers.ChoiceField(choices=Role.values, default=Role.ANNOTATOR)
    name = serializers.CharField(
        max_length=150, allow_blank=True, default="", help_text="For whom, for the list only."
    )
    email = serializers.EmailField(
        max_length=254,
        allow_blank=True,
        default="",
        help_text="The link goes there if this server sends mail.",
    )
    days = serializers.IntegerField(min_value=1, max_value=LONGEST.days, default=7)
    max_uses = serializers.IntegerField(
        min_value=1, max_value=MAX_USES, default=1, help_text="Works for so many people."
    )


class NewAccount(Endpoint):
    tag = "people"

    @operation(
        "create_account",
        Scope.LEAD,
        can=Can.LEAD,
        sends=MemberSent,
        answers=NewAccountShown,
        status=201,
        secrets=PASSWORD,
    )
    def post(self, call: Call) -> dict[str, Any]:
        """Make an account for somebody, with a role. Its password is in this answer only."""
        password = staff.add(project=call.project, actor=call.user, is_new=True, **call.sent)
        name = User.normalize_username(call.sent["username"].strip())
        member = call.project.memberships.select_related("user").get(user__username=name)
        return {"member": member, "password": password}


class Invitations(Endpoint):
    tag = "people"

    @operation("list_invitations", Scope.READ, can=Can.LEAD, answers=InvitationShown, is_list=True)
    def get(self, call: Call) -> list[invitations.Listed]:
        """List the newest hundred invitations, with what became of each."""
        return invitations.of(call.project, now=call.now)

    @operation(
        "invite",
        Scope.LEAD,
        can=Can.LEAD,
        sends=InviteSent,
        answers=InvitedShown,
        status=201,
        secrets=LINK,
    )
    def post(self, call: Call) -> dict[str, Any]:
        """Make a link that gives a role. It is in this answer and nowhere else."""
        sent = {**call.sent}
        days = timedelta(days=sent.pop("days"))
        token = invitations.invite(
            project=call.project, actor=call.user, now=call.now, valid_for=days, **sent
        )
        link = call.absolute(reverse("invitation", args=[token]))
        is_sent = bool(sent["email"]) and mail.is_sent()
        if is_sent:
            mail.invite(project=call.project.name, link=link, to=sent["email"])
        made = invitations.made(call.project, token=token, now=call.now)
        return {"invitation": made, "link": link, "is_sent": is_sent}


class InvitationView(Endpoint):
    tag = "people"

    @operation("revoke_invitation", Scope.LEAD, can=Can.LEAD, status=204)
    def delete(self, call: Call, invitation_id: int) -> None:
        """Take an invitation back; whoever has joined by it stays."""
        if not call.project.invitations.filter(pk=invitation_id).exists():
            raise Http404("No such invitation.")
        invitations.revoke(
            project=call.project, invitation_id=invitation_id, actor=call.user, now=call.now
        )
