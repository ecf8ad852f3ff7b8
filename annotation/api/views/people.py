"""The people of a project: roles, their work, one person's answers, and whom a lead trusts."""

from typing import Any

from django.http import Http404

from annotation.api.endpoints import Call, Endpoint, Page, operation
from annotation.api.serializers import leading as shapes
from annotation.models import Membership, User
from annotation.permissions import Can
from annotation.scopes import Scope
from annotation.services import people, projects, staff, trust


class Members(Endpoint):
    tag = "people"

    @operation("list_members", Scope.READ, can=Can.LEAD, answers=shapes.MemberShown, is_list=True)
    def get(self, call: Call) -> Any:
        """List who has which role, by name."""
        return call.project.memberships.select_related("user").order_by("user__username")

    @operation(
        "add_member",
        Scope.LEAD,
        can=Can.LEAD,
        sends=shapes.MemberSent,
        answers=shapes.MemberShown,
        status=201,
    )
    def post(self, call: Call) -> Membership:
        """Give somebody who has an account a role."""
        staff.add(project=call.project, actor=call.user, is_new=False, **call.sent)
        name = call.sent["username"].strip()
        return call.project.memberships.select_related("user").get(user__username=name)


class Member(Endpoint):
    tag = "people"

    @operation(
        "change_role",
        Scope.LEAD,
        can=Can.LEAD,
        sends=shapes.RoleSent,
        answers=shapes.MemberShown,
    )
    def put(self, call: Call, user_id: int) -> Membership:
        """Change somebody's role; the last owner stays one."""
        member = _member(call, user_id)
        projects.set_role(
            project=call.project, user=member.user, role=call.sent["role"], actor=call.user
        )
        return _member(call, user_id)

    @operation("remove_member", Scope.LEAD, can=Can.LEAD, status=204)
    def delete(self, call: Call, user_id: int) -> None:
        """Take somebody's role; their answers stay."""
        member = _member(call, user_id)
        projects.set_role(project=call.project, user=member.user, role=None, actor=call.user)


class OwnMembership(Endpoint):
    tag = "people"

    @operation("leave_project", Scope.LABEL, Scope.LEAD, can=Can.LABEL, status=204)
    def delete(self, call: Call) -> None:
        """Give up one's own role; what was labelled stays. The last owner stays one."""
        projects.set_role(project=call.project, user=call.user, role=None, actor=call.user)


class People(Endpoint):
    tag = "people"

    @operation(
        "list_people",
        Scope.READ,
        can=Can.LEAD,
        answers=shapes.PersonWorkShown,
        is_list=True,
        is_costly=True,
    )
    def get(self, call: Call) -> list[people.Person]:
        """List everybody who has a role or has answered, with their work."""
        return people.of(call.project, now=call.now)


class PersonAnswers(Endpoint):
    tag = "people"

    @operation(
        "list_answers_of_person",
        Scope.READ,
        can=Can.LEAD,
        query=shapes.PersonAnswersQuery,
        answers=shapes.PersonAnswerShown,
        is_paged=True,
    )
    def get(self, call: Call, user_id: int) -> Page:
        """List one person's standing answers, the newest first, beside what is agreed."""
        labelled = User.objects.filter(labels__project=call.project)
        shown = labelled.filter(pk=user_id).distinct().first()
        if shown is None:
            raise Http404("Nobody who answered here.")
        wanted = people.Wanted(
            search=call.query.get("search", ""),
            class_id=call.query.get("class_id"),
            differs=call.query["differs"],
            before=call.after(),
        )
        return Page(*people.answers_of(call.project, shown, wanted))


class LeaveOut(Endpoint):
    tag = "people"

    @operation("leave_person_out", Scope.LEAD, can=Can.LEAD, sends=shapes.LeaveOutSent, status=204)
    def post(self, call: Call, user_id: int) -> None:
        """Let somebody's answers count for nothing, or count again."""
        person = _person(call, user_id)
        trust.set_left_out(
            project=call.project, annotator=person, actor=call.user, now=call.now, **call.sent
        )


class Pause(Endpoint):
    tag = "people"

    @operation("pause_person", Scope.LEAD, can=Can.LEAD, sends=shapes.PauseSent, status=204)
    def post(self, call: Call, user_id: int) -> None:
        """Hand somebody nothing for now, or again."""
        person = _person(call, user_id)
        trust.set_paused(
            project=call.project, annotator=person, actor=call.user, now=call.now, **call.sent
        )


def _member(call: Call, user_id: int) -> Membership:
    rows = call.project.memberships.select_related("user")
    member = rows.filter(user=user_id).first()
    if member is None:
        raise Http404("No such member.")
    return member


def _person(call: Call, user_id: int) -> User:
    person = trust.people(call.project).filter(pk=user_id).first()
    if person is None:
        raise Http404("Nobody of this project.")
    return person
