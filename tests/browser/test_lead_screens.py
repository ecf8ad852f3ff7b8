"""Queue and budget with a team at work, as the docs show them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from alapp.clock import database_now
from annotation import units
from annotation.services import budgets, projects, queue
from tests.factories import add_items, answer, claim, make_project, make_user, publish
from tests.support.browser import keep

pytestmark = pytest.mark.django_db(transaction=True)

TICKETS = (
    "My card was charged twice for the same order. When do I get my money back?",
    "The transfer to my sister still says pending after four days.",
    "Why was I charged a fee at the cash machine?",
    "The exchange rate on my statement is not the one I was shown.",
    "I lost my phone. How do I get into my account?",
    "Top-up by bank transfer has not arrived.",
    "Please explain the line \"INTL 4711\" on my bill.",
    "asdf asdf",
)  # fmt: skip


@pytest.fixture
def project(sign_in):
    lead = make_user("ada")
    sign_in(lead)
    project = make_project(owner=lead, classes=("Refund", "Transfer", "Cash", "Other"))
    projects.describe(project=project, actor=lead, name="Support tickets", max_skips=2)
    publish(project, add_items(project, 8, texts=TICKETS), reserve=1)
    return project


def work(project):
    """Three people answer, hold and skip; who is paid by the hour is counted in money."""
    now = database_now()
    budgets.set_pay(
        project=project, actor=None, pay_by="hour", currency="EUR", max_paid_seconds=120,
        pay_rate=units.to_amount(units.MONEY, Decimal(15)),
    )  # fmt: skip
    limit = units.to_amount(units.MONEY, 40)
    budgets.set_limit(project=project, scope="project", unit="money", limit=limit, actor=None)
    people = [make_user(name) for name in ("mia", "jonas", "priya")]
    for person in people:
        projects.set_role(project=project, user=person, role="annotator", actor=None)
    for place, person in enumerate(people):
        held = claim(project, person, now=now)
        answer(project, person, held, place=place, now=now)
    skip_both(project, people[:2], now)
    for minutes, person in enumerate(people, start=2):
        claim(project, person, now=now - timedelta(minutes=minutes))


def skip_both(project, people, now):
    held = [claim(project, person, now=now) for person in people]
    for person, each in zip(people, held, strict=True):
        queue.skip(
            project=project, assignment_id=each.pk, annotator=person, reason="no_class", now=now
        )
    again = [claim(project, person, now=now) for person in people]
    for person, each in zip(people, again, strict=True):
        queue.skip(
            project=project, assignment_id=each.pk, annotator=person, reason="unsure", now=now
        )


def test_screens_of_queue_and_budget_show_a_team_at_work(page, project):
    work(project)

    page.goto(f"/projects/{project.slug}/queue/")
    expect(page.get_by_text("of 7 answered")).to_be_visible()
    expect(page.get_by_role("rowheader", name="priya")).to_be_visible()
    expect(page.get_by_role("link", name="Decide")).to_have_count(2)
    keep(page, "queue")
    page.goto(f"/projects/{project.slug}/budget/")
    expect(page.get_by_text("left of 40.00 EUR")).to_be_visible()
    expect(page.get_by_role("row", name="jonas")).to_be_visible()
    keep(page, "budget")
