"""Swipes on touch screens, for those who switched them on."""

import pytest
from playwright.sync_api import expect

from annotation.services import accounts
from tests.factories import make_user
from tests.support.desk import answers_of, make_labelled_project, open_desk, saved, text

pytestmark = pytest.mark.django_db(transaction=True)
LEFT, RIGHT = -160, 160
WHY = ".work:not([hidden]) :text('Why? It goes to somebody else.')"


@pytest.fixture
def annotator():
    user = make_user("ada")
    accounts.choose_pace(user=user, break_minutes=50, swipes=True)
    return user


@pytest.fixture
def project(annotator):
    return make_labelled_project(annotator)


@pytest.fixture
def label_page(page, sign_in, annotator, project):
    page.set_viewport_size({"width": 390, "height": 844})
    page.context.new_cdp_session(page).send(
        "Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 5}
    )
    sign_in(annotator)
    open_desk(page, project)
    return page


def swipe(page, dx, dy=0):
    """Draw a finger over the item, as the browser hears of it from a touch screen."""
    touch = page.context.new_cdp_session(page)
    box = text(page).bounding_box()
    x, y = 195, box["y"] + box["height"] / 2

    def send(kind, *points):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    send("touchStart", {"x": x, "y": y})
    for step in range(1, 5):
        send("touchMove", {"x": x + dx * step / 4, "y": y + dy * step / 4})
    send("touchEnd")
    touch.detach()


def test_swipe_to_the_left_offers_to_skip_and_one_to_the_right_takes_back(label_page, annotator):
    swipe(label_page, LEFT)
    expect(label_page.locator(WHY)).to_be_visible()
    label_page.keyboard.press("Escape")

    label_page.keyboard.press("1")
    expect(text(label_page)).to_have_text("text 1")
    saved(label_page)
    swipe(label_page, RIGHT)

    expect(text(label_page)).to_have_text("text 0")
    saved(label_page)
    assert answers_of(annotator) == []


def test_stroke_that_scrolls_is_no_swipe(label_page):
    swipe(label_page, LEFT, dy=120)

    expect(label_page.locator(WHY)).to_be_hidden()


def test_swipe_to_the_right_is_not_the_browsers_way_back(label_page):
    style = "getComputedStyle(document.documentElement).overscrollBehaviorX"

    assert label_page.evaluate(style) == "none"
