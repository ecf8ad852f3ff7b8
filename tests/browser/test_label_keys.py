"""Keys on every keyboard, flags and comments, focus that is never lost, two people at once."""

import pytest
from playwright.sync_api import expect

from annotation.models import Label, Remark
from annotation.services import labels, projects
from tests.factories import make_user
from tests.support.desk import answers_of, make_labelled_project, open_desk, saved, text

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def annotator():
    return make_user("ada")


@pytest.fixture
def project(annotator):
    return make_labelled_project(annotator, n_items=30)


@pytest.fixture
def label_page(page, sign_in, annotator, project):
    sign_in(annotator)
    open_desk(page, project)
    return page


def press(page, key, code, **more):
    """Press a key of a keyboard with another layout than the test machine's."""
    page.evaluate(
        """(event) => document.activeElement.dispatchEvent(
            new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...event }))""",
        {"key": key, "code": code, **more},
    )


def card(page):
    return page.locator(".work:not([hidden])")


def go_on(page, key, place):
    page.keyboard.press(key)
    expect(text(page)).to_have_text(f"text {place}")


@pytest.mark.parametrize(
    ("key", "code"),
    [("é", "Digit2"), ("ě", "Digit2"), ("2", "Numpad2"), ("٢", "Digit2")],
    ids=["French", "Czech", "number pad", "Arabic"],
)
def test_row_of_digits_answers_on_every_layout(label_page, annotator, key, code):
    press(label_page, key, code)

    expect(text(label_page)).to_have_text("text 1")
    saved(label_page)
    assert answers_of(annotator) == [("0", "no")]


def test_shift_types_the_digit_on_a_french_keyboard(label_page, annotator):
    press(label_page, "2", "Digit2", shiftKey=True)

    expect(text(label_page)).to_have_text("text 1")
    saved(label_page)
    assert answers_of(annotator) == [("0", "no")]


def test_letters_work_where_they_are_not_latin(label_page, annotator):
    go_on(label_page, "1", 1)

    press(label_page, "\u0433", "KeyU")  # Russian, where an English U lies

    expect(text(label_page)).to_have_text("text 0")


def test_place_of_a_key_does_not_count_where_letters_are_latin(label_page):
    # A French A lies where an English Q does; an accented letter is nobody's command.
    for key, code in (("ü", "KeyU"), ("Shift", "ShiftLeft"), ("Dead", "KeyU")):
        press(label_page, key, code)

    expect(text(label_page)).to_have_text("text 0")
    assert Label.objects.count() == 0


def test_character_typed_with_altgr_is_a_key_and_a_command_of_the_browser_is_none(label_page):
    press(label_page, "?", "Minus", ctrlKey=True, altKey=True)
    expect(label_page.locator("#help")).to_be_hidden()

    press(label_page, "?", "Minus", ctrlKey=True, altKey=True, modifierAltGraph=True)

    expect(label_page.locator("#help")).to_be_visible()


def test_keys_are_said_to_screen_readers(label_page):
    first = card(label_page)

    expect(first.locator(".choice").first).to_have_attribute("aria-keyshortcuts", "1")
    undo = first.get_by_role("button", name="Undo")
    expect(undo).to_have_attribute("aria-keyshortcuts", "u Backspace")


def test_next_saved_and_undone_are_announced(label_page):
    announced = label_page.locator("#announce[role=status]")
    go_on(label_page, "1", 1)
    expect(announced).to_have_text("Next item")
    expect(label_page.locator("#saved[role=status]")).to_contain_text("Saved")

    label_page.keyboard.press("u")

    expect(announced).to_have_text("Undone")


# Confirmed answers


def test_key_only_chooses_where_answers_are_confirmed(page, sign_in, annotator):
    project = make_labelled_project(annotator)
    type(project).objects.update(confirm_answers=True)
    sign_in(annotator)
    open_desk(page, project)

    page.keyboard.press("1")
    page.keyboard.press("2")
    expect(text(page)).to_have_text("text 0")
    expect(card(page).get_by_role("radio", name="no")).to_be_checked()
    page.keyboard.press("Enter")

    expect(text(page)).to_have_text("text 1")
    saved(page)
    assert answers_of(annotator) == [("0", "no")]


def test_enter_without_a_choice_sends_nothing_where_answers_are_confirmed(page, sign_in, annotator):
    project = make_labelled_project(annotator)
    type(project).objects.update(confirm_answers=True)
    sign_in(annotator)
    open_desk(page, project)

    page.keyboard.press("Enter")
    page.keyboard.press("1")
    page.keyboard.press("Enter")

    expect(text(page)).to_have_text("text 1")
    saved(page)
    assert Label.objects.count() == 1


# Undo


def test_twenty_answers_are_undone_one_after_another(label_page, annotator):
    for place in range(1, 22):
        go_on(label_page, "1", place)
    saved(label_page)

    for place in range(20, 0, -1):
        go_on(label_page, "u", place)

    saved(label_page)
    assert answers_of(annotator) == [("0", "yes")]
    for place in range(2, 22):
        go_on(label_page, "2", place)
    saved(label_page)
    assert [answer[1] for answer in answers_of(annotator)] == ["yes"] + 20 * ["no"]


# Flags and comments


def test_flag_keeps_the_item_and_comment_goes_with_enter(label_page, annotator):
    label_page.keyboard.press("f")
    label_page.keyboard.press("1")
    expect(label_page.locator("#announce")).to_have_text("Flagged")
    expect(card(label_page)).to_be_focused()
    label_page.keyboard.press("c")
    expect(card(label_page).get_by_role("textbox")).to_be_focused()
    label_page.keyboard.type("u and 1 are letters here")
    label_page.keyboard.press("Enter")
    expect(label_page.locator("#announce")).to_have_text("Comment sent")
    expect(card(label_page)).to_be_focused()

    saved(label_page)
    said = list(Remark.objects.order_by("pk").values_list("kind", "text"))
    assert said == [("wrong_data", ""), ("comment", "u and 1 are letters here")]
    expect(text(label_page)).to_have_text("text 0")
    assert Label.objects.count() == 0


def test_comment_has_the_focus_before_the_next_key_can_come(label_page):
    # Typed at once: the first letters must not fall to the keys.
    open_now = """() => {
      document.querySelector('[data-card]:not([hidden]) details.comment summary').click();
      return document.activeElement.matches('[data-comment]');
    }"""

    assert label_page.evaluate(open_now)


def test_escape_leaves_the_comment_and_the_keys_answer_again(label_page, annotator):
    label_page.keyboard.press("c")
    label_page.keyboard.type("hm")
    label_page.keyboard.press("Escape")
    expect(card(label_page)).to_be_focused()

    go_on(label_page, "2", 1)

    saved(label_page)
    assert answers_of(annotator) == [("0", "no")]
    # What was written is not lost with its card.
    assert Remark.objects.get().text == "hm"


# Focus


def test_focus_is_on_the_card_or_the_dialog_after_everything(label_page):
    focused = label_page.evaluate_handle("() => document.activeElement")
    steps = (
        lambda: label_page.keyboard.press("1"),
        lambda: card(label_page).locator(".choice").first.click(),
        lambda: label_page.keyboard.press("u"),
        lambda: card(label_page).get_by_role("button", name="Undo").click(),
        lambda: (label_page.keyboard.press("s"), label_page.keyboard.press("1")),
        lambda: (label_page.keyboard.press("f"), label_page.keyboard.press("3")),
        lambda: (label_page.keyboard.press("c"), label_page.keyboard.press("Escape")),
        lambda: (label_page.keyboard.press("?"), label_page.keyboard.press("Escape")),
        lambda: (
            label_page.get_by_role("button", name="Keys and classes").click(),
            label_page.keyboard.press("Escape"),
        ),
    )
    assert focused

    for step in steps:
        step()
        saved(label_page)
        expect(card(label_page)).to_be_focused()
    label_page.keyboard.press("?")
    expect(label_page.locator("#help :focus")).to_be_visible()


def test_focus_is_on_what_stands_in_place_of_the_last_card(page, sign_in, annotator):
    project = make_labelled_project(annotator, n_items=1)
    sign_in(annotator)
    open_desk(page, project)

    page.keyboard.press("1")

    expect(page.locator("#desk-state")).to_contain_text("Nothing left for you")
    expect(page.locator("#desk-state, #desk-waiting").locator("visible=true")).to_be_focused()
    page.keyboard.press("u")
    expect(card(page)).to_be_focused()


# Two people


@pytest.fixture
def elsewhere(chromium, live_server):
    """A page of another browser, signed in by the ordinary form."""
    context = chromium.new_context(base_url=live_server.url)
    yield context.new_page()
    context.close()


def test_two_people_in_two_browsers_never_get_the_same_item(
    label_page, elsewhere, annotator, project
):
    bob, theirs = make_user("bob"), elsewhere
    projects.set_role(project=project, user=bob, role="annotator", actor=None)
    theirs.goto("/sign-in/")
    theirs.get_by_label("Username").fill("bob")
    theirs.get_by_label("Password").fill("a quiet desk")
    theirs.get_by_role("button", name="Sign in", exact=True).click()
    theirs.wait_for_url("/")
    open_desk(theirs, project)

    for _ in range(6):
        for each in (label_page, theirs):
            shown = text(each).inner_text()
            each.keyboard.press("1")
            expect(text(each)).not_to_have_text(shown)
    saved(label_page)
    saved(theirs)

    items = [label.item_id for label in Label.objects.current()]
    assert len(items) == len(set(items)) == 12
    assert len(answers_of(annotator)) == len(answers_of(bob)) == 6
    assert labels.undoable(project=project, annotator=bob)


@pytest.mark.parametrize("width", [390, 1280])
def test_tab_goes_from_the_item_over_its_answers_to_its_tools_and_the_bar(label_page, width):
    label_page.set_viewport_size({"width": width, "height": 844})
    name = """() => {
      const { ariaLabel, innerText } = document.activeElement;
      return ariaLabel || innerText.trim() || 'nothing';
    }"""

    names = []
    for _ in range(14):
        names.append(label_page.evaluate(name).split()[0])
        label_page.keyboard.press("Tab")

    assert names[:7] == ["Item", "yes", "no", "Undo", "Flag", "Comment", "Skip"]
    # Over the end of the page to its beginning, and again to the answers: no trap, and nothing of
    # the card that waits behind this one.
    assert "Menu" in names[8:]
    assert names[names.index("Menu") + 1] == "yes"
