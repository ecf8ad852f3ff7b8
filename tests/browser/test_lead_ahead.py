"""What lies ahead, against random, when to stop: in a real browser, and a lead who goes on."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from annotation.models import AuditEntry
from selection.core.config import LoopConfig
from selection.models import GoneOn, Round
from tests.factories import make_project, make_user, publish
from tests.selection.test_prospects import COST, FORECAST, PRICE

pytestmark = pytest.mark.django_db(transaction=True)

AGAINST = {
    "state": "fewer", "value": 0.86, "n_train": 200, "labels": [310.0, 620.0, None],
    "audit": 120, "opinions": 1.0, "sizes": [10, 78], "values": [0.4, 0.7],
}  # fmt: skip


def verdict(rule, value, threshold, reason, **changes):
    return {
        "rule": rule, "stop": False, "value": value, "threshold": threshold, "reason": reason,
        "alpha_spent": 0.0, "looks": 0, "needs": 1,
    } | changes  # fmt: skip


def verdicts(kappa, *, stops):
    return [
        verdict("budget", 60.0, 0.0, "60 labels are left."),
        verdict("target", 0.83, 0.9, "Only 83.0% accuracy is certain (95%); the target is 90.0%."),
        verdict("stabilised", kappa, 0.99, f"The last three models agree ({kappa:.3f}).",
                stop=stops, looks=2 if stops else 1, needs=2),
        verdict("plateau", 0.031, 0.01, "Doubling the labels may gain up to 3.1%.", needs=2),
    ]  # fmt: skip


def points():
    """Return eight models: 0.60 to 0.86 after 30 to 240 labels."""
    found = [
        {"round": k, "n_labels": 30 * k, "value": 0.9 - 0.35 * 0.78**k, "n": 15 * k,
         "low": 0.9 - 0.35 * 0.78**k - 0.3 / k**0.5, "hours": 0.3 * k, "money": 7.5 * k,
         "high": min(0.9 - 0.35 * 0.78**k + 0.2 / k**0.5, 1.0), "changes": []}
        for k in range(1, 9)
    ]  # fmt: skip
    found[4]["changes"] = ["Strategy: Margin to Automatic"]
    return found


@pytest.fixture
def project(sign_in):
    lead = make_user("ada")
    sign_in(lead)
    project = make_project(owner=lead, n_items=300)
    publish(project, project.items.all()[:20])
    facts = {"curve": points(), "forecast": FORECAST, "price": PRICE, "cost": COST}
    for number in range(5, 9):
        stops = number == 8
        Round.objects.create(
            project=project, number=number, seed=number, features_version="v",
            config=LoopConfig(target_value=0.9).to_dict(), label_revision=number, n_items=300,
            n_labels=30 * number, n_train=24 * number, n_audit=6 * number, audit_reserved=75,
            model_version="m", facts=facts | {"against_random": AGAINST},
            verdicts=verdicts(0.95 + number / 200, stops=stops),
        )  # fmt: skip
    return project


@pytest.fixture
def progress(page, project):
    page.goto(f"/projects/{project.slug}/")
    expect(page.locator("#curve-plot canvas")).to_be_visible()
    return page


def test_cards_say_what_lies_ahead_what_it_cost_and_what_chance_would_do(progress):
    expect(progress.get_by_text("About 160 more labels (90 to 310)")).to_be_visible()
    expect(progress.get_by_text("About 57 labels (31 to 400) a point")).to_be_visible()
    expect(progress.get_by_text("About 200 labels instead of about 620 labels")).to_be_visible()


def test_curve_is_read_against_labels_hours_and_money_and_goes_on_dashed(progress):
    chart = progress.locator("#curve-plot")
    chart.focus()
    progress.keyboard.press("End")
    readout = progress.locator("#curve-readout")
    expect(readout).to_have_text("Labels 480: Forecast 0.890 (0.850 to 0.930)")

    progress.get_by_role("button", name="Hours").click()
    chart.focus()
    progress.keyboard.press("End")
    # 2.4 h so far and 240 labels at 0.01 h
    expect(readout).to_have_text("Hours 4.80: Forecast 0.890 (0.850 to 0.930)")
    progress.get_by_role("button", name="EUR").click()
    chart.focus()
    progress.keyboard.press("End")
    expect(readout).to_have_text("EUR 120.00: Forecast 0.890 (0.850 to 0.930)")


def test_lead_goes_on_by_keyboard_and_the_page_keeps_the_word(progress, project):
    row = progress.get_by_role("row", name="Stabilised").first
    expect(row.get_by_text("Stop", exact=True)).to_be_visible()

    row.get_by_text("Go on all the same").focus()
    progress.keyboard.press("Enter")
    row.get_by_label("For so many labels more").fill("150")
    row.get_by_label("Reason, for the record").fill("Rare classes are short")
    progress.keyboard.press("Enter")

    expect(progress.get_by_text("Going on until 150 labels stand.")).to_be_visible()
    expect(row.get_by_text("Set aside", exact=True)).to_be_visible()
    expect(row.get_by_text("Rare classes are short")).to_be_visible()
    expect(progress.get_by_text("Consider stopping")).to_have_count(0)
    assert GoneOn.objects.get().until_labels == 150
    assert AuditEntry.objects.filter(action="stop.go_on").exists()


def test_words_of_earlier_rounds_are_folded_away(progress):
    progress.get_by_text("What the rules said, round by round").click()

    history = progress.get_by_role("region", name="What the rules said, round by round")
    expect(history.get_by_role("columnheader", name="Round 5")).to_be_visible()
    expect(history.get_by_text("0.990")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_page_has_no_barrier_and_fits(
    chromium, live_server, browser_context, project, scheme, width
):
    context = chromium.new_context(
        base_url=live_server.url, color_scheme=scheme, bypass_csp=True,
        viewport={"width": width, "height": 900},
    )  # fmt: skip
    context.add_cookies(browser_context.cookies())
    page = context.new_page()
    page.goto(f"/projects/{project.slug}/")
    expect(page.locator("#curve-plot canvas")).to_be_visible()
    page.evaluate("for (const fold of document.querySelectorAll('details.more')) fold.open = true")

    found = [f"{v['id']} {v['nodes'][0]['html']}" for v in Axe().run(page).response["violations"]]

    assert not found
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    context.close()
