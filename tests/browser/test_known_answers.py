"""A lead brings known answers in; a file with bad rows names them and adds nothing."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from annotation.models import Gold
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_file_with_bad_rows_is_put_right_and_taken(page, sign_in, tmp_path, width):
    lead = make_user("lead")
    project = make_project(n_items=4, owner=lead)
    page.set_viewport_size({"width": width, "height": 844})
    file = tmp_path / "known.csv"
    sign_in(lead)
    page.goto(f"/projects/{project.slug}/quality/")
    page.get_by_role("link", name="Known answers").click()

    file.write_text("item,class\n0,yes\n77,no\n1,maybe\n")
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Row 3, item: '77' is not the id of an item of this project.")
    expect(alert).to_contain_text("Row 4, class: 'maybe' is not a class of this project")
    assert not Gold.objects.exists()
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    file.write_text("item,class\n0,yes\n2,no\n1,no\n")
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("3 known answers added.")).to_be_visible()
    assert Gold.objects.count() == 3
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    page.get_by_role("button", name="Retire").first.click()
    expect(page.get_by_text("Retired: nobody is asked about it again.")).to_be_visible()
