"""The what-if page in a real browser: asked for, followed while it runs, drawn, and used."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from annotation import exchange
from annotation.models import Run
from annotation.services import runs
from selection.configuration import config_of
from selection.models import SelectionConfig
from tests.factories import NOW, add_items, answer, claim, make_project, make_user
from tests.selection.test_retraining import do_rounds, texts, truth

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project(sign_in):
    lead = make_user("ada")
    sign_in(lead)
    project = make_project(classes=("money", "parcel"), owner=lead)
    add_items(project, 80, texts=texts(80))
    config = {"batch_size": 40, "reserve_size": 0, "audit_share": 0.5, "estimator": "logistic"}
    SelectionConfig.objects.create(project=project, config=config)
    for _ in range(2):
        do_rounds(project)
        while not exchange.progress(project.pk, now=NOW).is_complete:
            held = claim(project, lead)
            answer(project, lead, held, place=truth(held.item))
    # What other runs would do is of no interest here.
    Run.objects.filter(state="queued").update(state="done")
    return project


def test_what_if_is_asked_for_followed_drawn_and_used(page, project):
    page.goto(f"/projects/{project.slug}/what-if/")
    page.get_by_label("Margin", exact=True).check()
    page.get_by_label("Batch sizes to try").fill("10")
    page.get_by_role("button", name="Replay them").click()
    expect(page.get_by_text("It starts as soon as a worker is free.")).to_be_visible()

    runs.execute.call(Run.objects.get(kind="what-if").pk)

    # The page looks again by itself.
    use = page.get_by_role("button", name="Use this from the next round")
    expect(use).to_be_visible()
    expect(page.locator("#wonder-plot canvas")).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    use.click()

    expect(page.get_by_text("decides from the next round on.")).to_be_visible()
    assert config_of(project.pk).config["strategy"] == "margin"
