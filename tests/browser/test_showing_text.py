"""Texts and table rows on the label page: long ones, marked words, Markdown, values by kind."""

import pytest
from playwright.sync_api import expect

from annotation.models import ItemPayload, Project
from tests.factories import add_items, make_user, publish
from tests.support.browser import keep
from tests.support.desk import make_labelled_project, open_desk, saved, text

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "\n".join(f"Line {n} of a long letter about a parcel that never came." for n in range(120))


@pytest.fixture
def annotator():
    return make_user("ada")


def make_texts(annotator, *texts, **fields):
    classes = fields.pop("classes", ("yes", "no"))
    project = make_labelled_project(annotator, n_items=0, classes=classes)
    Project.objects.filter(pk=project.pk).update(**fields)
    publish(project, add_items(project, len(texts), texts=texts), number=1)
    return project


def scrolled(page):
    return page.evaluate("scrollY")


def expect_scrolled(page, condition):
    page.wait_for_function(f"() => (y => {condition})(scrollY)")


def test_space_turns_pages_of_a_long_text_and_loses_no_line(page, sign_in, annotator):
    project = make_texts(annotator, LONG, "short")
    sign_in(annotator)
    open_desk(page, project)
    page.emulate_media(reduced_motion="reduce")
    answers = page.locator(".work:not([hidden]) .answers")

    seen_to = answers.bounding_box()["y"]
    page.keyboard.press("Space")
    expect_scrolled(page, "y > 100")

    # What stood just above the answers is still to be seen, near the top.
    assert 0 < seen_to - scrolled(page) < 100
    expect(answers).to_be_in_viewport(ratio=1)
    page.keyboard.press("Shift+Space")
    expect_scrolled(page, "y === 0")
    page.keyboard.press("ArrowDown")
    expect_scrolled(page, "y > 0")
    page.keyboard.press("1")
    expect(text(page)).to_have_text("short")


def test_hint_says_that_there_is_more_until_the_end_is_seen(page, sign_in, annotator):
    project = make_texts(annotator, LONG, "short")
    sign_in(annotator)
    open_desk(page, project)
    page.emulate_media(reduced_motion="reduce")
    hint = page.locator(".work:not([hidden]) .more-below")

    expect(hint).to_be_visible()
    keep(page, "label-long-text")
    hint.click()
    expect_scrolled(page, "y > 100")
    page.keyboard.press("End")

    expect(hint).to_be_hidden()
    page.keyboard.press("2")
    expect(text(page)).to_have_text("short")
    expect(hint).to_be_hidden()


def test_next_item_begins_at_its_top_and_undo_returns_to_the_place_left(page, sign_in, annotator):
    project = make_texts(annotator, LONG, LONG.replace("parcel", "letter"), "short")
    sign_in(annotator)
    open_desk(page, project)
    page.evaluate("scrollTo(0, 900)")
    expect_scrolled(page, "y === 900")
    page.wait_for_function("() => document.querySelector('[data-more]')")

    page.keyboard.press("1")
    expect(text(page)).to_contain_text("Line 0 of a long letter about a letter")
    assert scrolled(page) == 0
    saved(page)
    page.keyboard.press("u")

    expect(text(page)).to_contain_text("Line 0 of a long letter about a parcel")
    expect_scrolled(page, "y === 900")


def test_reloaded_page_is_where_it_was(page, sign_in, annotator):
    project = make_texts(annotator, LONG)
    sign_in(annotator)
    open_desk(page, project)
    page.evaluate("scrollTo(0, 700)")
    expect_scrolled(page, "y === 700")

    page.reload()

    expect_scrolled(page, "y === 700")


def test_two_hundred_thousand_characters_are_whole_and_the_page_stays_light(
    page, sign_in, annotator
):
    line = "Ein Satz über Rückgabe und Umtausch, der sich wiederholt, damit er lang wird. "
    huge = "\n".join(line * 3 + str(n) for n in range(880))
    assert len(huge) > 200_000
    project = make_texts(annotator, huge, "short", keywords="rückgabe\numtausch")
    sign_in(annotator)
    open_desk(page, project)

    assert page.locator(".work:not([hidden]) mark").count() == 880 * 6
    shown = text(page).evaluate("e => e.textContent")
    assert shown.replace("\n", "") == huge.replace("\n", "")
    # A change of class lays out what is seen, not the whole text: far under a frame of 50 ms.
    took = page.evaluate(
        """() => {
          const work = document.querySelector('.work:not([hidden])');
          const times = [];
          for (let n = 0; n < 9; n += 1) {
            const began = performance.now();
            work.hidden = true;
            document.body.getBoundingClientRect();
            work.hidden = false;
            document.body.getBoundingClientRect();
            times.push(performance.now() - began);
          }
          return times.sort((a, b) => a - b)[4];
        }"""
    )
    print(f"shown in {took:.1f} ms")
    assert took < 100
    page.keyboard.press("1")
    expect(text(page)).to_have_text("short")


def test_project_words_are_marked_and_nothing_else_changes(page, sign_in, annotator):
    said = "My REFUND never came; the credit\ncard was <b>charged</b> twice."
    project = make_texts(annotator, said, keywords="refund\ncredit card")
    sign_in(annotator)
    open_desk(page, project)

    expect(page.locator(".work:not([hidden]) mark")).to_have_text(["REFUND", "credit card"])
    assert text(page).evaluate("e => e.textContent") == said
    keep(page, "label-keywords")


def test_markdown_is_drawn_and_loads_no_picture(page, sign_in, annotator):
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    said = (
        "# Return\n\nA **refund** of `12 €`.\n\n![a cat](https://example.org/cat.png)\n\n<b>no</b>"
    )
    project = make_texts(annotator, said, text_format="markdown", keywords="refund")
    sign_in(annotator)
    open_desk(page, project)

    expect(text(page).locator("h1")).to_have_text("Return")
    expect(text(page).locator("strong mark")).to_have_text("refund")
    expect(text(page)).to_contain_text("a cat")
    expect(text(page)).to_contain_text("<b>no</b>")
    assert text(page).locator("img").count() == 0
    assert not [url for url in requests if "example.org" in url]


def test_right_to_left_text_runs_from_the_right(page, sign_in, annotator):
    project = make_texts(annotator, "أريد استرداد المال من فضلك", "plain", keywords="استرداد")
    sign_in(annotator)
    open_desk(page, project)

    assert text(page).evaluate("e => getComputedStyle(e).direction") == "rtl"
    expect(text(page).locator("mark")).to_have_text("استرداد")
    page.keyboard.press("1")
    expect(text(page)).to_have_text("plain")
    assert text(page).evaluate("e => getComputedStyle(e).direction") == "ltr"


ROW = {
    "weight": "12 kg",
    "amount": 1234567.5,
    "customer_id": 20240501,
    "paid": True,
    "due": "2024-02-29",
    "page": "https://example.org/order?a=1&b=2",
    "evil": "javascript:alert(1)",
    "note": "A complaint about a refund. " * 40,
    "comment": None,
    "arabic": "أريد استرداد المال",
}


@pytest.mark.parametrize("width", [390, 1280])
def test_row_shows_each_value_as_its_kind(page, sign_in, annotator, width):
    page.set_viewport_size({"width": width, "height": 844})
    project = make_texts(annotator, "", keywords="refund", field_order=list(ROW), modality="table")
    ItemPayload.objects.filter(item__project=project).update(fields=ROW)
    sign_in(annotator)
    open_desk(page, project)
    row = page.locator(".work:not([hidden]) .item-fields")
    value = {
        name: row.locator("dt", has_text=name).locator("xpath=following-sibling::dd[1]")
        for name in ROW
    }

    expect(row.locator("dt")).to_have_text(list(ROW))
    expect(value["weight"]).to_have_text("12 kg")
    expect(value["amount"]).to_have_text("1,234,567.5")
    expect(value["customer_id"]).to_have_text("20240501")
    expect(value["paid"]).to_have_text("Yes")
    expect(value["due"].locator("time")).to_have_attribute("datetime", "2024-02-29")
    expect(value["comment"]).to_have_text("empty")
    assert value["arabic"].evaluate("e => getComputedStyle(e).direction") == "rtl"
    link = value["page"].locator("a")
    expect(link).to_have_attribute("href", "https://example.org/order?a=1&b=2")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(link).to_have_attribute("target", "_blank")
    expect(value["evil"]).to_have_text("javascript:alert(1)")
    assert value["evil"].locator("a").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    keep(page, f"label-row-{width}")


def test_long_value_is_folded_and_opens_whole(page, sign_in, annotator):
    project = make_texts(annotator, "", keywords="refund", modality="table")
    ItemPayload.objects.filter(item__project=project).update(fields=ROW)
    sign_in(annotator)
    open_desk(page, project)
    fold = page.locator(".work:not([hidden]) details.long")
    folded = fold.bounding_box()["height"]

    fold.get_by_text("Show all").click()

    expect(fold.locator("mark").last).to_be_visible()
    assert fold.bounding_box()["height"] > 2 * folded
    fold.get_by_text("Show less").click()
    assert fold.bounding_box()["height"] == folded


def test_numbers_and_dates_are_written_as_the_language_does(page, sign_in, annotator):
    type(annotator).objects.filter(pk=annotator.pk).update(language="de")
    project = make_texts(annotator, "", modality="table")
    ItemPayload.objects.filter(item__project=project).update(
        fields={"amount": 1234567.5, "due": "2024-02-29"}
    )
    sign_in(annotator)
    open_desk(page, project)

    row = page.locator(".work:not([hidden]) .item-fields")
    expect(row).to_contain_text("1.234.567,5")
    expect(row).to_contain_text("29. Februar 2024")
