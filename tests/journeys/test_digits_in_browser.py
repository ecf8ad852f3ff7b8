"""The whole loop as a person has it: sixty digits by keyboard, rounds in a worker, the curve."""

import pytest
from playwright.sync_api import Page, expect

from alapp import first_start
from annotation.models import Assignment, KnownAnswer, Label, Project
from selection.configuration import change, config_of
from selection.models import Round
from tests.factories import make_user
from tests.support.browser import keep

N_LABELS = 60
BATCH = 10


@pytest.fixture
def project(transactional_db) -> Project:
    owner = make_user("ada", is_superuser=True)
    project = first_start.demo(owner=owner)
    # Half of the labels measure: thirty audit items tell a weak model from a better one.
    config = {**config_of(project.pk).config, "batch_size": BATCH, "audit_share": 0.5}
    change(
        project=project,
        actor=owner,
        is_enabled=True,
        on_stop="advise",
        features="auto",
        config=config,
    )
    return project


def true_digit(card: str) -> str:
    item = Assignment.objects.values("item").filter(pk=int(card))
    (class_id,) = KnownAnswer.objects.get(item__in=item).value
    return Project.objects.get().classes.get(pk=class_id).key


def answer_next(page: Page) -> None:
    """Read the item on screen, press its key, and see the next one come."""
    card = page.locator("[data-card]:visible").first
    number = card.get_attribute("data-card") or ""
    page.keyboard.press(true_digit(number))
    expect(page.locator(f"[data-card='{number}']")).to_have_count(0)


def test_sixty_digits_by_keyboard_make_a_rising_curve(
    project, worker_process, page, sign_in, live_server
):
    sign_in(project.memberships.get().user)
    page.goto(f"/projects/{project.slug}/label/")

    for n in range(N_LABELS):
        expect(page.locator("[data-card]:visible")).to_have_count(1, timeout=30_000)
        if n == 12:
            keep(page, "label")
        answer_next(page)

    expect(page.locator("#saved")).to_contain_text("aved", timeout=10_000)
    page.goto(f"/projects/{project.slug}/")
    rows = page.locator("#curve-table tbody tr")
    expect(rows.nth(2)).to_be_attached(timeout=30_000)
    keep(page, "progress")
    heads = page.locator("#curve-table thead th").all_text_contents()
    cells = [row.locator("td").nth(heads.index("Accuracy")).text_content() for row in rows.all()]
    # What is forecast has a row of its own, with none of what was measured.
    values = [float(cell) for cell in cells if cell]
    assert Label.objects.current().count() == N_LABELS
    assert Round.objects.count() >= 4
    assert values[-1] > values[0], values
