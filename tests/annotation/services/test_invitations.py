"""Invitations: given by who may give, used as often as they say, and one answer to all others."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from annotation.models import AuditEntry, Invitation, Membership, User
from annotation.services import accounts, invitations, projects
from tests.factories import NOW, make_project, make_user

pytestmark = pytest.mark.django_db
GOOD = "a quiet desk"


@pytest.fixture
def owner():
    return make_user("ada")


@pytest.fixture
def project(owner):
    return make_project(owner=owner)


def person_with(project, role):
    person = make_user()
    projects.set_role(project=project, user=person, role=role, actor=None)
    return person


def invite(project, actor, role="annotator", **more):
    return invitations.invite(project=project, role=role, actor=actor, now=NOW, **more)


def found(token, now=NOW):
    return invitations.find(token=token, now=now)


def role_of(project, user):
    return Membership.objects.get(project=project, user=user).role


def test_link_gives_its_role_once(project, owner):
    token, first, second = invite(project, owner, "reviewer"), make_user(), make_user()

    invitations.accept(invitation=found(token), user=first, now=NOW)

    assert role_of(project, first) == "reviewer"
    assert found(token) is None
    with pytest.raises(invitations.Spent):
        invitations.accept(invitation=Invitation.objects.get(), user=second, now=NOW)
    assert not second.memberships.exists()


def test_new_account_comes_with_the_role_or_not_at_all(project, owner):
    invitation = found(invite(project, owner))

    made = invitations.accept_as_new(
        invitation=invitation, username="mia", password=GOOD, first_name="Mia", now=NOW
    )
    with pytest.raises(invitations.Spent):
        invitations.accept_as_new(
            invitation=invitation, username="late", password=GOOD, first_name="", now=NOW
        )

    assert role_of(project, made) == "annotator"
    assert made.check_password(GOOD)
    assert not User.objects.filter(username="late").exists()


def test_taken_name_and_weak_password_use_nothing_up(project, owner):
    token = invite(project, owner)

    for name, password in (("ada", GOOD), ("mia", "12345")):
        with pytest.raises(ValidationError):
            invitations.accept_as_new(
                invitation=found(token), username=name, password=password, first_name="", now=NOW
            )

    assert found(token).n_uses == 0


def test_who_has_a_role_keeps_it_and_uses_nothing_up(project, owner):
    token, lead = invite(project, owner, max_uses=2), person_with(project, "lead")

    invitations.accept(invitation=found(token), user=lead, now=NOW)

    assert role_of(project, lead) == "lead"
    assert found(token).n_uses == 0


def test_only_the_hash_of_a_token_is_kept(project, owner):
    token = invite(project, owner, name="Mia", email="mia@example.org")

    kept = str(list(Invitation.objects.values())) + str(list(AuditEntry.objects.values()))

    assert token not in kept


@pytest.mark.parametrize("role", ["owner", "lead"])
def test_leads_invite_below_themselves_only(project, role):
    lead = person_with(project, "lead")

    for given in ("reviewer", "annotator"):
        invite(project, lead, given)
    with pytest.raises(ValidationError, match="Only owners"):
        invite(project, lead, role)


@pytest.mark.parametrize("role", ["reviewer", "annotator", None])
def test_others_invite_nobody(project, role):
    actor = person_with(project, role) if role else make_user()

    with pytest.raises(ValidationError):
        invite(project, actor)


@pytest.mark.parametrize("more", [
    {"valid_for": timedelta(0)}, {"valid_for": timedelta(days=91)}, {"max_uses": 0},
    {"max_uses": 501}, {"role": "lead", "max_uses": 2}, {"role": "boss"},
])  # fmt: skip
def test_invitation_that_makes_no_sense_is_refused(project, owner, more):
    with pytest.raises(ValidationError):
        invite(project, owner, **more)


@pytest.mark.parametrize("after", ["used", "expired", "taken back", "inviter closed", "demoted"])
def test_link_stops_working_for_every_reason(project, owner, after):
    lead = person_with(project, "lead")
    token = invite(project, lead)
    invitation, now = found(token), NOW
    if after == "used":
        invitations.accept(invitation=invitation, user=make_user(), now=NOW)
    elif after == "expired":
        now += timedelta(days=7)
    elif after == "taken back":
        invitations.revoke(project=project, invitation_id=invitation.pk, actor=owner, now=NOW)
    elif after == "inviter closed":
        accounts.set_active(user=lead, is_active=False, actor=owner)
    else:
        projects.set_role(project=project, user=lead, role="annotator", actor=owner)

    assert found(token, now) is None
    assert found("made-up", now) is None


def test_lead_takes_back_no_invitation_of_a_lead(project, owner):
    lead, other = person_with(project, "lead"), make_project()
    invitation = found(invite(project, owner, "lead"))

    for place, actor in ((project, lead), (other, owner)):
        with pytest.raises(ValidationError):
            invitations.revoke(project=place, invitation_id=invitation.pk, actor=actor, now=NOW)


def test_list_says_what_became_of_each(project, owner):
    tokens = [invite(project, owner) for _ in range(3)]
    invitations.accept(invitation=found(tokens[0]), user=make_user(), now=NOW)
    taken = found(tokens[1])
    invitations.revoke(project=project, invitation_id=taken.pk, actor=owner, now=NOW)

    states = [each.state for each in invitations.of(project, now=NOW)]
    later = [each.state for each in invitations.of(project, now=NOW + timedelta(days=8))]

    assert states == ["open", "taken back", "used"]
    assert later == ["expired", "taken back", "used"]


def test_address_finds_its_open_invitations_whatever_its_case(project, owner):
    invite(project, owner, email="Mia@Example.org")
    invite(project, owner, email="other@example.org")
    invite(project, owner)

    by_address = invitations.for_addresses(["mia@example.org"], now=NOW)

    assert [each.email for each in by_address] == ["Mia@Example.org"]
    assert invitations.for_addresses([], now=NOW) == []


def test_database_itself_refuses_a_use_too_many(project, owner):
    invite(project, owner)

    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.update(n_uses=2)


@pytest.mark.django_db(transaction=True)
def test_two_who_accept_at_once_share_one_use(project, owner):
    invitation = found(invite(project, owner))
    people = [make_user() for _ in range(4)]

    outcomes = at_once(
        lambda person: invitations.accept(invitation=invitation, user=person, now=NOW), people
    )

    assert sorted(outcomes) == ["Spent", "Spent", "Spent", "done"]
    assert Membership.objects.filter(project=project, user__in=people).count() == 1
    assert Invitation.objects.get().n_uses == 1


@pytest.mark.django_db(transaction=True)
def test_one_who_accepts_in_two_windows_at_once_uses_it_once(project, owner):
    invitation, person = found(invite(project, owner, max_uses=4)), make_user()

    at_once(lambda _: invitations.accept(invitation=invitation, user=person, now=NOW), range(4))

    assert Invitation.objects.get().n_uses == 1
    assert person.memberships.count() == 1


def at_once(action, each_with):
    """Do it in a thread for each, all starting together; return what came of each."""
    gate, outcomes = threading.Barrier(len(each_with)), []

    def attempt(one):
        gate.wait()
        try:
            action(one)
            outcomes.append("done")
        except Exception as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt, args=(one,)) for one in each_with]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


# Roles


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_demote_each_other_leave_one(project, owner):
    other = person_with(project, "owner")
    pairs = [(owner, other), (other, owner)]

    outcomes = at_once(
        lambda pair: projects.set_role(
            project=project, user=pair[1], role="annotator", actor=pair[0]
        ),
        pairs,
    )

    # Whoever is second is no owner any more, and may not take the role.
    assert sorted(outcomes) == ["ValidationError", "done"]
    assert Membership.objects.filter(project=project, role="owner").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_leave_at_once_leave_one(project, owner):
    other = person_with(project, "owner")

    outcomes = at_once(
        lambda one: projects.set_role(project=project, user=one, role=None, actor=one),
        [owner, other],
    )

    assert sorted(outcomes) == ["ValidationError", "done"]
    assert Membership.objects.filter(project=project, role="owner").count() == 1


@pytest.mark.parametrize(("standing", "wanted"), [
    ("annotator", "lead"), ("annotator", "owner"), ("lead", None), ("owner", "annotator"),
])  # fmt: skip
def test_leads_give_and_take_only_what_is_below_them(project, standing, wanted):
    lead, other = person_with(project, "lead"), person_with(project, standing)

    with pytest.raises(ValidationError, match="Only owners"):
        projects.set_role(project=project, user=other, role=wanted, actor=lead)

    assert role_of(project, other) == standing


def test_lead_makes_nobody_of_themselves(project):
    lead = person_with(project, "lead")

    with pytest.raises(ValidationError, match="Only owners"):
        projects.set_role(project=project, user=lead, role="owner", actor=lead)


@pytest.mark.parametrize("role", ["lead", "reviewer", "annotator"])
def test_everybody_may_leave_and_labels_stay(project, role):
    person = person_with(project, role)

    projects.set_role(project=project, user=person, role=None, actor=person)

    assert not person.memberships.exists()


# Links that are handed over


def test_lead_hands_a_link_to_whom_they_lead(project):
    lead, mia = person_with(project, "lead"), person_with(project, "annotator")

    token = accounts.hand_link(user=mia, actor=lead, now=NOW, valid_for=timedelta(days=2))

    assert accounts.user_of_link(token=token, now=NOW) == mia


@pytest.mark.parametrize("more", ["another project", "lead", "admin", "closed"])
def test_link_to_more_than_a_lead_may_give_is_refused(project, more):
    lead, mia = person_with(project, "lead"), person_with(project, "annotator")
    if more == "another project":
        projects.set_role(project=make_project(), user=mia, role="annotator", actor=None)
    elif more == "lead":
        projects.set_role(project=project, user=mia, role="lead", actor=None)
    else:
        mia.is_superuser, mia.is_active = more == "admin", more != "closed"
        mia.save()

    with pytest.raises(Exception, match="more than you may give"):
        accounts.hand_link(user=mia, actor=lead, now=NOW, valid_for=timedelta(days=2))


def test_admin_hands_a_link_to_anybody_but_admins(project, owner):
    admin = make_user(is_superuser=True)

    assert accounts.hand_link(user=owner, actor=admin, now=NOW, valid_for=timedelta(days=2))
    with pytest.raises(Exception, match="more than you may give"):
        accounts.hand_link(
            user=make_user(is_superuser=True), actor=admin, now=NOW, valid_for=timedelta(days=2)
        )
