"""The quality page in a real browser: readable by everybody, decided by keyboard."""

import random

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from annotation.models import Trust
from annotation.services import projects, reliability
from tests.factories import NOW, answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db(transaction=True)
SKILLS = {"Ada": 0.95, "Björn": 0.9, "Chiara": 0.75, "Dan": 0.34}


@pytest.fixture
def project(sign_in):
    """Four people and 110 items, three classes, the last one guessing."""
    lead = make_user("lead")
    project = make_project(owner=lead, n_items=110, classes=("refund", "exchange", "praise"))
    publish(project, list(project.items.order_by("pk")), overlap=4)
    chance = random.Random(4)
    for name, skill in SKILLS.items():
        who = make_user(name.lower())
        who.first_name = name
        who.save()
        projects.set_role(project=project, user=who, role="annotator", actor=None)
        for item in range(110):
            right = chance.random() < skill
            place = item % 3 if right else (item + chance.choice([1, 2])) % 3
            answer(project, who, claim(project, who), place=place)
    reliability.measure(project, now=NOW)
    sign_in(lead)
    return project


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_readable_by_everybody(page, project, scheme):
    page.emulate_media(color_scheme=scheme)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(reverse("quality", args=[project.slug]))
        expect(page.get_by_role("heading", name="Pair by pair")).to_be_visible()
        expect(page.locator(".plot canvas").first).to_be_visible()
        found = Axe().run(page).response["violations"]
        assert [each["id"] for each in found] == []
        # Nothing but the tables themselves scrolls sideways.
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_answers_are_left_out_and_count_again_by_keyboard(page, project):
    page.goto(reverse("quality", args=[project.slug]))
    row = page.get_by_role("row").filter(has_text="Dan").first
    expect(row).to_contain_text("Like guessing")

    row.get_by_text("Decide").focus()
    page.keyboard.press("Enter")
    row.get_by_label("Leave their answers out, because").fill("Answers without looking")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Their answers count for nothing now.")).to_be_visible()
    expect(row).to_contain_text("Left out")
    assert Trust.objects.get().reason == "Answers without looking"
    row.get_by_text("Decide").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Their answers count again.")).to_be_visible()
    assert not Trust.objects.get().is_left_out
