"""My answers in a real browser: by keyboard, by tap, without script; no barrier that axe finds."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from annotation.models import ItemPayload, Label
from annotation.services import corrections
from annotation.services.corrections import Change
from tests.browser.test_showing_barriers import barriers
from tests.browser.test_showing_barriers import viewed as viewed
from tests.factories import answer, claim, make_user
from tests.support.browser import keep
from tests.support.desk import answers_of, make_labelled_project, open_desk, text

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def annotator():
    return make_user("ada")


@pytest.fixture
def project(annotator):
    project = make_labelled_project(annotator, n_items=8)
    for _ in range(5):
        answer(project, annotator, claim(project, annotator))
    return project


def row(page, words):
    return page.locator("[data-row]", has_text=words)


def open_answers(page, project):
    page.goto(f"/projects/{project.slug}/label/answers/")
    expect(page.locator("[data-row]")).to_have_count(5)


def opened(page, words):
    """Wait until the page of one answer is there, with its keys."""
    expect(text_of_item(page)).to_have_text(words)
    expect(page.locator(".own-one")).to_be_focused()


def open_row(page, words):
    row(page, words).click()
    opened(page, words)


def test_answer_is_found_and_corrected_by_keyboard_only(page, sign_in, annotator, project):
    sign_in(annotator)
    open_desk(page, project)

    page.keyboard.press("F2")
    page.wait_for_url("**/answers/")
    page.keyboard.press("ArrowDown")
    expect(row(page, "text 4")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(row(page, "text 3")).to_be_focused()
    page.keyboard.press("Enter")
    opened(page, "text 3")
    page.keyboard.press("2")

    expect(page.locator("#flashes")).to_contain_text("Corrected: no.")
    # On with the one before.
    expect(row(page, "text 2")).to_be_focused()
    expect(row(page, "text 3")).to_contain_text("Corrected")
    assert [each[1] for each in answers_of(annotator)] == ["yes", "yes", "yes", "no", "yes"]
    page.wait_for_load_state()
    page.keyboard.press("Escape")
    expect(text(page)).to_be_visible()


def text_of_item(page):
    return page.locator(".own-one .item-text")


def test_escape_goes_back_to_the_row(page, sign_in, annotator, project):
    sign_in(annotator)
    open_answers(page, project)
    open_row(page, "text 2")

    page.keyboard.press("Escape")

    expect(row(page, "text 2")).to_be_focused()


def test_search_stays_while_what_it_found_is_put_right(page, sign_in, annotator, project):
    sign_in(annotator)
    open_answers(page, project)

    page.keyboard.press("/")
    page.keyboard.type("text 3")
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(1)
    row(page, "text 3").click()
    page.get_by_role("button", name="no").click()

    expect(page.locator("#flashes")).to_contain_text("Corrected: no.")
    expect(page.get_by_role("searchbox")).to_have_value("text 3")
    expect(page.locator("[data-row]")).to_have_count(1)
    page.get_by_role("combobox").select_option("yes")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("None of your answers fits.")).to_be_visible()


def test_answer_taken_back_lies_on_the_desk_with_what_was_said(page, sign_in, annotator, project):
    sign_in(annotator)
    open_answers(page, project)
    open_row(page, "text 1")

    page.keyboard.press("u")
    expect(row(page, "text 1")).to_contain_text("Taken back")
    page.wait_for_load_state()
    page.keyboard.press("Escape")

    expect(text(page)).to_have_text("text 1")
    earlier = page.locator(".work:not([hidden]) [data-earlier]")
    expect(earlier).to_contain_text("yes")


def test_of_two_tabs_the_second_is_told_and_shows_what_stands(
    page, sign_in, annotator, project, page_problems
):
    page_problems.allow("status of 409")
    sign_in(annotator)
    open_answers(page, project)
    open_row(page, "text 1")
    label = Label.objects.get(item__key="1")
    other = Change(project, label.pk, annotator, uuid4())
    corrections.revise(other, class_ids=[project.classes.last().pk])

    page.keyboard.press("1")

    expect(page.get_by_role("alert")).to_contain_text("changed this answer elsewhere")
    expect(page.locator(".own-now")).to_contain_text("no")
    opened(page, "text 1")
    page.keyboard.press("1")
    expect(page.locator("#flashes")).to_contain_text("Corrected: yes.")


def test_several_classes_are_ticked_and_saved_with_enter(page, sign_in, annotator):
    project = make_labelled_project(annotator, task="multi")
    answer(project, annotator, claim(project, annotator))
    sign_in(annotator)
    page.goto(f"/projects/{project.slug}/label/answers/")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    opened(page, "text 0")
    expect(page.get_by_role("checkbox", name="yes")).to_be_checked()

    page.keyboard.press("2")
    page.keyboard.press("Enter")

    expect(page.locator("#flashes")).to_contain_text("Corrected: yes, no.")
    assert answers_of(annotator) == [("0", "yes", "no")]


def test_everything_works_without_script(
    chromium, live_server, browser_context, sign_in, annotator, project
):
    sign_in(annotator)
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies(browser_context.cookies())
    page = context.new_page()
    open_answers(page, project)

    row(page, "text 0").click()
    page.get_by_role("button", name="no").click()
    expect(page.locator("#flashes")).to_contain_text("Corrected: no.")
    row(page, "text 0").click()
    page.get_by_role("button", name="Take it back").click()

    expect(row(page, "text 0")).to_contain_text("Taken back")
    context.close()


def test_my_answers_have_no_barrier(viewed, annotator, project):
    label = Label.objects.get(item__key="3")
    ItemPayload.objects.filter(item=label.item).update(text="A long headline " * 30)
    change = Change(project, label.pk, annotator, uuid4())
    corrections.revise(change, class_ids=[project.classes.last().pk])
    open_answers(viewed, project)
    assert barriers(viewed) == []
    look = viewed.evaluate("matchMedia('(prefers-color-scheme: dark)').matches ? '-dark' : ''")
    name = f"{'' if viewed.viewport_size['width'] > 400 else '-phone'}{look}"
    keep(viewed, f"my-answers{name}")

    viewed.locator("[data-row]").first.click()
    expect(text_of_item(viewed)).to_be_visible()

    assert barriers(viewed) == []
