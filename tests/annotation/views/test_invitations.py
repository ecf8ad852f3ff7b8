"""The pages of inviting and of being invited."""

import re

import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse

from alapp.clock import database_now
from annotation.models import Invitation, Membership, User
from annotation.services import invitations, projects
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
NEW = {
    "username": "mia", "first_name": "Mia", "password": "a quiet desk", "again": "a quiet desk",
}  # fmt: skip


@pytest.fixture
def owner():
    return make_user("ada")


@pytest.fixture
def project(owner):
    return make_project(owner=owner)


@pytest.fixture
def page(project, owner):
    token = invitations.invite(
        project=project, role="annotator", actor=owner, now=database_now(), name="Mia"
    )
    return reverse("invitation", args=[token])


def signed_in(user):
    browser = Client()
    browser.force_login(user, backend=BACKEND)
    return browser


def test_lead_makes_a_link_and_somebody_new_joins_by_it(client, project, owner):
    typed = {"role": "reviewer", "name": "Mia", "email": "", "days": 3, "max_uses": 1}
    lead = signed_in(owner)

    made = lead.post(reverse("settings-invitations", args=[project.slug]), typed).text
    link = re.search(r"http://testserver(/invited/[^/]+/)", made)[1]
    shown = client.get(link).text
    joined = client.post(link, NEW)
    listed = lead.get(reverse("settings", args=[project.slug])).text

    assert f"You are invited to {project}" in shown
    assert joined.url == reverse("projects")
    assert get_user(client).username == "mia"
    assert Membership.objects.get(user__username="mia").role == "reviewer"
    assert "1 of 1" in listed
    assert link not in listed


def test_looking_uses_nothing_up(client, page):
    for _ in range(3):
        assert client.get(page).status_code == 200

    assert Invitation.objects.get().n_uses == 0
    assert not get_user(client).is_authenticated


def test_somebody_with_an_account_joins_with_it(page, project):
    mia = make_user("mia")
    browser = signed_in(mia)

    assert "Join as mia" in browser.get(page).text
    browser.post(page, {"as": "join"})

    assert mia.memberships.get().project == project


def test_sign_in_comes_back_to_the_invitation(client, page):
    make_user("mia")
    link = re.search(r'href="(/sign-in/\?next=[^"]+)"', client.get(page).text)[1]

    answer = client.post(link, {"username": "mia", "password": "a quiet desk"})

    assert answer.url == page


def test_somebody_else_at_this_browser_signs_out_first(page, owner):
    browser = signed_in(owner)

    answer = browser.post(page, {"as": "other"})

    assert answer.url == page
    assert not get_user(browser).is_authenticated
    assert Invitation.objects.get().n_uses == 0


@pytest.mark.parametrize("wrong", [
    {"password": "12345", "again": "12345"}, {"again": "another desk"}, {"username": "ada"},
    {"username": ""}, {"username": "m i a"}, {"password": "Mia-mia-1", "again": ""},
])  # fmt: skip
def test_wrong_account_is_refused_and_the_link_still_works(client, page, wrong):
    answer = client.post(page, NEW | wrong)

    assert answer.status_code == 422
    assert not User.objects.filter(username="mia").exists()
    assert client.get(page).status_code == 200


def test_every_link_that_does_not_work_gets_the_same_answer(client, project, owner):
    made = {}
    for state in ("used", "expired", "taken back"):
        token = invitations.invite(
            project=project, role="annotator", actor=owner, now=database_now()
        )
        made[state] = reverse("invitation", args=[token])
    used, expired, taken = Invitation.objects.order_by("pk")
    Invitation.objects.filter(pk=used.pk).update(n_uses=1)
    Invitation.objects.filter(pk=expired.pk).update(expires_at=database_now())
    Invitation.objects.filter(pk=taken.pk).update(revoked_at=database_now())
    made["unknown"] = reverse("invitation", args=["x" * 43])

    answers = {
        (browser_does, reply.status_code, reply.text.replace(path, ""))
        for path in made.values()
        for browser_does, reply in (("look", client.get(path)), ("join", client.post(path, NEW)))
    }

    assert {(does, status) for does, status, _ in answers} == {("look", 410), ("join", 410)}
    assert len({text for _, _, text in answers}) == 1
    assert not User.objects.filter(username="mia").exists()


def test_lead_is_offered_only_what_they_may_give(project):
    lead = make_user()
    projects.set_role(project=project, user=lead, role="lead", actor=None)
    browser, path = signed_in(lead), reverse("settings-invitations", args=[project.slug])

    page = browser.get(reverse("settings", args=[project.slug])).text
    answer = browser.post(path, {"role": "owner", "days": 7, "max_uses": 1})

    assert '<option value="owner"' not in page
    assert answer.status_code == 422
    assert not Invitation.objects.exists()


def test_taken_back_link_is_dead(client, project, owner, page):
    lead = signed_in(owner)
    one = Invitation.objects.get()

    lead.post(reverse("settings-invitation-revoke", args=[project.slug, one.pk]))

    assert client.get(page).status_code == 410


def test_lead_hands_over_a_link_for_a_forgotten_password(client, project, owner):
    mia = make_user("mia")
    projects.set_role(project=project, user=mia, role="annotator", actor=owner)
    member = Membership.objects.get(user=mia)

    made = (
        signed_in(owner).post(reverse("settings-sign-in-link", args=[project.slug, member.pk])).text
    )
    link = re.search(r"http://testserver(/sign-in/link/[^/]+/)", made)[1]
    client.post(link)
    client.post(reverse("account"), {"new_password1": "otter 14 b", "new_password2": "otter 14 b"})

    mia.refresh_from_db()
    assert get_user(client) == mia
    assert mia.check_password("otter 14 b")


def test_people_leave_by_themselves_and_the_last_owner_does_not(project, owner):
    mia = make_user("mia")
    projects.set_role(project=project, user=mia, role="annotator", actor=owner)

    signed_in(mia).post(reverse("leave-project", args=[project.slug]))
    refused = signed_in(owner).post(reverse("leave-project", args=[project.slug]))

    assert not mia.memberships.exists()
    assert refused.status_code == 422
    assert owner.memberships.exists()
