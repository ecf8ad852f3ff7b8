"""The guidelines' pages: who may, what is noted, what it costs."""

import pytest
from django.urls import reverse

from annotation.models import GuidelinesRead, Membership
from annotation.services import guidelines, projects
from tests.factories import add_items, make_project, make_user, publish

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
LEADS = ("settings-guidelines", "settings-guidelines-restore")


@pytest.fixture
def lead():
    return make_user("grace")


@pytest.fixture
def project(lead):
    project = make_project(owner=lead, guidelines="One.")
    publish(project, add_items(project, 4))
    return project


def as_person(client, project, role):
    person = make_user()
    projects.set_role(project=project, user=person, role=role, actor=None)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return person


def url(name, project):
    return reverse(name, args=[project.slug])


def write(project, text):
    project.refresh_from_db()
    projects.describe(project=project, actor=None, guidelines=text)


@pytest.mark.parametrize("role", ["annotator", "reviewer"])
@pytest.mark.parametrize("name", LEADS)
def test_history_is_for_leads_only(client, project, role, name):
    as_person(client, project, role)
    ask = client.post if name.endswith("restore") else client.get

    assert ask(url(name, project)).status_code == 404


@pytest.mark.parametrize("name", [*LEADS, "guidelines", "guidelines-read"])
def test_outsider_gets_404(client, project, name):
    client.force_login(make_user(), backend="django.contrib.auth.backends.ModelBackend")
    ask = client.get if name in ("guidelines", "settings-guidelines") else client.post

    assert ask(url(name, project)).status_code == 404


def test_page_of_their_own_notes_the_reading_without_javascript(client, project):
    ada = as_person(client, project, "annotator")
    page = client.get(url("guidelines", project))
    assert "I have read them" in page.content.decode()

    response = client.post(url("guidelines-read", project), {"number": "1", "back": "yes"})

    assert response.url == url("label", project)
    assert GuidelinesRead.objects.get().user == ada
    assert "I have read them" not in client.get(url("guidelines", project)).content.decode()


def test_opening_the_panel_is_noted_with_its_version(client, project):
    ada = as_person(client, project, "annotator")
    write(project, "Two.")

    response = client.post(url("guidelines-read", project), {"number": "1"})

    assert response.status_code == 204
    read = GuidelinesRead.objects.get()
    assert (read.user, read.version.number) == (ada, 1)


@pytest.mark.parametrize("number", ["", "0", "2", "x", "9" * 30])
def test_unknown_version_is_refused(client, project, number):
    as_person(client, project, "annotator")

    response = client.post(url("guidelines-read", project), {"number": number})

    assert response.status_code == 422
    assert not GuidelinesRead.objects.exists()


def test_label_page_says_what_changed_only_to_whoever_read_an_older_version(client, project):
    ada = as_person(client, project, "annotator")
    assert "data-changed" not in client.get(url("label", project)).content.decode()
    guidelines.mark_read(project=project, number=1, user=ada)
    write(project, "Two.")

    page = client.get(url("label", project)).content.decode()

    assert "data-changed" in page
    assert "Two.</ins>" in page


def test_heartbeat_tells_which_guidelines_hold(client, project):
    as_person(client, project, "annotator")
    write(project, "Two.")

    response = client.post(url("heartbeat", project))

    assert (response.status_code, response.headers["X-Guidelines"]) == (204, "2")


def test_guidelines_cost_the_label_page_one_statement_more_and_two_after_a_change(
    client, project, django_assert_max_num_queries
):
    ada = as_person(client, project, "annotator")
    client.get(url("label", project))
    # Who asks, the desk, the guidelines, what a lead has to say, and three for how the day goes and
    # what the budgets leave.
    with django_assert_max_num_queries(7):
        client.get(url("label", project))

    guidelines.mark_read(project=project, number=1, user=ada)
    write(project, "Two.")
    with django_assert_max_num_queries(8):
        client.get(url("label", project))


def test_lead_restores_a_version_from_the_history(client, project, lead):
    write(project, "Two.")
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")

    response = client.post(
        url("settings-guidelines-restore", project), {"number": "1"}, follow=True
    )

    page = response.content.decode()
    assert "Version 1 is what the guidelines say again." in page
    assert "brought back from version 1" in page
    project.refresh_from_db()
    assert project.guidelines == "One."


def test_wrong_version_is_refused_with_its_reason(client, project, lead):
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")

    response = client.post(
        url("settings-guidelines-restore", project), {"number": "1"}, follow=True
    )

    assert "Version 1 is the current one." in response.content.decode()


def test_settings_say_who_has_read_the_current_version(client, project, lead):
    ada = as_person(client, project, "annotator")
    guidelines.mark_read(project=project, number=1, user=ada)
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")

    page = client.get(url("settings", project)).content.decode()

    table = page.partition('id="guidelines"')[2].partition("</section>")[0]
    assert table.count(">Read<") == 1
    assert table.count("never opened them") == Membership.objects.count() - 1


def test_history_costs_the_same_however_many_versions(
    client, project, lead, django_assert_max_num_queries
):
    for number in range(20):
        write(project, f"Text {number}.")
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")

    with django_assert_max_num_queries(6):
        client.get(url("settings-guidelines", project))
