"""Session, person, project and role in one statement, and never more than Django would allow."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from annotation.models import Assignment, LabelClass, Session
from annotation.services import projects
from annotation.services.projects import ClassDraft
from tests.factories import add_items, make_project, make_user, publish

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def person():
    return make_user("ada")


@pytest.fixture
def project(person):
    project = make_project()
    publish(project, add_items(project, 4))
    projects.set_role(project=project, user=person, role="annotator", actor=None)
    return project


@pytest.fixture
def browser(person):
    return signed_in(person)


def signed_in(person):
    browser = Client()
    browser.force_login(person, backend=BACKEND)
    return browser


def label_page(project):
    return reverse("label", args=[project.slug])


def another_browser_with_the_cookie_of(browser):
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = browser.cookies[
        settings.SESSION_COOKIE_NAME
    ].value
    return thief


def test_session_names_its_account(browser, person):
    assert Session.objects.get().user == person


def test_person_and_project_come_in_one_statement(browser, project):
    browser.get(label_page(project))

    with CaptureQueriesContext(connection) as seen:
        browser.post(reverse("leave", args=[project.slug]))

    # The statement of the seat, and the update of the leases.
    assert len(seen) == 2


def test_cookie_kept_beyond_the_sign_out_is_worth_nothing(browser, project):
    thief = another_browser_with_the_cookie_of(browser)
    assert thief.get(label_page(project)).status_code == 200

    browser.post(reverse("sign-out"))

    assert thief.get(label_page(project)).status_code == 302


def test_signing_out_leaves_other_devices_signed_in(browser, project, person):
    phone = signed_in(person)

    browser.post(reverse("sign-out"))

    assert phone.get(label_page(project)).status_code == 200


def test_changed_password_ends_sessions(browser, project, person):
    person.set_password("another quiet desk")
    person.save()

    assert browser.get(label_page(project)).status_code == 302
    assert not Session.objects.filter(user=person).exists()


def test_closed_account_is_out_at_once(browser, project, person):
    person.is_active = False
    person.save()

    assert browser.get(label_page(project)).status_code == 302


def test_session_that_ran_out_is_over(browser, project):
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert browser.get(label_page(project)).status_code == 302


def test_session_moved_to_another_account_is_not_believed(browser, project):
    other = make_user()
    projects.set_role(project=project, user=other, role="owner", actor=None)
    Session.objects.update(user=other)

    response = browser.get(reverse("settings", args=[project.slug]))

    # What the signed session says counts: she is still ada, an annotator.
    assert response.status_code == 404


def test_session_data_that_was_changed_signs_nobody_in(browser, project):
    Session.objects.update(session_data="eyJfYXV0aF91c2VyX2lkIjoiMSJ9:forged:forged")

    assert browser.get(label_page(project)).status_code == 302


def test_role_taken_away_counts_at_the_next_request(browser, project, person):
    assert browser.get(label_page(project)).status_code == 200

    projects.set_role(project=project, user=person, role=None, actor=None)

    assert browser.get(label_page(project)).status_code == 404


def test_role_in_one_project_opens_no_other(browser, project):
    assert browser.get(label_page(make_project())).status_code == 404
    assert browser.get(reverse("settings", args=[project.slug])).status_code == 404


def test_admin_without_a_role_sees_every_project(project):
    admin = signed_in(make_user(is_superuser=True))

    assert admin.get(label_page(project)).status_code == 200


def test_page_says_that_it_depends_on_who_asks(browser, project):
    response = browser.post(reverse("heartbeat", args=[project.slug]))

    assert "Cookie" in response["Vary"]


def test_classes_come_with_the_person_in_their_order(browser, project):
    names = ["Ärger “quoted”", "a\\b", "三", "<b>"]
    drafts = [ClassDraft(name) for name in names]
    projects.set_classes(project=project, drafts=drafts, actor=None)
    LabelClass.objects.filter(name="三").update(position=9)

    html = browser.get(label_page(project)).content.decode()

    shown = ["Ärger “quoted”", "a\\b", "&lt;b&gt;", "三"]
    places = [html.index(f'dir="auto">{name}<') for name in shown]
    assert places == sorted(places)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite's clock is the process's own")
def test_leases_go_by_the_clock_of_the_database(browser, project, monkeypatch):
    right = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: right + timedelta(hours=1))

    browser.get(label_page(project))

    until = Assignment.objects.filter(state="leased").first().leased_until
    assert until < right + timedelta(minutes=20)
