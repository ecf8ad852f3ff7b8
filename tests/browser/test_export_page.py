"""The export page, by keyboard, with a real worker's run behind it."""

import pytest
from playwright.sync_api import expect

from annotation.models import Run
from annotation.services import runs
from tests.factories import answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db(transaction=True)


def test_lead_exports_by_keyboard_and_takes_the_file(page, sign_in):
    lead = make_user("ada")
    sign_in(lead)
    project = make_project(n_items=2, owner=lead)
    publish(project, list(project.items.order_by("pk")))
    answer(project, lead, claim(project, lead))
    page.goto(f"/projects/{project.slug}/items/")
    page.get_by_role("link", name="Export").focus()
    page.keyboard.press("Enter")

    chosen = page.get_by_role("radio", name="Agreed labels")
    expect(chosen).to_be_checked()
    chosen.focus()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("radio", name="Answers", exact=True)).to_be_checked()
    page.get_by_role("button", name="Export").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#exports")).to_contain_text("It starts as soon as a worker is free")
    runs.execute.call(Run.objects.get().pk)

    # The list looks again by itself.
    link = page.get_by_role("link", name="Download")
    expect(link).to_be_visible()
    expect(page.locator("#exports")).to_contain_text("1 row")
    link.focus()
    with page.expect_download() as taken:
        page.keyboard.press("Enter")
    assert taken.value.suggested_filename == f"{project.slug}-labels.csv"
    assert "text 0" in taken.value.path().read_text()
