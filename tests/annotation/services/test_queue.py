from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django_tasks_db.models import DBTaskResult

from alapp.errors import Conflict
from annotation.models import Assignment, Skip
from annotation.services import budgets, projects, queue
from annotation.services.queue import Nothing
from tests.factories import NOW, add_items, answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(seconds=601)


def test_two_people_get_different_items():
    project = make_project(n_items=2)
    publish(project, project.items.all())

    first = claim(project, make_user())
    second = claim(project, make_user())

    assert first.item_id != second.item_id


def test_items_come_in_batch_order_and_reserve_last():
    project, person = make_project(), make_user()
    items = add_items(project, 4)
    publish(project, [items[3], items[1], items[0], items[2]], reserve=1)

    order = [claim(project, person).item_id for _ in range(4)]

    assert order == [items[3].pk, items[1].pk, items[0].pk, items[2].pk]


def test_sitting_down_again_gives_the_same_items_renewed():
    project, person = make_project(n_items=4), make_user()
    publish(project, project.items.all())
    first = queue.sit_down(project=project, annotator=person, now=NOW)

    again = queue.sit_down(project=project, annotator=person, now=NOW + timedelta(seconds=60))

    assert [a.pk for a in again.assignments] == [a.pk for a in first.assignments]
    until = Assignment.objects.get(pk=first.assignments[0].pk).leased_until
    assert until == NOW + timedelta(seconds=660)


def test_expired_lease_can_be_claimed_by_another():
    project = make_project(n_items=1)
    publish(project, project.items.all())
    lost = claim(project, make_user())

    found = claim(project, make_user(), now=LATER)

    assert found.pk == lost.pk


def test_lease_that_has_not_expired_stays():
    project = make_project(n_items=1)
    publish(project, project.items.all())
    claim(project, make_user())

    nothing = queue.claim(project=project, annotator=make_user(), now=NOW + timedelta(seconds=599))

    assert nothing is None


def test_expired_lease_that_nobody_took_is_still_its_annotators():
    project, person = make_project(n_items=1), make_user()
    publish(project, project.items.all())
    mine = claim(project, person)

    desk = queue.sit_down(project=project, annotator=person, now=LATER, wanted=1)

    assert [a.pk for a in desk.assignments] == [mine.pk]


def test_lease_is_taken_by_a_conditional_update():
    project, first, second = make_project(n_items=1), make_user(), make_user()
    (open_one,) = publish(project, project.items.all())
    stale = Assignment.objects.get(pk=open_one.pk)

    won = queue._lease(open_one, first, project, NOW)
    lost = queue._lease(stale, second, project, NOW)

    assert (won, lost) == (True, False)
    assert Assignment.objects.get().annotator == first


def test_overlap_asks_different_people_and_nobody_twice():
    project = make_project(n_items=1)
    publish(project, project.items.all(), overlap=2)
    one, two = make_user(), make_user()

    slots = {claim(project, one).slot, claim(project, two).slot}

    assert slots == {0, 1}
    assert queue.claim(project=project, annotator=one, now=NOW) is None


def test_dry_queue_falls_back_on_the_pool_far_from_the_audit_items():
    project, person = make_project(n_items=3), make_user()
    first = project.items.order_by("audit_rank").first()
    publish(project, [first])
    claim(project, make_user())

    fallback = claim(project, person)

    assert fallback.item == project.items.order_by("-audit_rank").first()
    assert fallback.reason == {"code": "fallback"}
    assert fallback.batch.number == queue.FALLBACK_BATCH


def test_first_batch_is_waited_for_and_then_not_longer_than_a_minute():
    project, person = make_project(n_items=1), make_user()

    soon = queue.sit_down(project=project, annotator=person, now=NOW + timedelta(seconds=59))
    late = queue.sit_down(project=project, annotator=person, now=NOW + timedelta(seconds=61))

    assert soon.nothing == Nothing.PREPARING
    assert len(late.assignments) == 1


@pytest.mark.parametrize("status", ["draft", "paused", "stopped"])
def test_project_that_is_not_active_hands_out_nothing(status):
    project, person = make_project(n_items=1), make_user()
    publish(project, project.items.all())
    project.status = status

    desk = queue.sit_down(project=project, annotator=person, now=NOW)

    assert desk == queue.Desk([], Nothing(status))


def test_spent_budget_hands_out_nothing_and_says_why():
    project, person = make_project(n_items=3, budget=1), make_user()
    publish(project, project.items.all())

    desk = queue.sit_down(project=project, annotator=person, now=NOW)

    assert len(desk.assignments) == 1
    assert desk.nothing == Nothing.BUDGET
    assert "1 label for the whole project" in desk.message


def test_budget_of_leases_that_ran_out_is_free_without_a_worker():
    project = make_project(n_items=3, budget=1)
    publish(project, project.items.all())
    claim(project, make_user())

    found = queue.claim(project=project, annotator=make_user(), now=LATER)

    assert found is not None


def test_refused_claim_leaves_the_assignment_open():
    project = make_project(n_items=2, budget=1)
    publish(project, project.items.all())
    claim(project, make_user())

    with pytest.raises(budgets.BudgetExhausted):
        queue.claim(project=project, annotator=make_user(), now=NOW)

    assert project.assignments.filter(state="open").count() == 1


def test_skipped_item_goes_to_others_and_not_back():
    project, person = make_project(n_items=1), make_user()
    publish(project, project.items.all())
    skipped = claim(project, person)

    queue.skip(
        project=project, assignment_id=skipped.pk, annotator=person, reason="unsure", now=NOW
    )

    assert queue.claim(project=project, annotator=person, now=NOW) is None
    assert claim(project, make_user()).pk == skipped.pk


def test_item_skipped_by_many_goes_to_the_lead():
    project = make_project(n_items=1)
    projects.describe(project=project, actor=None, max_skips=2)
    publish(project, project.items.all())

    for _ in range(2):
        person = make_user()
        held = claim(project, person)
        queue.skip(
            project=project, assignment_id=held.pk, annotator=person, reason="no_class", now=NOW
        )

    assert Assignment.objects.get().state == "skipped"
    assert queue.claim(project=project, annotator=make_user(), now=NOW) is None


def test_skipping_twice_is_skipping_once():
    project, person = make_project(n_items=1), make_user()
    publish(project, project.items.all())
    held = claim(project, person)

    for _ in range(2):
        queue.skip(
            project=project, assignment_id=held.pk, annotator=person, reason="unsure", now=NOW
        )

    assert Skip.objects.count() == 1


def test_skip_needs_a_known_reason():
    project, person = make_project(n_items=1), make_user()
    publish(project, project.items.all())
    held = claim(project, person)

    with pytest.raises(ValidationError, match="'bored' is not a reason"):
        queue.skip(
            project=project, assignment_id=held.pk, annotator=person, reason="bored", now=NOW
        )


def test_only_its_holder_can_skip_an_item():
    project = make_project(n_items=1)
    publish(project, project.items.all())
    held = claim(project, make_user())

    with pytest.raises(Conflict):
        queue.skip(
            project=project, assignment_id=held.pk, annotator=make_user(), reason="unsure", now=NOW
        )


def test_released_leases_go_back_to_the_queue_with_their_budget():
    project, person = make_project(n_items=2, budget=2), make_user()
    publish(project, project.items.all())
    queue.sit_down(project=project, annotator=person, now=NOW)

    released = queue.release(project=project, annotator=person)

    assert released == 2
    assert budgets.labels_left(project) == 2
    assert project.assignments.filter(state="open").count() == 2


def test_new_batch_withdraws_what_is_left_of_the_old_one_but_not_what_is_held():
    project, person = make_project(), make_user()
    items = add_items(project, 4)
    publish(project, items[:3])
    held = claim(project, person)

    publish(project, items[2:], number=1)

    states = dict(project.assignments.filter(batch__number=0).values_list("item", "state"))
    assert states == {held.item_id: "leased", items[1].pk: "withdrawn", items[2].pk: "withdrawn"}
    assert claim(project, make_user()).item_id == items[2].pk


def test_publish_leaves_out_what_was_handed_out_meanwhile():
    project = make_project()
    items = add_items(project, 2)
    publish(project, items[:1])
    claim(project, make_user())

    second = publish(project, items, number=1)

    assert [a.item_id for a in second] == [items[1].pk]


def test_reserve_takes_the_place_of_what_was_handed_out_meanwhile():
    project = make_project()
    items = add_items(project, 4)
    publish(project, items[:1])
    claim(project, make_user())

    second = publish(project, items, number=1, reserve=2)

    assert [(a.item_id, a.in_reserve) for a in second] == [
        (items[1].pk, False),
        (items[2].pk, False),
        (items[3].pk, True),
    ]


def test_last_answer_of_a_batch_wakes_the_reader():
    project, person = make_project(n_items=3), make_user()
    publish(project, project.items.all(), reserve=1)
    DBTaskResult.objects.all().delete()

    answer(project, person, claim(project, person))
    before = DBTaskResult.objects.count()
    answer(project, person, claim(project, person))

    assert (before, DBTaskResult.objects.count()) == (0, 1)
