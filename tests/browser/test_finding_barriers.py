"""The pages of many items, of finding and of the seed set have no barrier that axe finds."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from annotation.models import Run
from annotation.services import groups, runs
from tests.factories import add_items, make_project, make_user
from tests.selection.test_retraining import texts
from tests.support.desk import saved
from tests.support.table import make_grouped_project, open_table

pytestmark = pytest.mark.django_db(transaction=True)
SCHEMES = ["light", "dark"]


def barriers(page):
    return [
        f"{page.url}: {each['id']} {each['nodes'][0]['html']}"
        for each in Axe().run(page).response["violations"]
    ]


@pytest.fixture(params=SCHEMES)
def open_page(request, chromium, live_server, browser_context):
    """Open a page of whoever is signed in, light or dark."""
    # axe adds styles of its own, which the policy refuses.
    context = chromium.new_context(
        base_url=live_server.url, color_scheme=request.param, bypass_csp=True
    )

    def opened():
        context.add_cookies(browser_context.cookies())
        return context.new_page()

    yield opened
    context.close()


def test_many_together_has_no_barrier(open_page, sign_in):
    ada = make_user("ada")
    project = make_grouped_project(ada)
    sign_in(ada)
    page = open_page()
    open_table(page, project)
    page.keyboard.press("Shift+ArrowRight")
    found = barriers(page)
    page.keyboard.press("1")
    saved(page)
    page.get_by_text("Just answered").click()
    found += barriers(page)
    page.get_by_role("button", name="Look closer").first.click()
    found += barriers(page)
    page.keyboard.press("Escape")
    page.context.clear_cookies(name="sessionid")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("1")
    expect(page.get_by_role("dialog", name="Sign in again")).to_be_visible()
    found += barriers(page)

    assert found == []


def test_finding_groups_and_the_seed_set_have_no_barrier(open_page, sign_in):
    lead = make_user("lead")
    project = make_project(classes=("money", "parcel"), owner=lead, budget=200, is_active=False)
    add_items(project, 80, texts=texts(80))
    sign_in(lead)
    page = open_page()
    found = []
    for name in ("find/groups/", "seeds/", "find/?words=zebra", "find/?words=%22"):
        page.goto(f"/projects/{project.slug}/{name}")
        found += barriers(page)
    groups.look(project=project, actor=lead)
    page.goto(f"/projects/{project.slug}/find/groups/")
    found += barriers(page)
    runs.execute.call(Run.objects.get(kind="groups").pk)
    page.goto(f"/projects/{project.slug}/find/groups/")
    found += barriers(page)
    page.get_by_role("link", name="Look through").first.click()
    found += barriers(page)
    page.locator(".found input").first.check()
    page.get_by_label("Likely", exact=True).select_option("money")
    page.get_by_role("button", name="Pick the ticked").click()
    expect(page.get_by_text("1 picked.")).to_be_visible()
    found += barriers(page)
    page.get_by_role("link", name="Answer").first.click()
    expect(page.locator("#own-answer")).to_be_visible()
    found += barriers(page)
    page.goto(f"/projects/{project.slug}/seeds/")
    found += barriers(page)

    assert found == []
