from datetime import timedelta
from decimal import Decimal

import pytest

from annotation import units
from annotation.models import Project
from annotation.services import budgets, spending
from tests.factories import NOW, claim, make_project, make_user, publish
from tests.factories import answer_in_time as answer

pytestmark = pytest.mark.django_db


def euros(said):
    return units.to_amount(units.MONEY, Decimal(said))


@pytest.fixture
def project():
    """Paid 36 euros per hour of active time, at most 100 seconds of each label: one euro."""
    project = make_project(n_items=6, budget=10)
    publish(project, project.items.all())
    budgets.set_pay(
        project=project, actor=None, pay_by="hour", pay_rate=euros(36), currency="EUR",
        max_paid_seconds=100,
    )  # fmt: skip
    budgets.set_limit(project=project, scope="project", unit="money", limit=euros(4), actor=None)
    return project


def test_limits_say_what_is_spent_reserved_and_left(project):
    person = make_user()
    answer(project, person, claim(project, person))
    claim(project, person)

    labels, money = spending.limits(project, now=NOW)

    assert (labels.words, labels.whole.spent, labels.whole.reserved, labels.whole.left) == (
        "10 labels", "1 label", "1 label", "8 labels"
    )  # fmt: skip
    # 1.5 seconds of active time cost 36 / 3600 * 1.5 euros, two cents to the nearest.
    assert (money.words, money.whole.spent, money.whole.reserved) == (
        "4.00 EUR", "0.02 EUR", "1.00 EUR"
    )  # fmt: skip
    # 10 % and 20 % of the labels; 1.015 of 4 euros.
    assert (labels.whole.percent_spent, labels.whole.percent_held) == (10, 20)
    assert (money.whole.percent_spent, money.whole.percent_held) == (0, 25)


def test_limit_per_day_shows_today_only(project):
    budgets.set_limit(project=project, scope="annotator_day", limit=2, actor=None)
    one, two = make_user("one"), make_user("two")
    answer(project, one, claim(project, one))
    claim(project, two, now=NOW + timedelta(days=1))

    *_, per_day = spending.limits(project, now=NOW + timedelta(days=1))

    assert per_day.whole is None
    assert [(each.person, each.left) for each in per_day.holdings] == [(two, "1 label")]


def test_who_spent_what_counts_each_unit_once(project):
    # A second limit of labels counts the same labels again, and must not double them.
    budgets.set_limit(project=project, scope="annotator", limit=5, actor=None)
    one, two = make_user("one"), make_user("two")
    for person in (one, one, two):
        answer(project, person, claim(project, person))

    first, second = spending.spenders(project)

    assert (first.person, first.n_labels, first.money, first.active) == (one, 2, "0.03 EUR", None)
    assert (second.person, second.n_labels) == (two, 1)


def test_own_rate_stands_beside_its_person():
    project = make_project(n_items=1)
    owner = project.memberships.get().user
    publish(project, project.items.all())
    budgets.set_member_pay(project=project, user=owner, pay_rate=euros("0.125"), actor=None)
    answer(project, owner, claim(project, owner))

    (spender,) = spending.spenders(project)

    assert spender.own_rate == "0.125 EUR per label"


def test_ledger_adds_up_to_the_accounts_and_points_to_labels(project):
    person = make_user("bob")
    label = answer(project, person, claim(project, person))
    claim(project, person)

    rows = [dict(zip(spending.LEDGER, row, strict=True)) for row in spending.ledger(project)]

    assert [(row["state"], row["unit"], row["amount"]) for row in rows] == [
        ("settled", "labels", Decimal(1)),
        ("settled", "EUR", Decimal("0.015")),
        ("reserved", "labels", Decimal(1)),
        ("reserved", "EUR", Decimal(1)),
    ]
    assert [row["label"] for row in rows] == [label.pk, label.pk, None, None]
    assert {row["person"] for row in rows} == {"bob"}


def test_hours_are_written_in_seconds(project):
    budgets.set_limit(project=project, scope="project", unit="hours", limit=3_600_000, actor=None)
    person = make_user()
    answer(project, person, claim(project, person))

    seconds = [row[4] for row in spending.ledger(project) if row[3] == "seconds"]

    assert seconds == [Decimal("1.5")]
    assert spending.spenders(project)[0].active == timedelta(seconds=1.5)


def test_released_charge_belongs_to_nobody_when_another_holds_the_item():
    project = make_project(n_items=1)
    publish(project, project.items.all())
    first, second = make_user("first"), make_user("second")
    claim(project, first)
    claim(project, second, now=NOW + timedelta(seconds=601))

    people = [(row[1], row[5]) for row in spending.ledger(project)]

    assert people == [("released", None), ("reserved", "second")]


def test_rate_is_written_with_the_places_it_has():
    project = Project(currency="EUR", pay_by="label")

    assert spending.rate_in_words(project, euros("0.05")) == "0.05 EUR per label"
    assert spending.rate_in_words(project, euros(100)) == "100.00 EUR per label"
    assert spending.rate_in_words(project, euros("0.00125")) == "0.00125 EUR per label"
    assert spending.rate_in_words(project, 0) == "0.00 EUR per label"
