"""What makes the label page calm: breaks, patience, keys on small screens, contrast."""

import itertools

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from annotation.models import User
from tests.factories import make_project, make_user
from tests.support.desk import make_labelled_project, open_desk

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}
LOOKS = """
window.looks = [];
document.addEventListener('htmx:beforeRequest', () => window.looks.push(Date.now()));
"""


@pytest.fixture
def annotator(sign_in):
    user = make_user("ada")
    sign_in(user)
    return user


@pytest.fixture
def project(annotator):
    return make_labelled_project(annotator, n_items=8)


def card(page):
    return page.locator(".work:not([hidden])")


# Breaks and patience


def test_break_is_suggested_after_the_minutes_chosen_and_dismissed(page, annotator, project):
    User.objects.filter(pk=annotator.pk).update(break_minutes=30)
    page.clock.install()
    open_desk(page, project)
    hint = page.locator("#break-hint")

    for _ in range(28):  # 50 s each: 23 minutes
        page.keyboard.press("Shift")
        page.clock.run_for(50_000)
    expect(hint).to_be_hidden()
    for _ in range(9):  # 31 minutes
        page.keyboard.press("Shift")
        page.clock.run_for(50_000)
    expect(hint).to_contain_text("for 30 minutes")
    hint.get_by_role("button", name="Dismiss").click()

    expect(hint).to_be_hidden()
    expect(card(page)).to_be_focused()


def test_waiting_page_looks_less_and_less_often(page, annotator):
    project = make_project(owner=annotator)
    page.add_init_script(LOOKS)
    page.clock.install()
    page.goto(f"/projects/{project.slug}/label/")

    for _ in range(400):
        page.clock.run_for(500)
        looks = page.evaluate("window.looks")
        if len(looks) == 5:
            break

    pauses = [(after - before) / 1000 for before, after in itertools.pairwise(looks)]
    assert len(pauses) == 4
    # 3 s to the first, then twice as long each time.
    assert all(pause >= least for pause, least in zip(pauses, (6, 12, 24, 48), strict=True))


# Small screens


def test_key_of_the_help_works_on_a_narrow_screen(page, project):
    page.set_viewport_size(PHONE)
    open_desk(page, project)

    page.keyboard.press("?")

    expect(page.locator("#help")).to_be_visible()


# Contrast


@pytest.mark.parametrize("choice", ["High contrast, light", "High contrast, dark"])
def test_high_contrast_is_chosen_and_has_no_barrier(
    chromium, live_server, browser_context, project, choice
):
    # axe adds styles of its own, which the policy refuses.
    context = chromium.new_context(base_url=live_server.url, bypass_csp=True)
    context.add_cookies(browser_context.cookies())
    page = context.new_page()
    page.goto("/account/")
    page.get_by_label(choice).check()
    page.get_by_role("button", name="Use this appearance").click()
    found = []

    for path in ("/account/", f"/projects/{project.slug}/label/"):
        page.goto(path)
        grounds = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        report = Axe().run(page, options={"rules": {"color-contrast-enhanced": {"enabled": True}}})
        found += [
            f"{each['id']} {each['nodes'][0]['html']}" for each in report.response["violations"]
        ]
        assert grounds == ("rgb(255, 255, 255)" if "light" in choice else "rgb(0, 0, 0)")

    assert found == []
    context.close()


def test_contrast_the_system_asks_for_is_given(page, project):
    page.emulate_media(contrast="more", color_scheme="dark")
    open_desk(page, project)

    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert ground == "rgb(0, 0, 0)"


def test_colours_of_the_system_show_a_choice_by_its_outline(page, annotator):
    project = make_labelled_project(annotator, task="multi")
    page.emulate_media(forced_colors="active")
    open_desk(page, project)

    page.keyboard.press("1")

    chosen, other = (card(page).locator(".choice").nth(place) for place in (0, 1))
    width = "(each) => getComputedStyle(each).outlineWidth + getComputedStyle(each).outlineStyle"
    assert chosen.evaluate(width) == "3pxsolid"
    assert "none" in other.evaluate(width)
