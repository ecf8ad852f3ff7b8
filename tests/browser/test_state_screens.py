"""Every page of a lead in the three states of a project, looked at by axe and kept for the docs."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from alapp.clock import database_now
from annotation.models import WorkerBeat
from tests.factories import make_user
from tests.support import lead_states
from tests.support.browser import keep

pytestmark = pytest.mark.django_db(transaction=True)

STATES = {
    "fresh": lead_states.fresh,
    "running": lead_states.running,
    "stopped": lead_states.stopped,
}
SAID = {
    "fresh": "The worker chooses the items to ask first",
    "running": "What was asked, beside the pool",
    "stopped": "Nobody is asked any more.",
}
# Of which pages the docs keep pictures, in which states; the others are looked at only.
KEPT = {"progress": tuple(STATES), "report": ("running", "stopped"), "people": ("running",),
        "budget": ("running",)}  # fmt: skip
PHONES = {("progress", "fresh"), ("progress", "running")}
PAGES = (*KEPT, "items", "queue", "rounds", "runs", "map", "what-if", "after", "settings",
         "selection-settings")  # fmt: skip


@pytest.fixture
def team(request, sign_in):
    owner = make_user("ada", is_superuser=True)
    sign_in(owner)
    now = database_now()
    WorkerBeat.objects.create(worker="one", started_at=now, seen_at=now)
    return STATES[request.param](owner)


def barriers(page):
    report = Axe().run(page)
    return [f"{v['id']} {v['nodes'][0]['html']}" for v in report.response["violations"]]


@pytest.mark.parametrize("team", STATES, indirect=True)
def test_screens_of_every_page_have_no_barrier(
    request, chromium, live_server, browser_context, team
):
    state = request.node.callspec.params["team"]
    found = []
    for width, scheme in ((1280, "light"), (390, "dark")):
        # axe adds styles of its own, which the policy refuses.
        context = chromium.new_context(
            base_url=live_server.url,
            bypass_csp=True,
            color_scheme=scheme,
            viewport={"width": width, "height": 900},
        )
        context.add_cookies(browser_context.cookies())
        page = context.new_page()
        for name in PAGES:
            page.goto(reverse(name, args=[team.project.slug]))
            expect(page.locator("h1")).to_be_visible()
            found += [f"{name} {width}: {each}" for each in barriers(page)]
            wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
            found += [f"{name}: wider than {width}"] if wide else []
            if state in KEPT.get(name, ()) and width > 390:
                keep(page, f"{name}-{state}")
            elif (name, state) in PHONES:
                keep(page, f"{name}-{state}-phone-dark")
        context.close()

    assert not found, "\n".join(found)


@pytest.mark.parametrize("team", STATES, indirect=True)
def test_progress_page_says_in_which_state_the_project_is(request, page, team):
    state = request.node.callspec.params["team"]

    page.goto(reverse("progress", args=[team.project.slug]))

    expect(page.get_by_text(SAID[state])).to_be_visible()
    has_curve = page.locator("#curve-plot canvas").count() == 1
    assert has_curve is (state != "fresh")


@pytest.mark.parametrize("team", ["running"], indirect=True)
def test_people_are_sorted_and_their_answers_found(page, team):
    page.goto(reverse("people", args=[team.project.slug]))

    page.get_by_role("link", name="Median answer").click()
    expect(page.locator("[aria-sort]")).to_contain_text("Median answer")
    expect(page.locator("tbody tr").first).to_contain_text("mia")
    page.get_by_role("link", name="priya").click()
    page.get_by_label("Answered class").select_option(label="3")
    page.get_by_role("button", name="Show").click()

    expect(page.get_by_role("heading", name="Answers of priya")).to_be_visible()
    names = page.locator("tbody .swatch").all_text_contents()
    assert names
    assert set(names) == {"3"}


@pytest.mark.parametrize("team", ["running"], indirect=True)
def test_spending_is_shown_in_another_unit_and_the_limit_raised_with_a_reason(page, team):
    page.goto(reverse("budget", args=[team.project.slug]))
    expect(page.locator("#daily-title")).to_have_text("96 labels in the last fortnight")

    page.locator("#daily").get_by_role("link", name="EUR").click()
    expect(page.locator("#daily-title")).to_contain_text("EUR in the last fortnight")
    expect(page.locator("#daily canvas")).to_be_visible()
    page.get_by_label("At most").fill("500")
    page.get_by_label("Why").fill("Two classes were added")
    page.get_by_role("button", name="Set limit").click()

    page.locator("summary", has_text="Changes of limits").click()
    expect(page.get_by_text("Two classes were added")).to_be_visible()
