"""Guidelines beside the item: read, changed while somebody labels, read again."""

import pytest
from playwright.sync_api import expect

from annotation.models import GuidelinesRead, Project
from annotation.services import guidelines, projects
from tests.factories import make_user
from tests.support.browser import keep
from tests.support.desk import make_labelled_project, open_desk, text

pytestmark = pytest.mark.django_db(transaction=True)

FIRST = "# What counts\n- a refund is **money back**\n- an exchange is another thing"
SECOND = FIRST + "\n- a voucher is a refund too"


@pytest.fixture
def annotator():
    return make_user("ada")


@pytest.fixture
def project(annotator):
    project = make_labelled_project(annotator, guidelines=FIRST)
    # A short lease beats often: three times in it.
    Project.objects.filter(pk=project.pk).update(lease_seconds=10)
    project.refresh_from_db()
    return project


def panel(page):
    return page.locator("#guidelines")


def change(project, text):
    project.refresh_from_db()
    projects.describe(project=project, actor=None, guidelines=text)


def reads():
    return sorted(GuidelinesRead.objects.values_list("version__number", flat=True))


def expect_noted(page):
    expect(page.locator("#guidelines:not([data-unread])")).to_be_attached()


def test_opening_the_panel_is_noted_once(page, sign_in, annotator, project):
    sign_in(annotator)
    open_desk(page, project)
    assert reads() == []

    for _ in range(3):
        page.keyboard.press("g")
    expect(panel(page).locator("h1")).to_have_text("What counts")
    expect_noted(page)

    assert reads() == [1]


def test_change_while_labelling_is_said_and_shown_when_opened(page, sign_in, annotator, project):
    guidelines.mark_read(project=project, number=1, user=annotator)
    sign_in(annotator)
    open_desk(page, project)
    expect(panel(page).locator("[data-changed]")).to_have_count(0)

    change(project, SECOND)

    badge = panel(page).locator("[data-changed]")
    expect(badge).to_have_text("changed")
    assert reads() == [1]
    page.keyboard.press("1")
    expect(text(page)).to_have_text("text 1")
    page.keyboard.press("g")
    expect(panel(page).locator("ins")).to_contain_text("a voucher is a refund too")
    expect(badge).to_have_count(0)
    keep(page, "guidelines-changed")
    assert reads() == [1, 2]


def test_open_panel_shows_the_change_but_only_looking_into_it_counts(
    page, sign_in, annotator, project
):
    sign_in(annotator)
    open_desk(page, project)
    page.keyboard.press("g")
    expect_noted(page)

    change(project, SECOND)

    expect(panel(page).locator("ins")).to_contain_text("a voucher is a refund too")
    expect(panel(page)).to_have_attribute("open", "")
    assert reads() == [1]
    panel(page).locator("ins").click()
    expect_noted(page)
    assert reads() == [1, 2]


def test_page_reloaded_with_the_panel_open_notes_the_new_version(page, sign_in, annotator, project):
    sign_in(annotator)
    open_desk(page, project)
    page.keyboard.press("g")
    expect_noted(page)
    change(project, SECOND)

    page.reload()

    expect(panel(page).locator("ins")).to_contain_text("a voucher is a refund too")
    expect_noted(page)
    assert reads() == [1, 2]


def test_first_guidelines_of_a_project_appear_while_labelling(page, sign_in, annotator):
    project = make_labelled_project(annotator)
    Project.objects.filter(pk=project.pk).update(lease_seconds=10)
    sign_in(annotator)
    open_desk(page, project)

    change(project, FIRST)

    expect(panel(page).locator("summary")).to_be_visible()
    page.keyboard.press("g")
    expect(panel(page).locator("h1")).to_have_text("What counts")
    expect_noted(page)
    assert reads() == [1]


def test_history_shows_differences_and_restores(page, sign_in, project):
    lead = make_user("grace")
    projects.set_role(project=project, user=lead, role="lead", actor=None)
    change(project, SECOND)
    sign_in(lead)
    page.goto(f"/projects/{project.slug}/settings/guidelines/")

    expect(page.locator("ins").first).to_contain_text("a voucher is a refund too")
    keep(page, "guidelines-history")
    page.get_by_role("button", name="Restore version 1").click()

    expect(page.get_by_role("heading", name="Version 3")).to_be_visible()
    expect(page.locator("del").first).to_contain_text("a voucher is a refund too")
    project.refresh_from_db()
    assert project.guidelines == FIRST
