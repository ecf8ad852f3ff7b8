"""What is answered stays: without a connection, over a closed tab, over the end of a session."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from annotation.models import Assignment, Label, Remark
from annotation.services import labels, projects
from tests.factories import NOW, make_user
from tests.support.desk import answers_of, make_labelled_project, open_desk, saved, text

pytestmark = pytest.mark.django_db(transaction=True)
NO_NET = "ERR_INTERNET_DISCONNECTED|ERR_FAILED"


@pytest.fixture
def annotator():
    return make_user("ada")


@pytest.fixture
def project(annotator):
    return make_labelled_project(annotator)


@pytest.fixture
def label_page(page, sign_in, annotator, project, page_problems):
    page_problems.allow(NO_NET)
    sign_in(annotator)
    open_desk(page, project)
    return page


def waiting_in(page, n):
    return expect(page.locator("#saved")).to_contain_text(f"({n})")


def cut(context):
    """No request gets through, also while a page closes.

    Not "set_offline": Chromium ends that before the page, which then hears that it is online.
    """
    context.route("**/*", lambda route: route.abort("internetdisconnected"))


def mend(context):
    context.unroute("**/*")


def test_tab_closed_without_a_net_sends_every_answer_once_at_the_next_visit(
    label_page, browser_context, annotator, project
):
    cut(browser_context)
    label_page.keyboard.press("1")
    expect(text(label_page)).to_have_text("text 1")
    label_page.keyboard.press("2")
    # The card has left: its answer is stored.
    expect(label_page.locator("#desk-waiting")).to_be_visible()
    label_page.close()
    assert Label.objects.count() == 0

    mend(browser_context)
    again = browser_context.new_page()
    open_desk(again, project)

    expect(text(again)).to_have_text("text 2")
    saved(again)
    assert answers_of(annotator) == [("0", "yes"), ("1", "no")]
    assert Label.objects.count() == 2


def test_card_whose_answer_waits_is_not_shown_after_a_reload(label_page, annotator):
    label_page.route("**/answer/", lambda route: route.abort())
    label_page.keyboard.press("1")
    waiting_in(label_page, 1)

    label_page.reload()

    expect(label_page.locator("#deck[data-ready]")).to_be_attached()
    expect(text(label_page)).to_have_text("text 1")
    label_page.unroute("**/answer/")
    saved(label_page)
    assert answers_of(annotator) == [("0", "yes")]


def test_answers_kept_in_the_plain_storage_survive_too(
    page, browser_context, sign_in, annotator, project, page_problems
):
    page_problems.allow(NO_NET)
    browser_context.add_init_script("delete window.indexedDB; delete Window.prototype.indexedDB")
    sign_in(annotator)
    open_desk(page, project)
    cut(browser_context)
    page.keyboard.press("2")
    waiting_in(page, 1)
    page.close()

    mend(browser_context)
    again = browser_context.new_page()
    open_desk(again, project)

    expect(text(again)).to_have_text("text 1")
    saved(again)
    assert answers_of(annotator) == [("0", "no")]


def test_what_somebody_else_left_is_neither_sent_nor_shown(
    label_page, browser_context, sign_in, annotator, project
):
    bob = make_user("bob")
    projects.set_role(project=project, user=bob, role="annotator", actor=None)
    cut(browser_context)
    label_page.keyboard.press("1")
    waiting_in(label_page, 1)
    label_page.close()
    mend(browser_context)

    sign_in(bob)
    theirs = browser_context.new_page()
    open_desk(theirs, project)
    theirs.keyboard.press("2")
    saved(theirs)

    assert answers_of(annotator) == []
    assert len(answers_of(bob)) == 1
    theirs.close()
    sign_in(annotator)
    mine = browser_context.new_page()
    open_desk(mine, project)
    saved(mine)
    assert answers_of(annotator) == [("0", "yes")]


def test_tab_that_is_open_sends_what_a_closed_one_left(
    label_page, browser_context, annotator, project
):
    label_page.route("**/answer/", lambda route: route.abort())
    label_page.keyboard.press("1")
    waiting_in(label_page, 1)
    other = browser_context.new_page()
    open_desk(other, project)
    assert Label.objects.count() == 0

    label_page.close()
    other.evaluate("dispatchEvent(new Event('focus'))")

    saved(other)
    assert answers_of(annotator) == [("0", "yes")]
    assert Label.objects.count() == 1


def test_refused_answer_of_an_earlier_visit_is_told_until_it_is_read(
    label_page, browser_context, annotator, project, page_problems
):
    page_problems.allow("status of 409")
    cut(browser_context)
    label_page.keyboard.press("1")
    waiting_in(label_page, 1)
    label_page.close()
    # Meanwhile the same person answered the item elsewhere.
    item = Assignment.objects.get(item__key="0")
    labels.record(
        project=project,
        assignment_id=item.pk,
        annotator=annotator,
        answer=labels.Answer([project.classes.all()[1].pk], uuid4()),
        now=NOW,
    )

    mend(browser_context)
    again = browser_context.new_page()
    open_desk(again, project)
    told = again.locator("#refused")
    expect(told).to_contain_text(
        "Not recorded: “text 0” (yes). You have answered this item already"
    )
    again.keyboard.press("2")
    saved(again)
    again.reload()

    expect(told).to_contain_text("text 0")
    told.get_by_role("button", name="I have read it").click()
    expect(told).to_be_hidden()
    again.reload()
    expect(again.locator("#deck[data-ready]")).to_be_attached()
    expect(told).to_be_hidden()
    assert answers_of(annotator) == [("0", "no"), ("1", "no")]


def test_flag_and_comment_given_without_a_net_arrive_once(
    label_page, browser_context, annotator, project
):
    cut(browser_context)
    label_page.keyboard.press("f")
    label_page.keyboard.press("2")
    label_page.keyboard.press("c")
    label_page.keyboard.type("No price 1 2")
    label_page.keyboard.press("Enter")
    label_page.keyboard.press("1")
    waiting_in(label_page, 3)
    expect(text(label_page)).to_have_text("text 1")
    label_page.close()

    mend(browser_context)
    again = browser_context.new_page()
    open_desk(again, project)
    saved(again)

    said = Remark.objects.order_by("pk").values_list("item__key", "kind", "text")
    assert list(said) == [("0", "guideline", ""), ("0", "comment", "No price 1 2")]
    assert answers_of(annotator) == [("0", "yes")]


def test_undo_without_a_net_brings_back_what_nobody_has_seen(
    label_page, browser_context, annotator
):
    browser_context.set_offline(True)
    label_page.keyboard.press("1")
    waiting_in(label_page, 1)
    label_page.keyboard.press("1")
    waiting_in(label_page, 2)

    label_page.keyboard.press("u")

    expect(text(label_page)).to_have_text("text 1")
    waiting_in(label_page, 1)
    label_page.keyboard.press("2")
    browser_context.set_offline(False)
    saved(label_page)
    assert answers_of(annotator) == [("0", "yes"), ("1", "no")]
    # Nothing had to be taken back on the server.
    assert Label.objects.count() == 2


def test_undo_of_an_answer_on_its_way_waits_and_hands_the_keys_back(
    label_page, browser_context, annotator
):
    browser_context.set_offline(True)
    label_page.keyboard.press("1")
    waiting_in(label_page, 1)

    label_page.keyboard.press("u")
    waiting_in(label_page, 2)
    label_page.keyboard.press("2")
    waiting_in(label_page, 3)
    browser_context.set_offline(False)

    # What came meanwhile stays under the annotator's hands; what was taken back comes next.
    saved(label_page)
    expect(text(label_page)).to_have_text("text 2")
    label_page.keyboard.press("2")
    expect(text(label_page)).to_have_text("text 0")
    saved(label_page)
    assert answers_of(annotator) == [("1", "no"), ("2", "no")]


# Slow and late


def test_key_shows_the_next_item_at_once_on_a_slow_network(label_page, annotator):
    held = []
    label_page.route("**/answer/", lambda route: held.append(route))

    painted = label_page.evaluate(
        """() => new Promise((resolve) => {
            const began = performance.now();
            document.addEventListener('card:shown', () => requestAnimationFrame(
                () => resolve(performance.now() - began)), { once: true });
            const key = { key: '1', code: 'Digit1', bubbles: true };
            document.activeElement.dispatchEvent(new KeyboardEvent('keydown', key));
        })"""
    )

    expect(text(label_page)).to_have_text("text 1")
    # 100 ms on an idle machine; the tests' machine has others to serve.
    assert painted < 1_000
    assert Label.objects.count() == 0
    held[0].continue_()
    saved(label_page)


def test_answer_given_after_its_lease_ran_out_is_kept(label_page, annotator, project):
    other = make_user("bob")
    Assignment.objects.filter(item__key="0").update(annotator=other)

    label_page.keyboard.press("1")

    saved(label_page)
    label = Label.objects.get()
    assert (label.item.key, label.annotator, label.is_extra) == ("0", annotator, True)


def test_skip_of_an_item_that_went_elsewhere_is_told(label_page, page_problems):
    page_problems.allow("status of 409")
    Assignment.objects.filter(item__key="0").update(annotator=make_user("bob"))

    label_page.keyboard.press("s")
    label_page.keyboard.press("2")

    told = label_page.locator("#refused")
    expect(told).to_contain_text("Not recorded: “text 0” (Skipped). This item is no longer yours")
    expect(text(label_page)).to_have_text("text 1")
