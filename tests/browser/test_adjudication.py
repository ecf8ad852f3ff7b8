"""A lead decides by keyboard alone, on a phone too; and returns an answer, which is put right."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from annotation.models import Decision
from tests.factories import make_user
from tests.support.panel import items_of, panel, remark

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ["Wilhelmina", "Bartholomew"]


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def disputed(lead):
    return panel([[0, 0, 0, 0], [1, 1, 1, 0]], names=NAMES, owner=lead)


def audit(page):
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_three_items_are_decided_by_keyboard_alone(page, sign_in, lead, disputed):
    project, _ = disputed
    sign_in(lead)
    page.goto(f"/projects/{project.slug}/quality/disagreements/")
    audit(page)

    page.keyboard.press("Enter")
    for n, key in enumerate("122", start=1):
        expect(page.get_by_role("heading", name="Decide", exact=True).first).to_be_visible()
        assert not any(name in page.content() for name in NAMES)
        if n == 1:
            audit(page)
            page.keyboard.press("c")
            page.keyboard.type("By the last word.")
            page.keyboard.press("Tab")
        page.keyboard.press(key)
        expect(page.get_by_role("heading", name="The answer is")).to_be_visible()
        expect(page.get_by_text("Wilhelmina")).to_be_visible()
        if n == 1:
            audit(page)
        if n < 3:
            page.keyboard.press("ArrowRight")

    yes, no = (each.pk for each in project.classes.all())
    found = {each.item.key: each.value for each in Decision.objects.standing()}
    assert found == {"0": [yes], "1": [no], "2": [no]}
    assert Decision.objects.get(item__key="0").comment == "By the last word."

    page.keyboard.press("u")
    expect(page.get_by_text("The decision is taken back.")).to_be_visible()
    assert Decision.objects.standing().count() == 2


def test_disagreements_fit_a_phone(page, sign_in, lead, disputed):
    project, people = disputed
    remark(project, items_of(project)[3], people[0], kind="comment", text="a word " * 30)
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(lead)
    for path in ("", f"{items_of(project)[0].pk}/", f"{items_of(project)[3].pk}/", "decided/"):
        page.goto(f"/projects/{project.slug}/quality/disagreements/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        audit(page)
    page.goto(f"/projects/{project.slug}/quality/disagreements/{items_of(project)[0].pk}/")
    page.get_by_role("button", name="yes").click()
    expect(page.get_by_role("heading", name="The answer is")).to_be_visible()


def test_a_returned_answer_is_corrected_by_who_gave_it(page, sign_in, lead, disputed):
    project, (one, other) = disputed
    item = items_of(project)[0]
    sign_in(lead)
    page.goto(f"/projects/{project.slug}/quality/disagreements/{item.pk}/")
    card = page.locator(".opinion", has_text="yes")
    card.get_by_text("Return …").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Which word says so?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Returned", exact=True)).to_be_visible()
    assert not any(name in page.content() for name in NAMES)

    sign_in(other)
    page.goto(f"/projects/{project.slug}/label/")
    expect(page.get_by_text("look at an answer again")).to_have_count(0)
    sign_in(one)
    page.goto(f"/projects/{project.slug}/label/")
    page.get_by_role("link", name="Your lead asks you to look at an answer again").click()
    expect(page.get_by_text("Which word says so?")).to_be_visible()
    audit(page)
    page.get_by_role("button", name="no", exact=True).click()

    expect(page.get_by_text("Your answer is corrected.")).to_be_visible()
    no = project.classes.get(name="no").pk
    assert one.labels.current().get(item=item).value == [no]
    sign_in(lead)
    page.goto(f"/projects/{project.slug}/quality/disagreements/")
    expect(page.locator(".disputes tbody tr")).to_have_count(2)
