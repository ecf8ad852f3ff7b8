from datetime import timedelta

import pytest

from annotation.models import Batch, Budget, Project
from annotation.services import budgets, projects, queue, standing
from tests.factories import NOW, add_items, answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    project = make_project(n_items=12)
    publish(project, project.items.all()[:10], reserve=3)
    Batch.objects.update(published_at=NOW)
    return project


def words(project, now=NOW):
    return [each.word for each in standing.remarks(project, standing.of(project, now=now))]


def test_counts_tell_answered_out_open_and_reserve(project):
    person = make_user()
    for _ in range(2):
        answer(project, person, claim(project, person))
    claim(project, person)

    found = standing.of(project, now=NOW)

    # Seven wanted: two answered, one out, four open; three in reserve.
    assert (found.batch, found.n_wanted, found.n_answered, found.n_out, found.n_open) == (
        0, 7, 2, 1, 4
    )  # fmt: skip
    assert (found.reserve_left, found.reserve_size) == (3, 3)
    assert words(project) == []


def test_before_the_first_batch_there_is_nothing_to_count():
    found = standing.of(make_project(n_items=1), now=NOW)

    assert (found.batch, found.n_wanted, found.reserve_size) == (None, 0, 0)


def test_skipped_items_count_as_closed_and_for_the_lead(project):
    Project.objects.update(max_skips=1)
    project.refresh_from_db()
    person = make_user()
    held = claim(project, person)
    queue.skip(project=project, assignment_id=held.pk, annotator=person, reason="unsure", now=NOW)

    found = standing.of(project, now=NOW)

    assert (found.n_skipped, found.n_closed, found.n_for_lead) == (1, 1, 1)


def test_fallback_is_said_while_in_use_and_afterwards():
    project, person = make_project(n_items=2), make_user()
    publish(project, [])
    held = claim(project, person)

    during = standing.remarks(project, standing.of(project, now=NOW))
    answer(project, person, held)
    after = standing.remarks(project, standing.of(project, now=NOW))

    assert [(each.word, each.text) for each in during] == [
        (
            "Fallback in use",
            "The queue ran dry, so 1 item drawn at random is with annotators now. Nobody waits.",
        )
    ]
    assert [each.word for each in after] == ["Fallback used"]


def test_stragglers_are_said_with_how_many_are_not_waited_for():
    project = make_project(n_items=20)
    publish(project, project.items.all())
    Batch.objects.update(published_at=NOW)
    claim(project, make_user())
    later = NOW + timedelta(hours=1)

    (remark,) = standing.remarks(project, standing.of(project, now=later))

    # All twenty are old, one held and nineteen untaken; a tenth of twenty may be left behind.
    assert (
        remark.text == "20 of this batch are out for long. The next round does not wait for 2 such."
    )


@pytest.mark.parametrize(
    ("rules", "word"),
    [
        ({"status": "paused"}, "Paused"),
        ({"overlap": 2}, "Too few people"),
        ({"batch_share_percent": 50}, "Shares too small"),
        ({"batch_share_percent": 100, "overlap": 1}, None),
    ],
)
def test_rules_that_hold_a_batch_up_are_said(project, rules, word):
    Project.objects.update(**rules)
    project.refresh_from_db()

    assert words(project) == ([word] if word else [])


def test_further_opinions_without_enough_reviewers_are_said(project):
    for _ in range(2):
        projects.set_role(project=project, user=make_user(), role="annotator", actor=None)
    # The owner is the only one who may give the two further opinions.
    Project.objects.update(overlap=3, further_by="reviewers")
    project.refresh_from_db()

    assert words(project) == ["Too few reviewers"]


def test_frozen_and_used_up_budgets_are_said(project):
    budgets.set_limit(project=project, scope="project", limit=1, actor=None)
    claim(project, make_user())
    assert words(project) == ["Budget used up"]

    budgets.freeze(budget=Budget.objects.get(), is_frozen=True, actor=None)

    assert words(project) == ["Frozen"]


def test_judgements_of_earlier_batches_that_are_still_out_are_counted(project):
    claim(project, make_user())
    publish(project, add_items(project, 2), number=1)

    assert standing.of(project, now=NOW).n_elsewhere == 1
