"""The end of a session: signed in again where one is, and nothing lost or given to another."""

import pytest
from playwright.sync_api import expect

from annotation.models import Label
from annotation.services import projects
from tests.factories import make_user
from tests.support.desk import answers_of, make_labelled_project, open_desk, saved

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def annotator():
    return make_user("ada")


@pytest.fixture
def project(annotator):
    return make_labelled_project(annotator)


@pytest.fixture
def label_page(page, sign_in, annotator, project):
    sign_in(annotator)
    open_desk(page, project)
    return page


def waiting_in(page, n):
    return expect(page.locator("#saved")).to_contain_text(f"({n})")


def end_session(browser_context):
    browser_context.clear_cookies(name="sessionid")


def sign_in_here(page, name="ada", password="a quiet desk"):
    dialog = page.get_by_role("dialog", name="Sign in again")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Username").fill(name)
    dialog.get_by_label("Password").fill(password)
    dialog.get_by_role("button", name="Sign in", exact=True).click()
    return dialog


def test_session_that_ended_is_signed_in_in_place_and_the_answer_is_sent(
    label_page, browser_context, annotator
):
    end_session(browser_context)
    label_page.keyboard.press("1")

    dialog = sign_in_here(label_page)

    expect(dialog).to_be_hidden()
    saved(label_page)
    expect(label_page.locator(".work:not([hidden])")).to_be_focused()
    label_page.keyboard.press("2")
    saved(label_page)
    assert answers_of(annotator) == [("0", "yes"), ("1", "no")]


def test_all_cookies_gone_is_the_same(label_page, browser_context, annotator, page_problems):
    page_problems.allow("status of 403")
    browser_context.clear_cookies()
    label_page.keyboard.press("1")

    sign_in_here(label_page)

    saved(label_page)
    assert answers_of(annotator) == [("0", "yes")]


def test_rotated_csrf_token_delays_an_answer_and_loses_none(
    label_page, browser_context, annotator, page_problems
):
    page_problems.allow("status of 403")
    browser_context.clear_cookies(name="csrftoken")

    label_page.keyboard.press("1")

    saved(label_page)
    assert answers_of(annotator) == [("0", "yes")]


def test_wrong_password_is_said_in_the_dialog(label_page, browser_context, annotator):
    end_session(browser_context)
    label_page.keyboard.press("1")

    dialog = sign_in_here(label_page, password="wrong")

    expect(dialog.get_by_role("alert")).to_contain_text("name or the password is wrong")
    sign_in_here(label_page)
    saved(label_page)
    assert answers_of(annotator) == [("0", "yes")]


def test_too_many_tries_are_said_in_the_dialog(label_page, browser_context, page_problems):
    page_problems.allow("status of (403|429)")
    end_session(browser_context)
    label_page.keyboard.press("1")

    for _ in range(5):
        dialog = sign_in_here(label_page, password="wrong")
        expect(dialog.get_by_role("alert")).to_be_visible()
        expect(dialog.locator("form[aria-busy]")).to_have_count(0)

    expect(dialog.get_by_role("alert")).to_contain_text("quarter of an hour")


def test_somebody_else_who_signs_in_does_not_send_the_first_persons_answers(
    label_page, browser_context, annotator, project, page_problems
):
    page_problems.allow("status of 401")
    bob = make_user("bob")
    projects.set_role(project=project, user=bob, role="annotator", actor=None)
    end_session(browser_context)
    label_page.keyboard.press("1")

    dialog = sign_in_here(label_page, name="bob")

    expect(dialog.get_by_role("alert")).to_contain_text("Somebody else is signed in")
    expect(label_page.locator("#saved")).to_contain_text("somebody else is signed in (1)")
    assert Label.objects.count() == 0
    sign_in_here(label_page, name="ada")
    saved(label_page)
    assert answers_of(annotator) == [("0", "yes")]
    assert answers_of(bob) == []


def test_keys_pressed_while_the_dialog_is_open_answer_nothing(label_page, browser_context):
    end_session(browser_context)
    label_page.keyboard.press("1")
    expect(label_page.get_by_role("dialog")).to_be_visible()

    label_page.keyboard.press("2")

    waiting_in(label_page, 1)
    label_page.get_by_role("button", name="Later").click()
    expect(label_page.locator(".work:not([hidden])")).to_be_focused()
    label_page.keyboard.press("2")
    waiting_in(label_page, 2)
