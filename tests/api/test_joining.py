"""New accounts, invitations and files of known answers by program."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotation.models import AuditEntry, Gold, Invitation, Seed, User
from annotation.services import invitations, projects, seeds, tokens
from tests.annotation.views.test_guessing import send_all
from tests.api.calling import caller
from tests.factories import add_items, make_project, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return make_user("owner")


@pytest.fixture
def project(owner):
    return make_project(classes=("yes", "no"), owner=owner)


@pytest.fixture
def call(owner, project):
    return caller(owner, project)


def test_new_account_has_its_role_and_its_password_is_told_once(call, project):
    sent = {"username": "bo", "role": "reviewer", "key": "once"}

    made, again = call("post", "member-new", **sent), call("post", "member-new", **sent)
    taken = call("post", "member-new", username="bo")

    assert made.status_code == 201, made.content
    password = made.json()["password"]
    bo = User.objects.get(username="bo")
    assert bo.check_password(password)
    assert made.json()["member"]["person"]["id"] == bo.pk
    assert project.memberships.get(user=bo).role == "reviewer"
    assert again.json() == made.json() | {"password": None}
    assert taken.status_code == 422
    assert AuditEntry.objects.filter(action="account.create", target="bo").count() == 1


def test_link_of_an_invitation_is_told_once_and_lets_in(call, project, client):
    made = call("post", "invitations", role="reviewer", name="For Bo", days=3, max_uses=1)

    assert made.status_code == 201, made.content
    link, shown = made.json()["link"], made.json()["invitation"]
    assert link.startswith("http://testserver/invited/")
    found = invitations.find(token=link.split("/")[-2], now=timezone.now())
    assert (found.role, found.name, found.project) == ("reviewer", "For Bo", project)
    assert (shown["state"], shown["n_uses"], made.json()["is_sent"]) == ("open", 0, False)
    assert call("get", "invitations").json() == [shown]
    assert client.get(link).status_code == 200


def test_letter_with_the_link_is_left_where_the_server_sends_mail(call, settings, mailoutbox):
    settings.HAS_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    made = call("post", "invitations", email="bo@example.org").json()
    send_all()

    assert made["is_sent"]
    assert [each.to for each in mailoutbox] == [["bo@example.org"]]
    assert made["link"] in mailoutbox[0].body


def test_invitation_is_taken_back_once(call):
    made = call("post", "invitations").json()["invitation"]

    back = [call("delete", "invitation", made["id"]).status_code for _ in range(2)]

    assert back == [204, 422]
    assert call("get", "invitations").json()[0]["state"] == "taken back"


def test_leads_give_no_more_by_program_than_on_the_page(project):
    lead = make_user("lead")
    projects.set_role(project=project, user=lead, role="lead", actor=None)
    call = caller(lead, project)

    refused = [
        call("post", "invitations", role="owner"),
        call("post", "member-new", username="bo", role="lead"),
    ]

    assert [each.status_code for each in refused] == [422, 422]
    assert not Invitation.objects.exists()
    assert not User.objects.filter(username="bo").exists()


def test_member_leaves_by_themselves_and_the_last_owner_stays(call, project):
    bo = make_user("bo")
    projects.set_role(project=project, user=bo, role="annotator", actor=None)

    left = caller(bo, project, scopes=["label"])("delete", "own-membership")
    kept = call("delete", "own-membership")

    assert (left.status_code, kept.status_code) == (204, 422)
    assert [each.role for each in project.memberships.all()] == ["owner"]


def test_likely_class_of_a_seed_is_said_and_unsaid(call, project, owner):
    seed, other = add_items(project, 2)
    seeds.add(project=project, item_ids=[seed.pk], actor=owner, now=timezone.now())
    yes = project.classes.all()[0]

    said = call("post", "seed-suggest", seed.pk, suggested=yes.pk)

    assert said.status_code == 204
    assert Seed.objects.get().suggested == yes
    assert call("post", "seed-suggest", seed.pk, suggested=None).status_code == 204
    assert Seed.objects.get().suggested is None
    assert call("post", "seed-suggest", other.pk, suggested=yes.pk).status_code == 422


@pytest.fixture
def upload(owner, project):
    """Return upload(content): what the API answers to a file of known answers."""
    _, text = tokens.make(user=owner, name="files", wanted=["lead"], now=timezone.now())

    def upload(content):
        return Client().post(
            reverse("api:known-file", args=[project.slug]),
            {"file": SimpleUploadedFile("known.csv", content.encode())},
            headers={"Authorization": f"Bearer {text}"},
        )

    return upload


def test_file_of_known_answers_is_taken_whole(call, upload, project):
    first, second = add_items(project, 2)

    done = upload(f"item,class\n{first.key},yes\n{second.key},no\n")

    assert (done.status_code, done.json()) == (201, {"n": 2})
    known = [each.value[0] for each in Gold.objects.order_by("item")]
    assert known == [each.pk for each in project.classes.all()]
    assert call("delete", "known-answer", first.pk).status_code == 204
    assert call("post", "known-restore", first.pk).status_code == 204
    assert not Gold.objects.exclude(retired_at=None).exists()


def test_file_with_bad_rows_is_refused_whole_and_each_is_named(upload, project):
    (item,) = add_items(project, 1)

    refused = upload(f"item,class\n{item.key},perhaps\nnobody,yes\n{item.key},yes\n")

    assert refused.status_code == 422
    messages = [each["message"] for each in refused.json()["errors"]]
    assert [each.split(":")[0] for each in messages] == ["Row 2, class", "Row 3, item"]
    assert not Gold.objects.exists()


def test_file_that_is_too_large_is_refused(upload):
    refused = upload("item,class\n" + "x" * 5_000_000)

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "file"
