"""What labels cost: the ledger first, today's terms for what it does not know."""

from uuid import uuid4

import pytest

from annotation import exchange, units
from annotation.models import Project
from annotation.services import budgets, labels, projects
from tests.factories import NOW, claim, make_project, make_user, publish
from tests.factories import answer_in_time as answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return make_user("mia")


@pytest.fixture
def project(person):
    project = make_project(n_items=6)
    projects.set_role(project=project, user=person, role="annotator", actor=None)
    publish(project, project.items.all())
    return project


def price(project, pay_by, rate):
    given = units.to_amount(units.MONEY, rate)
    Project.objects.filter(pk=project.pk).update(pay_by=pay_by, pay_rate=given)
    project.refresh_from_db()


def cost(project, revision=None):
    return exchange.cost_until(project.pk, revision or exchange.revision(project.pk))


def test_labels_and_hours_add_up_and_no_price_is_no_money(project, person):
    for _ in range(2):
        answer(project, person, claim(project, person))

    # 2 x 1.5 s of active time
    assert cost(project) == exchange.Cost(2, pytest.approx(3 / 3600), None, "EUR")


def test_later_labels_are_left_out(project, person):
    first = answer(project, person, claim(project, person))
    answer(project, person, claim(project, person))

    assert cost(project, first.pk).n_labels == 1


def test_price_per_label_counts_labels(project, person):
    price(project, "label", 2)
    for _ in range(3):
        answer(project, person, claim(project, person))

    assert cost(project).money == 6.0


def test_hourly_rate_counts_active_time_up_to_the_paid_ceiling(project, person):
    price(project, "hour", 36)
    Project.objects.update(max_paid_seconds=1)
    answer(project, person, claim(project, person))

    # 1.5 s of work, 1 s of it paid, at 36 an hour
    assert cost(project).money == pytest.approx(0.01)


def test_what_the_ledger_settled_stays_when_the_price_changes(project, person):
    price(project, "label", 2)
    answer(project, person, claim(project, person))
    limit = units.to_amount(units.MONEY, 100)
    budgets.set_limit(project=project, scope="project", unit="money", limit=limit, actor=None)
    answer(project, person, claim(project, person))
    price(project, "label", 5)

    # one label at 2 by the ledger, the one before the budget at today's 5
    assert cost(project).money == 7.0


def test_member_with_a_rate_of_their_own_costs_that(project, person):
    price(project, "label", 2)
    project.memberships.filter(user=person).update(pay_rate=units.to_amount(units.MONEY, 3))
    answer(project, person, claim(project, person))

    assert cost(project).money == 3.0


def test_answer_taken_back_took_its_time_but_is_no_label(project, person):
    answer(project, person, claim(project, person))
    labels.undo(project=project, annotator=person, token=uuid4(), now=NOW)

    found = cost(project)

    assert found.n_labels == 0
    assert found.hours == pytest.approx(1.5 / 3600)
