"""A person's day, what is left of the budgets that concern them, and whether to look again."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation.models import Assignment, Project, Run
from annotation.services import budgets, desk, labels, pace, queue, waiting
from annotation.services.pace import Day, Left
from tests.factories import NOW, add_items, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    project = make_project(n_items=6)
    publish(project, project.items.all())
    return project


@pytest.fixture
def ada():
    return make_user()


def work(project, person, *, start, seconds=60):
    """Answer an item handed out at `start`, after so many seconds of work."""
    held = claim(project, person, start)
    given = labels.Answer([project.classes.all()[0].pk], uuid4(), active_ms=1000 * seconds)
    labels.record(
        project=project,
        assignment_id=held.pk,
        annotator=person,
        answer=given,
        now=start + timedelta(seconds=seconds),
    )


def test_day_counts_what_stands_and_the_time_it_took(project, ada):
    # NOW is noon: yesterday's noon does not count, nor do others.
    work(project, ada, start=NOW - timedelta(days=1))
    work(project, ada, start=NOW)
    work(project, ada, start=NOW + timedelta(minutes=5), seconds=90)
    work(project, make_user(), start=NOW)
    labels.undo(project=project, annotator=ada, token=uuid4(), now=NOW + timedelta(minutes=7))

    day = pace.today(ada, now=NOW + timedelta(minutes=8))

    # One of the two answers stands; the 60 s and the 90 s were worked all the same.
    assert day == Day(n_labels=1, active_ms=150_000)
    assert day.active_minutes == 2


def test_what_is_left_is_of_the_project_mine_and_of_my_day(project, ada):
    for scope, limit in (("project", 9), ("annotator", 5), ("annotator_day", 2)):
        budgets.set_limit(project=project, scope=scope, unit="labels", limit=limit, actor=None)
    work(project, make_user(), start=NOW)
    work(project, ada, start=NOW)

    left = pace.left(project, ada, now=NOW + timedelta(minutes=2))

    assert left == [
        Left("the project's", "7 labels", False),
        Left("yours", "4 labels", False),
        Left("yours today", "1 label", False),
    ]


def test_amounts_of_time_and_money_are_in_words():
    assert pace.in_words("hours", 5_400_000, "EUR") == "1.50 hours"
    assert pace.in_words("money", 1_234_567, "EUR") == "12.34 EUR"
    assert pace.in_words("labels", 12_345, "") == "12,345 labels"


def stamp(project, person, now=NOW):
    return waiting.stamp(desk.Seat(Project.objects.get(pk=project.pk), person, now))


def test_stamp_is_one_statement_and_stays_while_nothing_comes(project, ada):
    before = stamp(project, ada)
    with CaptureQueriesContext(connection) as statements:
        again = waiting.stamp(desk.Seat(project, ada, NOW))

    assert again == before
    assert len(statements) == 1


def more_items(project, ada):
    add_items(project, 1)


def more_budget(project, ada):
    budgets.set_limit(project=project, scope="project", unit="labels", limit=77, actor=None)


def new_batch(project, ada):
    publish(project, add_items(project, 1), number=1)


def somebody_is_handed_one(project, ada):
    claim(project, make_user())


def round_begins(project, ada):
    Run.objects.create(project=project, kind="round")


def project_is_paused(project, ada):
    Project.objects.update(status="paused")


@pytest.mark.parametrize(
    "change",
    [more_items, more_budget, new_batch, somebody_is_handed_one, round_begins, project_is_paused],
)
def test_whatever_may_bring_an_item_changes_the_stamp(project, ada, change):
    before = stamp(project, ada)

    change(project, ada)

    assert stamp(project, ada) != before


def test_lease_that_runs_out_changes_the_stamp(project, ada):
    claim(project, make_user())
    before = stamp(project, ada)

    assert stamp(project, ada, NOW + timedelta(hours=1)) != before


def test_desk_says_whose_budget_refused(project, ada):
    for scope, limit in (("project", 100), ("annotator_day", 1)):
        budgets.set_limit(project=project, scope=scope, unit="labels", limit=limit, actor=None)
    work(project, ada, start=NOW)

    sat = queue.sit_down(project=project, annotator=ada, now=NOW + timedelta(minutes=2))

    assert (sat.nothing, sat.scope) == (queue.Nothing.BUDGET, "annotator_day")
    assert Assignment.objects.filter(annotator=ada, state="leased").count() == 0
