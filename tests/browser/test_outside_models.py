"""A lead pushes what an outside model says, chooses it, and reads what came of it."""

import pytest
from playwright.sync_api import expect

from selection.models import Round, SelectionConfig
from tests.factories import add_items, make_project, make_user
from tests.selection.test_outside import rows
from tests.selection.test_retraining import do_rounds, texts

pytestmark = pytest.mark.django_db(transaction=True)


def test_lead_pushes_predictions_and_lets_the_queue_go_by_them(page, sign_in, tmp_path):
    lead = make_user("lead")
    project = make_project(classes=("money", "parcel"), owner=lead, budget=200)
    add_items(project, 40, texts=texts(40))
    SelectionConfig.objects.create(project=project, config={"batch_size": 8})
    records = [record for _, record in rows(project)]
    path = tmp_path / "bert.csv"
    lines = [",".join(records[0]), *(",".join(map(str, each.values())) for each in records)]
    path.write_text("\n".join(lines) + "\n")

    sign_in(lead)
    page.goto(f"/projects/{project.slug}/outside/")
    page.get_by_label("Name").fill("my-bert")
    page.get_by_label("File", exact=True).set_input_files(path)
    page.get_by_role("button", name="Push").click()
    expect(page.get_by_text("Kept as version 1 of my-bert, 40 items.")).to_be_visible()

    page.get_by_role("link", name="Selection").last.click()
    page.get_by_label("Whose predictions").select_option("my-bert")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("In force from the next round on.")).to_be_visible()
    do_rounds(project)
    page.goto(f"/projects/{project.slug}/outside/")

    expect(page.get_by_text("In use")).to_be_visible()
    expect(page.get_by_text("40 of 40")).to_be_visible()
    assert Round.objects.get().facts["outside"]["predictions"]["model"] == "my-bert"
