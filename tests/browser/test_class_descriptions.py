"""What a class means: beside its button on hover and focus, and in the help."""

import pytest
from playwright.sync_api import expect

from annotation.models import LabelClass
from tests.factories import make_user
from tests.support.browser import keep
from tests.support.desk import make_labelled_project, open_desk, text

pytestmark = pytest.mark.django_db(transaction=True)

MEANING = "Money goes back to the customer,\nwhole or in part."


@pytest.fixture(params=["single", "multi"])
def project(request, annotator):
    project = make_labelled_project(annotator, task=request.param)
    LabelClass.objects.filter(project=project, name="yes").update(description=MEANING)
    return project


@pytest.fixture
def annotator():
    return make_user("ada")


def choice(page, name):
    return page.locator(".work:not([hidden]) .choice", has_text=name)


def tip(page):
    return page.get_by_role("tooltip")


def test_hover_shows_the_meaning_and_it_stays_while_one_reads_it(page, sign_in, annotator, project):
    sign_in(annotator)
    open_desk(page, project)

    choice(page, "yes").hover()
    expect(tip(page)).to_have_text(MEANING)
    keep(page, "label-tip")
    tip(page).hover()
    # Longer than it would take to go away.
    page.wait_for_timeout(400)
    expect(tip(page)).to_be_visible()
    page.mouse.move(2, 2)
    expect(tip(page)).to_be_hidden()


def test_keyboard_focus_shows_it_and_escape_sends_it_away(page, sign_in, annotator, project):
    sign_in(annotator)
    open_desk(page, project)

    while not choice(page, "yes").evaluate("e => e.contains(document.activeElement)"):
        page.keyboard.press("Tab")
    expect(tip(page)).to_have_text(MEANING)
    page.keyboard.press("Escape")
    expect(tip(page)).to_be_hidden()
    assert choice(page, "yes").evaluate("e => e.contains(document.activeElement)")
    page.keyboard.press("Tab")
    expect(tip(page)).to_be_hidden()


def test_screen_readers_are_told_with_the_button(page, sign_in, annotator, project):
    sign_in(annotator)
    open_desk(page, project)

    role = {"single": "button", "multi": "checkbox"}[project.task]
    button = page.get_by_role(role, name="yes")
    expect(button).to_have_accessible_description(MEANING.replace("\n", " "))
    expect(page.get_by_role(role, name="no")).to_have_accessible_description("")


def test_class_without_a_meaning_shows_nothing(page, sign_in, annotator, project):
    sign_in(annotator)
    open_desk(page, project)

    choice(page, "no").hover()
    page.wait_for_timeout(500)

    expect(tip(page)).to_have_count(0)


def test_answer_takes_the_tip_along(page, sign_in, annotator, project):
    sign_in(annotator)
    open_desk(page, project)
    choice(page, "yes").hover()
    expect(tip(page)).to_be_visible()

    page.keyboard.press("1")
    page.keyboard.press("Enter")

    expect(text(page)).not_to_have_text("text 0")
    expect(tip(page)).to_be_hidden()


def test_help_says_what_classes_mean(page, sign_in, annotator, project):
    sign_in(annotator)
    open_desk(page, project)

    page.keyboard.press("?")

    expect(page.locator("#help")).to_contain_text("Money goes back")
