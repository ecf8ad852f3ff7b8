"""The page of doubted labels in a real browser: readable by everybody, said by keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from annotation.models import Assignment, Suspect
from annotation.services import projects
from tests.factories import NOW, add_items, answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db(transaction=True)
TEXTS = (
    "The courier left my parcel with a neighbour I have never met, and nobody answers the phone",
    "I was charged twice for one order and would like the second amount back",
    "My new card has not come yet",
    "How do I change the address of a parcel that is under way?",
)


@pytest.fixture
def project(sign_in):
    """Four tickets one person answered, each doubted; another has seen none of them."""
    lead = make_user("lead")
    project = make_project(owner=lead, classes=("Parcel", "Refund", "Card"))
    items = add_items(project, len(TEXTS), texts=TEXTS)
    people = [make_user("ada"), make_user("björn")]
    for each in people:
        projects.set_role(project=project, user=each, role="annotator", actor=None)
    publish(project, items)
    for _ in items:
        answer(project, people[0], claim(project, people[0]), place=0)
    classes = list(project.classes.values_list("pk", flat=True))
    Suspect.objects.bulk_create(
        Suspect(
            project=project, item=item, value=[classes[0]], predicted=[classes[1 + place % 2]],
            belief=0.1 + place / 10, confidence=0.93 - place / 10, found_at=NOW,
        )
        for place, item in enumerate(items)
    )  # fmt: skip
    sign_in(lead)
    return project


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_readable_by_everybody(page, project, scheme):
    page.emulate_media(color_scheme=scheme)
    for width in (390, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(reverse("quality-issues", args=[project.slug]))
        expect(page.locator("tbody tr")).to_have_count(4)
        found = Axe().run(page).response["violations"]
        assert [each["id"] for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_label_is_asked_again_and_another_found_right_by_keyboard(page, project):
    page.goto(reverse("quality-issues", args=[project.slug]))
    first = page.get_by_role("row").filter(has_text="neighbour")

    first.get_by_role("button", name="Ask again").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("It goes to the next who has not seen it.")).to_be_visible()
    expect(first).to_contain_text("Asked again")
    assert Assignment.objects.filter(purpose="relabel").count() == 1

    page.get_by_role("row").filter(has_text="charged").get_by_role("button").last.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("It stays as it is")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="charged")).to_have_count(0)
