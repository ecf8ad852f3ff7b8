"""Keys of one's own in a real browser: pressed, refused, saved, and used on the label page."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_showing_barriers import barriers
from tests.browser.test_showing_barriers import viewed as viewed
from tests.factories import make_user
from tests.support.browser import keep
from tests.support.desk import answers_of, make_labelled_project, open_desk, saved, text

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def annotator():
    return make_user("ada")


def field(page, name):
    return page.locator(f"#key-{name}")


def press_for(page, name, key):
    page.locator(f"[data-action]:has(#key-{name})").get_by_role("button").click()
    page.keyboard.press(key)


def open_keys(page):
    page.goto("/account/keys/")
    expect(page.get_by_role("button", name="Press a key: Undo")).to_be_visible()


def test_pressed_key_works_on_the_label_page_and_stands_in_its_help(page, sign_in, annotator):
    project = make_labelled_project(annotator)
    sign_in(annotator)
    open_desk(page, project)
    page.keyboard.press("?")
    page.get_by_role("link", name="Change my keys").click()
    page.wait_for_url("**/account/keys/")

    press_for(page, "undo", "Shift+Z")
    expect(field(page, "undo")).to_have_value("z")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#flashes")).to_contain_text("Your keys are saved.")

    open_desk(page, project)
    page.keyboard.press("1")
    expect(text(page)).to_have_text("text 1")
    page.keyboard.press("u")
    page.keyboard.press("z")
    expect(text(page)).to_have_text("text 0")
    saved(page)
    assert answers_of(annotator) == []
    page.keyboard.press("?")
    undo = page.locator("#help dt", has=page.locator("kbd", has_text="z"))
    expect(undo.locator("+ dd")).to_have_text("Undo the last answer")


def test_key_of_another_action_is_said_at_once_and_refused(page, sign_in, annotator, page_problems):
    page_problems.allow("status of 422")
    sign_in(annotator)
    open_keys(page)

    press_for(page, "flag", "s")

    why = "“s” is the key of “Skip, then a digit for the reason” already."
    expect(page.locator("#error-flag")).to_have_text(why)
    expect(field(page, "flag")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#error-skip")).to_be_empty()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved")
    expect(page.locator("#error-flag")).to_have_text(why)
    annotator.refresh_from_db()
    assert annotator.hotkeys == {}


def test_escape_and_tab_leave_the_keys_as_they_are(page, sign_in, annotator):
    sign_in(annotator)
    open_keys(page)

    for key in ("Escape", "Tab", "Shift"):
        press_for(page, "undo", key)
        expect(field(page, "undo")).to_have_value("u Backspace")


def test_keys_go_back_to_the_first(page, sign_in, annotator):
    annotator.hotkeys = {"undo": ["z"]}
    annotator.save(update_fields=["hotkeys"])
    sign_in(annotator)
    open_keys(page)
    expect(field(page, "undo")).to_have_value("z")

    page.get_by_role("button", name="Back to the first keys").click()

    expect(field(page, "undo")).to_have_value("u Backspace")


def test_keys_have_no_barrier(viewed, annotator):
    open_keys(viewed)
    press_for(viewed, "flag", "s")

    assert barriers(viewed) == []
    keep(viewed, "own-keys")
