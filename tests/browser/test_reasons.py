"""Why an item was asked, as it is read on the label page."""

import pytest
from django.db import transaction
from playwright.sync_api import expect

from annotation import exchange
from annotation.models import Project
from tests.factories import add_items, make_user
from tests.support.browser import keep
from tests.support.desk import make_labelled_project, open_desk, saved, text

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def annotator():
    return make_user("ada")


def make_asked(annotator, show):
    project = make_labelled_project(annotator, n_items=0, classes=("refund", "exchange"))
    Project.objects.filter(pk=project.pk).update(show_reason=show)
    refund, exchanged = (each.pk for each in project.classes.all())
    said = {"code": "hesitates", "class_ids": [refund, exchanged], "expected": exchanged}
    wanted = [
        exchange.WantedItem(
            item_id=item.pk, position=place, purpose="query", in_reserve=False, said=said
        )
        for place, item in enumerate(add_items(project, 4))
    ]
    with transaction.atomic():
        exchange.publish(project_id=project.pk, number=1, wanted=wanted, model_version="")
    return project


def test_after_the_answer_the_reason_appears_and_the_item_does_not_move(page, sign_in, annotator):
    project = make_asked(annotator, "after")
    sign_in(annotator)
    open_desk(page, project)
    told = page.locator("#desk-told")
    expect(told).to_have_text("")
    top = text(page).bounding_box()["y"]

    page.keyboard.press("1")

    expect(told).to_have_text(
        "You said refund. The model hesitated between refund and exchange. "
        "It would have said exchange."
    )
    expect(text(page)).to_have_text("text 1")
    assert text(page).bounding_box()["y"] == top
    keep(page, "label-reason-after")
    saved(page)
    page.keyboard.press("u")
    expect(text(page)).to_have_text("text 0")
    expect(told).to_have_text("")


def test_before_the_answer_the_reason_stands_with_the_item(page, sign_in, annotator):
    project = make_asked(annotator, "before")
    sign_in(annotator)
    open_desk(page, project)

    why = page.locator(".work:not([hidden]) .why")
    expect(why).to_have_text("The model hesitates between refund and exchange.")
    page.keyboard.press("2")
    expect(text(page)).to_have_text("text 1")
    expect(why).to_be_visible()


def test_never_shows_nothing(page, sign_in, annotator):
    project = make_asked(annotator, "never")
    sign_in(annotator)
    open_desk(page, project)

    page.keyboard.press("1")
    saved(page)

    assert "hesitat" not in page.content()
