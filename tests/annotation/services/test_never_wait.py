"""With budget and unlabelled items left there is always an item: the reserve, then the fallback."""

from datetime import timedelta
from uuid import uuid4

import pytest

from annotation.models import Assignment, Label, Run, User
from annotation.services import budgets, desk, labels, queue
from annotation.services.ledger_check import check_ledger
from annotation.services.queue import Nothing
from tests.factories import NOW, add_items, answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def person():
    return make_user()


@pytest.fixture
def project():
    """A project whose batch of two has a reserve of one, and a pool behind it."""
    project = make_project()
    publish(project, add_items(project, 60)[:3], reserve=1)
    return project


def batch_of(project, person, now=NOW):
    held = queue.sit_down(project=project, annotator=person, now=now, wanted=1).assignments
    return (held[0].batch.number, held[0].in_reserve) if held else None


def turn(project, person, now=NOW):
    """Answer what is in front, as the page does; return the desk afterwards."""
    seat = desk.Seat(project, person, now)
    front = desk.open_desk(seat).order[0]
    sent = labels.Answer([project.classes.all()[0].pk], uuid4())
    terms = budgets.terms_for(project, person)
    return desk.take_turn(seat, assignment_id=front, answer=sent, terms=terms)


def run(project, state, **fields):
    return Run.objects.create(project=project, kind="round", state=state, **fields)


def answer_the_batch(project):
    for _ in range(2):
        worker = make_user()
        answer(project, worker, claim(project, worker))


@pytest.mark.parametrize(
    ("state", "error"),
    [
        (Run.State.RUNNING, ""),
        (Run.State.QUEUED, ""),
        (Run.State.FAILED, "scores are NaN"),
    ],
    ids=["model trains", "no worker takes the round", "round failed"],
)
def test_reserve_and_then_the_fallback_while_no_next_batch_comes(project, person, state, error):
    answer_the_batch(project)
    run(project, state, error=error)

    given = []
    for _ in range(3):
        given.append(batch_of(project, person))
        turn(project, person)

    assert given == [(0, True), (queue.FALLBACK_BATCH, True), (queue.FALLBACK_BATCH, True)]


def test_last_items_of_a_batch_with_others_keep_nobody_waiting(project, person):
    others = [make_user() for _ in range(2)]
    for other in others:
        claim(project, other)

    found = [turn(project, person).order for _ in range(5)]

    assert all(len(order) == 2 for order in found)
    assert Label.objects.filter(annotator=person).count() == 5
    assert Assignment.objects.filter(annotator__in=others, state="leased").count() == 2


def test_leases_of_the_dead_come_back_without_a_worker(person):
    project = make_project()
    publish(project, add_items(project, 2))
    gone = make_user()
    lost = {claim(project, gone).pk for _ in range(2)}

    found = desk.open_desk(desk.Seat(project, person, LATER))

    assert set(found.order) == lost
    assert check_ledger() == []


def test_item_skipped_by_one_does_not_stop_the_fallback(person):
    project = make_project(n_items=3)
    publish(project, [])
    for _ in range(2):
        held = claim(project, person, now=LATER)
        queue.skip(
            project=project, assignment_id=held.pk, annotator=person, reason="other", now=LATER
        )

    assert claim(project, person, now=LATER)


def test_fallback_takes_every_item_once_and_then_says_that_nothing_is_left(person):
    project = make_project(n_items=2 * queue.FALLBACK_ITEMS + 5)
    publish(project, [])

    while (found := desk.open_desk(desk.Seat(project, person, NOW))).order:
        turn(project, person)

    assert found.nothing is Nothing.EMPTY
    assert Label.objects.count() == project.items.count()


def test_fallback_goes_back_for_what_was_imported_since(person):
    project = make_project(n_items=3)
    publish(project, [])
    for _ in range(3):
        turn(project, person)
    late = add_items(project, 2)

    given = {claim(project, person).item_id for _ in range(2)}

    assert given == {item.pk for item in late}


def test_next_batch_goes_before_what_the_fallback_laid_out(project, person):
    answer_the_batch(project)
    turn(project, person)
    assert batch_of(project, person) == (queue.FALLBACK_BATCH, True)
    fresh = project.items.filter(assignments=None)[:2]

    publish(project, fresh, number=1)

    assert claim(project, make_user()).batch.number == 1
    laid = Assignment.objects.filter(batch__number=queue.FALLBACK_BATCH)
    assert not laid.filter(state="open").exists()


def test_two_people_at_the_fallback_never_get_one_item(project):
    answer_the_batch(project)
    people = [make_user() for _ in range(6)]

    given = [claim(project, each).item_id for _ in range(4) for each in people]

    assert len(set(given)) == len(given) == 24


def test_answers_beside_a_plain_queue_cost_no_more_than_those_of_a_batch(
    person, django_assert_max_num_queries
):
    """A project without a model lives of the fallback: its turns are plain ones, too."""
    project = make_project(n_items=50)
    publish(project, [])
    seat = desk.Seat(project, person, NOW)
    first = desk.open_desk(seat).order[0]
    sent = labels.Answer([project.classes.all()[0].pk], uuid4())
    terms = budgets.terms_for(project, person)

    with django_assert_max_num_queries(13):  # eleven, the classes, and whether to wake the reader
        desk.take_turn(seat, assignment_id=first, answer=sent, terms=terms)


def test_spent_budget_is_no_reason_to_lose_the_answer_in_hand(person):
    project = make_project(n_items=5, budget=1)
    publish(project, project.items.all())

    found = turn(project, person)

    assert (found.order, found.nothing) == ([], Nothing.BUDGET)
    assert User.objects.get(pk=person.pk).labels.count() == 1
