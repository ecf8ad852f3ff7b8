"""No barrier that axe finds in how items, guidelines and reasons are shown, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from annotation.models import ItemPayload, LabelClass
from annotation.services import guidelines, projects
from tests.browser.test_reasons import make_asked
from tests.browser.test_showing_images import make_images, two_halves
from tests.browser.test_showing_text import LONG, ROW, make_texts
from tests.factories import make_user
from tests.support.desk import open_desk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def annotator():
    return make_user("ada")


@pytest.fixture(params=[(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")])
def viewed(request, chromium, live_server, browser_context, sign_in, annotator):
    """A page that axe may add its styles to, which the policy refuses."""
    width, scheme = request.param
    sign_in(annotator)
    context = chromium.new_context(
        base_url=live_server.url,
        color_scheme=scheme,
        bypass_csp=True,
        viewport={"width": width, "height": 844},
    )
    context.add_cookies(browser_context.cookies())
    yield context.new_page()
    context.close()


def barriers(page):
    found = [
        f"{each['id']} {each['nodes'][0]['html']}"
        for each in Axe().run(page).response["violations"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append("wider than the window")
    return found


def test_pictures_have_no_barrier(viewed, annotator):
    project = make_images(annotator, two_halves(2000, 1000))
    open_desk(viewed, project)
    expect(viewed.get_by_role("toolbar")).to_be_visible()
    viewed.keyboard.press("+")

    assert barriers(viewed) == []


def test_rows_have_no_barrier(viewed, annotator):
    project = make_texts(annotator, "", keywords="refund", modality="table")
    ItemPayload.objects.filter(item__project=project).update(fields=ROW)
    open_desk(viewed, project)
    viewed.locator("details.long summary").click()

    assert barriers(viewed) == []


def test_long_texts_changed_guidelines_and_tips_have_no_barrier(viewed, annotator):
    project = make_texts(annotator, LONG, keywords="parcel")
    LabelClass.objects.filter(project=project).update(description="Money goes back.")
    for text in ("# How\n- one\n- two", "# How\n- one\n- three"):
        project.refresh_from_db()
        projects.describe(project=project, actor=None, guidelines=text)
    guidelines.mark_read(project=project, number=1, user=annotator)
    open_desk(viewed, project)
    expect(viewed.locator("[data-changed]")).to_be_visible()
    assert barriers(viewed) == []

    viewed.keyboard.press("g")
    viewed.locator(".work:not([hidden]) .choice").first.hover()
    expect(viewed.get_by_role("tooltip")).to_be_visible()

    assert barriers(viewed) == []


@pytest.mark.parametrize("show", ["before", "after"])
def test_reasons_have_no_barrier(viewed, annotator, show):
    project = make_asked(annotator, show)
    open_desk(viewed, project)
    if show == "after":
        viewed.keyboard.press("1")
    expect(viewed.get_by_text("between refund and exchange").first).to_be_visible()

    assert barriers(viewed) == []


def test_history_of_guidelines_has_no_barrier(viewed, annotator):
    project = make_texts(annotator, "x")
    projects.set_role(project=project, user=annotator, role="lead", actor=None)
    projects.describe(project=project, actor=annotator, guidelines="# How\n- one")
    for place in ("settings/guidelines/", "label/guidelines/", "settings/"):
        viewed.goto(f"/projects/{project.slug}/{place}")

        assert barriers(viewed) == []
