"""How sure we are, and what comes after the stop, in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from annotation.models import Run
from annotation.services import projects, runs
from selection.models import SelectionConfig
from tests.factories import NOW, add_items, make_project, make_user
from tests.selection.test_retraining import do_rounds, label_batch, texts
from tests.support.browser import keep

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lead(sign_in):
    user = make_user("ada")
    sign_in(user)
    return user


@pytest.fixture
def project(lead):
    project = make_project(classes=("money", "parcel"), owner=lead)
    add_items(project, 240, texts=texts(240))
    SelectionConfig.objects.create(
        project=project,
        config={
            "batch_size": 55,
            "reserve_size": 0,
            "audit_share": 0.9,
            "audit_adapts": False,
            "target_value": 0.8,
        },
    )
    do_rounds(project)
    label_batch(project, lead)
    do_rounds(project)
    return project


def no_faults(page):
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]})
    assert found.violations_count == 0, found.generate_report()


def test_progress_page_says_how_sure_the_numbers_are(page, project):
    page.goto(f"/projects/{project.slug}/")

    estimate = page.locator("#estimate")
    expect(estimate).to_contain_text("Accuracy, exact")
    expect(estimate).to_contain_text("For sure:")
    expect(page.locator("#per-class tbody tr")).to_have_count(2)
    no_faults(page)


def test_lead_finishes_a_project_by_keyboard(page, project):
    projects.set_status(project=project, status="paused", actor=None, now=NOW)
    page.goto(f"/projects/{project.slug}/after/")
    no_faults(page)

    page.get_by_role("button", name="Make the final model").press("Enter")
    expect(page.get_by_text("Waiting for the worker")).to_be_visible()
    runs.execute.call(Run.objects.get(kind="final").pk)

    expect(page.get_by_role("heading", name="Accept without a human")).to_be_visible()
    expect(page.get_by_text("None can be accepted at 5 % errors")).to_be_visible()
    page.get_by_label("Errors at most, in percent").fill("20")
    page.keyboard.press("Enter")
    expect(page.get_by_text("predictions can be accepted")).to_be_visible()
    no_faults(page)
    keep(page, "finish")
    page.get_by_role("button", name="Accept").press("Enter")
    expect(page.get_by_text("predictions are accepted", exact=False).first).to_be_visible()
    page.get_by_role("button", name="Take it back").press("Enter")
    expect(page.get_by_text("Taken back")).to_be_visible()

    page.get_by_role("button", name="CSV for spreadsheets").press("Enter")
    expect(page.locator("#exports")).to_contain_text("It starts as soon as a worker is free")
    runs.execute.call(Run.objects.get(kind="export").pk)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.endswith("-results.csv")


def test_page_works_on_a_phone(page, project):
    projects.set_status(project=project, status="paused", actor=None, now=NOW)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/projects/{project.slug}/after/")
    page.get_by_role("button", name="Make the final model").click()
    runs.execute.call(Run.objects.get(kind="final").pk)
    expect(page.get_by_role("heading", name="Worth labelling next")).to_be_visible()

    width = page.evaluate("document.documentElement.scrollWidth")

    assert width <= 390
