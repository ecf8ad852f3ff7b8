"""The people page: what leads see, who sees it, and what it costs."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse

from annotation.services import projects
from tests.factories import NOW, answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def mia():
    return make_user("mia")


@pytest.fixture
def project(lead, mia):
    project = make_project(owner=lead, n_items=9)
    projects.set_role(project=project, user=mia, role="annotator", actor=lead)
    publish(project, project.items.all())
    for minutes in range(3):
        begun = NOW + timedelta(minutes=minutes)
        held = claim(project, mia, now=begun)
        answer(project, mia, held, now=begun + timedelta(seconds=30))
    return project


def url(name, project, *args):
    return reverse(name, args=[project.slug, *args])


def as_user(client, user):
    client.force_login(user, backend=BACKEND)
    return client


def test_lead_sees_what_everybody_did(client, lead, mia, project):
    page = as_user(client, lead).get(url("people", project)).content.decode()

    assert "mia" in page
    assert "1.5 s" in page
    assert url("person", project, mia.pk) in page


def test_people_and_quality_lead_to_each_other(client, lead, project):
    as_user(client, lead)

    assert url("quality", project) in client.get(url("people", project)).content.decode()
    assert url("people", project) in client.get(url("quality", project)).content.decode()


def test_csv_has_a_row_for_everybody(client, lead, project):
    text = as_user(client, lead).get(url("people-csv", project)).content.decode()

    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["person"], row["labels"], row["median_seconds"]) for row in rows] == [
        ("lead", "0", ""),
        ("mia", "3", "1.5"),
    ]


def test_answers_of_a_person_are_listed(client, lead, mia, project):
    page = as_user(client, lead).get(url("person", project, mia.pk)).content.decode()

    assert page.count('class="swatch"') == 3


def test_stranger_to_the_project_has_no_answers_page(client, lead, project):
    stranger = make_user()

    response = as_user(client, lead).get(url("person", project, stranger.pk))

    assert response.status_code == 404


@pytest.mark.parametrize("role", ["annotator", "reviewer", None])
@pytest.mark.parametrize("name", ["people", "people-csv", "person"])
def test_only_leads_see_people(client, mia, project, role, name):
    person = make_user()
    if role:
        projects.set_role(project=project, user=person, role=role, actor=None)
    args = [mia.pk] if name == "person" else []

    assert as_user(client, person).get(url(name, project, *args)).status_code == 404


@pytest.mark.parametrize(("name", "most"), [("people", 12), ("person", 9)])
def test_statements_do_not_grow_with_people_or_answers(
    client, lead, mia, project, name, most, django_assert_max_num_queries
):
    for _ in range(3):
        person = make_user()
        projects.set_role(project=project, user=person, role="annotator", actor=lead)
        answer(project, person, claim(project, person))
    args = [mia.pk] if name == "person" else []
    as_user(client, lead)

    with django_assert_max_num_queries(most):
        client.get(url(name, project, *args))
