"""The label page's outbox in a real browser: no answer is lost, none is doubled."""

import pytest
from playwright.sync_api import expect

from annotation.models import Label
from annotation.services import projects
from tests.factories import make_user
from tests.support.desk import answers_of, make_labelled_project, open_desk, saved, text

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def annotator():
    return make_user("ada")


def test_next_item_is_there_before_the_answer_has_arrived(page, sign_in, annotator):
    project = make_labelled_project(annotator)
    sign_in(annotator)
    open_desk(page, project)
    held = []
    page.route("**/answer/", lambda route: held.append(route))

    page.keyboard.press("1")

    expect(text(page)).to_have_text("text 1")
    assert Label.objects.count() == 0
    held[0].continue_()
    saved(page)


def test_answering_faster_than_the_server_loses_and_doubles_nothing(page, sign_in, annotator):
    project = make_labelled_project(annotator, n_items=60)
    sign_in(annotator)
    open_desk(page, project)
    shown = []
    page.on("request", lambda sent: shown.append(sent.url) if "answer" in sent.url else None)

    for _ in range(40):
        page.keyboard.press("1", delay=0)
    saved(page)

    n_answered = Label.objects.current().count()
    assert n_answered == len(shown) >= 2
    expect(text(page)).to_have_text(f"text {n_answered}")


def test_answers_given_without_a_net_arrive_once_when_it_is_back(
    page, browser_context, sign_in, annotator, page_problems
):
    page_problems.allow("ERR_INTERNET_DISCONNECTED")
    project = make_labelled_project(annotator)
    sign_in(annotator)
    open_desk(page, project)
    browser_context.set_offline(True)

    page.keyboard.press("1")
    expect(text(page)).to_have_text("text 1")
    page.keyboard.press("2")
    expect(page.locator("#saved")).to_contain_text("Not saved yet, trying again (2)")
    expect(page.locator("#desk-waiting")).to_be_visible()
    browser_context.set_offline(False)

    expect(text(page)).to_have_text("text 2")
    saved(page)
    assert answers_of(annotator) == [("0", "yes"), ("1", "no")]


def test_reply_that_got_lost_does_not_double_the_answer(page, sign_in, annotator, page_problems):
    page_problems.allow("ERR_FAILED")
    project = make_labelled_project(annotator)
    sign_in(annotator)
    open_desk(page, project)

    def lose_the_reply(route):
        route.fetch()
        route.abort()

    page.route("**/answer/", lose_the_reply, times=1)

    page.keyboard.press("1")

    expect(page.locator("#saved")).to_contain_text("Not saved yet")
    saved(page)
    expect(text(page)).to_have_text("text 1")
    assert Label.objects.count() == 1
    expect(page.locator("[data-card]")).to_have_count(2)


def test_answer_waits_for_somebody_to_sign_in_again(page, browser_context, sign_in, annotator):
    project = make_labelled_project(annotator)
    sign_in(annotator)
    open_desk(page, project)
    browser_context.clear_cookies(name="sessionid")

    page.keyboard.press("1")
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    sign_in(annotator)

    saved(page)
    expect(page.get_by_text("You are signed out.")).to_be_hidden()
    assert answers_of(annotator) == [("0", "yes")]


def test_answer_for_a_class_that_is_gone_is_refused_and_its_item_kept(
    page, sign_in, annotator, page_problems
):
    page_problems.allow("status of 422")
    project = make_labelled_project(annotator, n_items=1, classes=("a1", "b1", "c1"))
    sign_in(annotator)
    open_desk(page, project)
    kept = [projects.ClassDraft(each.name, id=each.pk) for each in project.classes.all()]
    projects.set_classes(project=project, drafts=kept[:2], actor=None)

    page.keyboard.press("3")

    expect(page.locator("#desk-message")).to_contain_text("is not one of this project's classes")
    page.keyboard.press("1")
    saved(page)
    assert answers_of(annotator) == [("0", "a1")]
