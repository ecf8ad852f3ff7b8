"""Flags and comments over HTTP, and who a page speaks for."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Label, Remark
from annotation.services import projects
from tests.factories import add_items, make_project, make_user, publish

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def annotator():
    return make_user("ada")


@pytest.fixture
def project(lead, annotator):
    project = make_project(owner=lead)
    publish(project, add_items(project, 3))
    projects.set_role(project=project, user=annotator, role="annotator", actor=None)
    return project


@pytest.fixture
def desk(client, annotator):
    client.force_login(annotator, backend=BACKEND)
    return client


def to(name, project):
    return reverse(name, args=[project.slug])


def first_card(desk, project):
    page = desk.get(to("label", project)).content.decode()
    names = ("ticket", "client_token", "remark_token")
    return {name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in names}


def test_flag_without_a_script_goes_back_to_the_item_and_says_thanks(desk, project):
    sent = first_card(desk, project) | {"kind": "wrong_data"}

    page = desk.post(to("remark", project), sent, follow=True).content.decode()

    assert "your lead will see it" in page
    assert "text 0" in page
    assert Remark.objects.get().kind == "wrong_data"


def test_remark_by_script_sent_twice_is_recorded_once(desk, project):
    sent = first_card(desk, project) | {"kind": "comment", "text": "Cut off."}

    codes = [
        desk.post(to("remark", project), sent, headers={"HX-Request": "true"}).status_code
        for _ in range(2)
    ]

    assert codes == [204, 204]
    assert Remark.objects.count() == 1


def test_remark_about_an_item_never_handed_out_is_refused(desk, project):
    sent = {"ticket": "1.2:forged", "remark_token": uuid4(), "kind": "other"}

    assert desk.post(to("remark", project), sent).status_code == 403


def test_outsider_gets_404(client, project):
    client.force_login(make_user(), backend=BACKEND)

    assert client.post(to("remark", project)).status_code == 404


@pytest.mark.parametrize("name", ["label", "answer", "skip", "undo", "remark", "heartbeat"])
def test_page_of_somebody_else_is_refused_before_anything_happens(desk, project, annotator, name):
    sent = first_card(desk, project) | {"classes": project.classes.first().pk, "kind": "other"}
    ask = desk.get if name == "label" else desk.post

    response = ask(to(name, project), sent, headers={"X-Person": str(annotator.pk + 1)})

    assert response.status_code == 401
    assert not Label.objects.exists()
    assert not Remark.objects.exists()


def test_form_with_an_old_token_says_so_to_scripts(annotator, project, client_of_csrf):
    response = client_of_csrf.post(to("answer", project), {})

    assert response.status_code == 403
    assert response.headers["X-Refused"] == "csrf"


@pytest.fixture
def client_of_csrf(annotator):
    client = Client(enforce_csrf_checks=True)
    client.force_login(annotator, backend=BACKEND)
    return client


def test_lead_sees_remarks_with_the_answer_and_ticks_them_off(client, desk, project, lead):
    card = first_card(desk, project)
    desk.post(to("remark", project), card | {"kind": "comment", "text": "<b>Cut</b> off."})
    desk.post(to("answer", project), card | {"classes": project.classes.first().pk})
    client.force_login(lead, backend=BACKEND)

    page = client.get(to("queue", project)).content.decode()

    assert "Flagged and commented" in page
    assert "&lt;b&gt;Cut&lt;/b&gt; off." in page
    item = Remark.objects.get().item_id
    page = client.post(to("queue-remarks-settle", project), {"item": item}, follow=True)
    assert "Ticked off." in page.content.decode()
    assert "Flagged and commented" not in page.content.decode()


@pytest.mark.parametrize("item", ["", "x", "9" * 30])
def test_ticking_off_nonsense_changes_nothing(client, project, lead, item):
    client.force_login(lead, backend=BACKEND)

    page = client.post(to("queue-remarks-settle", project), {"item": item}, follow=True)

    assert "Somebody ticked it off already." in page.content.decode()


def test_annotator_cannot_tick_off(desk, project):
    assert desk.post(to("queue-remarks-settle", project)).status_code == 404


def test_sign_in_counts_also_where_somebody_else_is_signed_in(desk, lead):
    sent = {"username": "lead", "password": "a quiet desk"}

    response = desk.post(reverse("sign-in"), sent)

    assert response.status_code == 302
    assert desk.session["_auth_user_id"] == str(lead.pk)
