"""How fast budgets go and when they run out, against numbers worked out by hand."""

from datetime import timedelta

import pytest

from annotation.models import Label
from annotation.services import budgets, burning
from tests.factories import NOW, answer, claim, make_project, make_user, publish
from tests.support.tampering import rows_may_change

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def project():
    project = make_project(n_items=60, budget=100)
    publish(project, project.items.all())
    return project


def spend(project, person, *, days_ago, n=1):
    for _ in range(n):
        label = answer(project, person, claim(project, person))
        with rows_may_change():
            Label.objects.filter(pk=label.pk).update(created_at=NOW - days_ago * DAY)


def only(project, **options):
    (pace,) = burning.paces(project, now=NOW, **options).values()
    return pace


def test_budget_nobody_used_has_no_pace(project):
    assert burning.paces(project, now=NOW) == {}


def test_pace_of_one_day_has_a_date_but_no_range(project):
    spend(project, make_user(), days_ago=0.2, n=4)

    pace = only(project)

    assert (pace.per_day, pace.n_days) == ("4 labels", 1)
    # 96 left at 4 a day.
    assert pace.runs_out == NOW + 24 * DAY
    assert pace.earliest is None


def test_range_is_that_of_the_mean_of_the_days(project):
    person = make_user()
    for days_ago, n in ((0.5, 6), (1.5, 2), (2.5, 4)):
        spend(project, person, days_ago=days_ago, n=n)

    pace = only(project)

    # Mean 4, standard deviation 2, margin 2.920 * 2 / sqrt(3) = 3.3717; 88 labels left.
    assert (pace.per_day, pace.n_days) == ("4 labels", 3)
    assert pace.runs_out == NOW + 22 * DAY
    assert (pace.earliest - NOW) / DAY == pytest.approx(88 / 7.3717, abs=1e-3)
    assert (pace.latest - NOW) / DAY == pytest.approx(88 / 0.6283, abs=0.1)


def test_late_end_is_open_when_the_pace_may_be_nothing(project):
    person = make_user()
    spend(project, person, days_ago=6.5, n=1)
    spend(project, person, days_ago=0.5, n=9)

    pace = only(project)

    # Five days of nothing between: mean 10 / 7, deviation 3.36, margin 2.47.
    assert pace.n_days == 7
    assert pace.latest is None
    assert pace.earliest < pace.runs_out


def test_frozen_budget_does_not_run_out(project):
    spend(project, make_user(), days_ago=1)
    budgets.freeze(budget=project.budgets.get(), is_frozen=True, actor=None)

    assert only(project).runs_out is None


def test_days_and_people_add_up_to_the_ledger(project):
    one, two = make_user("one"), make_user("two")
    spend(project, one, days_ago=0, n=3)
    spend(project, two, days_ago=1, n=2)
    spend(project, two, days_ago=20, n=1)

    shown = burning.daily(project.budgets.get(), currency="EUR", now=NOW)

    assert shown.names == ["one", "two"]
    assert [(amounts, total) for _, amounts, total in shown.days[-2:]] == [
        ([0.0, 2.0], 2.0),
        ([3.0, 0.0], 3.0),
    ]
    assert len(shown.days) == 14
    # The label of 20 days ago is older than a fortnight.
    assert shown.total == "5 labels"


def test_many_people_are_shown_as_a_few_and_the_rest(project):
    for n in range(8):
        spend(project, make_user(f"p{n}"), days_ago=0)

    shown = burning.daily(project.budgets.get(), currency="EUR", now=NOW)

    assert shown.names == ["p0", "p1", "p2", "p3", "p4", "p5", "2 others"]
    assert shown.days[-1][1:] == ([1.0] * 6 + [2.0], 8.0)


def test_change_is_kept_with_its_reason(project):
    ada = make_user("ada")
    budgets.set_limit(
        project=project, scope="project", limit=150, actor=ada, reason="Two more classes"
    )
    budgets.freeze(budget=project.budgets.get(), is_frozen=True, actor=ada)

    newest, before, *_ = burning.changes(project)

    assert (newest.what, newest.actor) == ("The whole project, labels: frozen", "ada")
    assert before.what == "The whole project, labels: 100 labels to 150 labels"
    assert before.reason == "Two more classes"
