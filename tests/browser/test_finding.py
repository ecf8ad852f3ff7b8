"""A lead searches, picks and answers on the spot; the first round asks what they picked."""

import pytest
from playwright.sync_api import expect

from annotation.models import Assignment, Label, Run, Seed
from annotation.services import projects, runs
from selection import due
from selection.models import Round, SelectionConfig
from tests.factories import add_items, make_project, make_user
from tests.selection.test_retraining import texts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def project(lead):
    project = make_project(classes=("money", "parcel"), owner=lead, budget=200, is_active=False)
    add_items(project, 80, texts=texts(80))
    SelectionConfig.objects.create(
        project=project, config={"batch_size": 8, "reserve_size": 4, "cold_start": "expert"}
    )
    return project


def test_lead_searches_picks_answers_and_round_0_asks_the_picks(page, sign_in, lead, project):
    sign_in(lead)
    page.goto(f"/projects/{project.slug}/find/")
    page.keyboard.type("refund")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("items")
    assert all("refund" in each for each in page.locator(".found .clip").all_text_contents())
    rows = page.locator(".found > li")
    wanted = rows.nth(0).locator("input").get_attribute("value")
    spot = rows.nth(1).locator("input").get_attribute("value")

    rows.nth(0).locator("input").check()
    page.get_by_label("Likely", exact=True).select_option("money")
    page.get_by_role("button", name="Pick the ticked").click()
    expect(page.get_by_text("1 picked.")).to_be_visible()
    expect(rows.nth(0)).to_contain_text("Picked")

    rows.nth(1).get_by_role("link", name="Answer").click()
    expect(page.locator("#own-answer")).to_be_visible()
    # The keys' script runs after the form is drawn.
    page.wait_for_load_state()
    page.keyboard.press("1")
    expect(page.get_by_text("Your answer is recorded.")).to_be_visible()
    label = Label.objects.get()
    assert (label.item_id, label.purpose) == (int(spot), "seed")
    assert label.active_ms > 0

    page.goto(f"/projects/{project.slug}/seeds/")
    expect(page.get_by_text("1 of 2 waits")).to_be_visible()
    project.status = "draft"
    projects.set_status(project=project, status="active", actor=lead, now=label.created_at)
    due.look(project.pk)
    runs.execute.call(Run.objects.get(kind="round").pk)

    first = Round.objects.get()
    assert list(first.picks.filter(purpose="seed").values_list("item", flat=True)) == [int(wanted)]
    assert Assignment.objects.filter(batch__number=0, item=int(wanted)).exists()
    assert first.n_train == 1
    assert Seed.objects.count() == 2


def test_groups_are_looked_through_and_picked_from_on_a_phone(page, sign_in, lead, project):
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(lead)
    page.goto(f"/projects/{project.slug}/find/groups/")
    page.get_by_role("button", name="Look for groups").click()
    expect(page.get_by_role("heading", name="Looking for groups")).to_be_visible()

    runs.execute.call(Run.objects.get(kind="groups").pk)

    expect(page.locator(".groups-found > li").first).to_be_visible()
    page.get_by_role("link", name="Look through").first.click()
    page.locator(".found input").first.check()
    page.get_by_role("button", name="Pick the ticked").click()
    expect(page.get_by_text("1 picked.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
