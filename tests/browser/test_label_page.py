"""The label page in a real browser, as people use it: by keyboard and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from annotation.models import Label, Skip
from tests.factories import add_items, make_user, publish
from tests.support.desk import answers_of, make_labelled_project, open_desk, saved, text

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def annotator():
    return make_user("ada")


def test_five_items_are_labelled_by_keyboard_only(page, sign_in, annotator):
    project = make_labelled_project(annotator)
    sign_in(annotator)
    open_desk(page, project)

    for place, key in enumerate("12112"):
        expect(text(page)).to_have_text(f"text {place}")
        page.keyboard.press(key)
    expect(text(page)).to_have_text("text 5")
    saved(page)

    assert answers_of(annotator) == [
        ("0", "yes"), ("1", "no"), ("2", "yes"), ("3", "yes"), ("4", "no")
    ]  # fmt: skip
    expect(page.locator("#desk-progress")).to_contain_text("5 of 8 in this batch")


def test_wrong_key_does_nothing(page, sign_in, annotator):
    project = make_labelled_project(annotator)
    sign_in(annotator)
    open_desk(page, project)

    for key in ("x", "3", "Enter", "Space", "Control+1", "Alt+1", "Meta+1"):
        page.keyboard.press(key)
    page.keyboard.press("1")

    expect(text(page)).to_have_text("text 1")
    saved(page)
    assert Label.objects.count() == 1


def test_undo_brings_the_item_back_with_its_answer_marked(page, sign_in, annotator):
    project = make_labelled_project(annotator)
    sign_in(annotator)
    open_desk(page, project)
    page.keyboard.press("1")
    expect(text(page)).to_have_text("text 1")

    page.keyboard.press("u")

    expect(text(page)).to_have_text("text 0")
    expect(page.locator(".work:not([hidden]) [data-earlier]")).to_contain_text("yes")
    page.keyboard.press("2")
    expect(text(page)).to_have_text("text 1")
    saved(page)
    assert answers_of(annotator) == [("0", "no")]


def test_undoing_twice_goes_back_two_items_and_forward_again(page, sign_in, annotator):
    project = make_labelled_project(annotator)
    sign_in(annotator)
    open_desk(page, project)
    for place in range(3):
        expect(text(page)).to_have_text(f"text {place}")
        page.keyboard.press("1")

    for place in (2, 1):
        page.keyboard.press("u")
        expect(text(page)).to_have_text(f"text {place}")
    for place in (1, 2, 3):
        expect(text(page)).to_have_text(f"text {place}")
        page.keyboard.press("2")

    expect(text(page)).to_have_text("text 4")
    saved(page)
    assert [answer[1] for answer in answers_of(annotator)] == ["yes", "no", "no", "no"]


def test_undo_with_nothing_to_take_back_says_so(page, sign_in, annotator, page_problems):
    page_problems.allow("status of 409")
    project = make_labelled_project(annotator)
    sign_in(annotator)
    open_desk(page, project)

    page.keyboard.press("Backspace")

    expect(page.locator("#desk-message")).to_contain_text("no answer of yours to take back")
    page.keyboard.press("1")
    expect(text(page)).to_have_text("text 1")


def test_skip_asks_for_the_reason_and_the_item_does_not_come_back(page, sign_in, annotator):
    project = make_labelled_project(annotator, n_items=2)
    sign_in(annotator)
    open_desk(page, project)

    page.keyboard.press("s")
    page.keyboard.press("3")

    expect(text(page)).to_have_text("text 1")
    saved(page)
    assert Skip.objects.get().reason == "no_class"
    assert Label.objects.count() == 0


def test_escape_closes_the_skip_menu_and_class_keys_work_again(page, sign_in, annotator):
    project = make_labelled_project(annotator)
    sign_in(annotator)
    open_desk(page, project)

    page.keyboard.press("s")
    page.keyboard.press("Escape")
    page.keyboard.press("2")

    expect(text(page)).to_have_text("text 1")
    saved(page)
    assert answers_of(annotator) == [("0", "no")]


def test_refresh_keeps_the_same_item(page, sign_in, annotator):
    project = make_labelled_project(annotator)
    sign_in(annotator)
    open_desk(page, project)
    page.keyboard.press("1")
    saved(page)

    page.reload()

    expect(text(page)).to_have_text("text 1")


def test_several_classes_are_toggled_and_sent_with_enter(page, sign_in, annotator):
    project = make_labelled_project(annotator, classes=("a1", "b1", "c1"), task="multi")
    sign_in(annotator)
    open_desk(page, project)

    for key in ("1", "2", "3", "2", "Enter"):
        page.keyboard.press(key)
    expect(text(page)).to_have_text("text 1")
    page.keyboard.press("Enter")

    expect(text(page)).to_have_text("text 2")
    saved(page)
    assert answers_of(annotator) == [("0", "a1", "c1"), ("1",)]


def test_help_lists_the_keys_and_lets_no_answer_through(page, sign_in, annotator):
    project = make_labelled_project(annotator)
    sign_in(annotator)
    open_desk(page, project)

    page.keyboard.press("?")
    expect(page.locator("#help")).to_contain_text("Undo the last answer")
    page.keyboard.press("1")
    page.keyboard.press("Escape")

    expect(page.locator("#help")).to_be_hidden()
    expect(text(page)).to_have_text("text 0")


def test_hostile_text_and_names_are_shown_as_text(page, sign_in, annotator):
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    project = make_labelled_project(
        annotator, n_items=0, classes=(hostile, "no"), guidelines=f"# {hostile}\n[x](javascript:1)"
    )
    publish(project, add_items(project, 1, texts=[hostile]), number=1)
    sign_in(annotator)
    open_desk(page, project)
    page.keyboard.press("g")

    expect(text(page)).to_have_text(hostile)
    expect(page.locator(".choice").first).to_contain_text(hostile)
    expect(page.locator("#guidelines h1")).to_have_text(hostile)
    assert page.locator("#guidelines a").count() == 0


def test_first_item_appears_by_itself_when_work_arrives(page, sign_in, annotator):
    project = make_labelled_project(annotator, n_items=0)
    sign_in(annotator)
    open_desk(page, project)
    expect(page.locator("#desk-state")).to_contain_text("Nothing left for you")

    publish(project, add_items(project, 3), number=1)

    expect(text(page)).to_have_text("text 0")
    expect(page.locator("#desk-state")).to_be_hidden()
    page.keyboard.press("1")
    expect(text(page)).to_have_text("text 1")


def test_last_answer_is_followed_by_a_page_that_says_so(page, sign_in, annotator):
    project = make_labelled_project(annotator, n_items=1)
    sign_in(annotator)
    open_desk(page, project)

    page.keyboard.press("1")

    expect(page.locator("#desk-state")).to_contain_text("Nothing left for you")
    page.keyboard.press("u")
    expect(text(page)).to_have_text("text 0")
    expect(page.locator("#desk-state")).to_be_hidden()


def test_pause_ends_the_work_in_hand_and_going_on_brings_it_back(page, sign_in, annotator):
    project = make_labelled_project(annotator)
    sign_in(annotator)
    open_desk(page, project)
    type(project).objects.update(status="paused")

    page.keyboard.press("1")

    expect(page.locator("#desk-state")).to_contain_text("Paused")
    expect(page.locator("[data-card]")).to_have_count(0)
    type(project).objects.update(status="active")
    expect(text(page)).to_have_text("text 1")
    assert answers_of(annotator) == [("0", "yes")]


def test_active_time_is_measured(page, sign_in, annotator):
    project = make_labelled_project(annotator)
    sign_in(annotator)
    open_desk(page, project)
    page.wait_for_timeout(300)

    page.keyboard.press("1")

    saved(page)
    label = Label.objects.get()
    assert 250 <= label.active_ms <= label.wall_ms < 5_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_phone_shows_item_and_classes_without_scrolling_sideways(page, sign_in, annotator, scheme):
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme=scheme)
    project = make_labelled_project(annotator, classes=[str(i) for i in range(10)])
    sign_in(annotator)
    open_desk(page, project)

    page.locator(".choice", has_text="7").first.click()

    expect(text(page)).to_have_text("text 1")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator(".work:not([hidden]) .choice").last).to_be_in_viewport()
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert re.findall(r"\d+", ground)[0] == {"light": "250", "dark": "19"}[scheme]


def test_many_classes_are_found_by_typing(page, sign_in, annotator):
    names = [f"class number {i}" for i in range(30)]
    project = make_labelled_project(annotator, classes=names)
    sign_in(annotator)
    open_desk(page, project)

    page.keyboard.press("/")
    page.keyboard.type("number 27")
    page.keyboard.press("Enter")

    expect(text(page)).to_have_text("text 1")
    saved(page)
    assert answers_of(annotator) == [("0", "class number 27")]
