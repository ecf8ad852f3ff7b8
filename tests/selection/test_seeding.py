"""What leads sought out: asked first, trained on, and never taken for random."""

from uuid import uuid4

import pytest

from annotation import exchange
from annotation.models import Assignment, Run
from annotation.services import labels, queue, runs, seeds, sought
from selection import asking, due
from selection.models import Pick, Replay, Round, SelectionConfig
from tests.factories import NOW, add_items, answer, claim, make_project, make_user
from tests.selection.test_retraining import texts, truth
from tests.support.invariants import violations

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def project(lead):
    project = make_project(classes=("money", "parcel"), owner=lead, budget=500)
    add_items(project, 80, texts=texts(80))
    SelectionConfig.objects.create(
        project=project, config={"batch_size": 8, "reserve_size": 4, "cold_start": "expert"}
    )
    return project


def do_round(project):
    due.look(project.pk)
    for run in Run.objects.filter(project=project, state="queued"):
        runs.execute.call(run.pk)
    assert not Run.objects.filter(project=project, state="failed").exists()
    return Round.objects.filter(project=project).latest("number")


def audit_order(project):
    """The project's items in its fixed random order; 80 // 4 = 20 of them are reserved."""
    return list(project.items.order_by("audit_rank"))


def pick(project, lead, items):
    seeds.add(project=project, item_ids=[i.pk for i in items], actor=lead, now=NOW)


def label_on_the_spot(project, lead, item):
    chosen = project.classes.all()[truth(item)]
    given = labels.Answer([chosen.pk], uuid4())
    return sought.answer(project=project, item_id=item.pk, actor=lead, answer=given, now=NOW)


def label_batch(project, person):
    while (
        exchange.progress(project.pk, now=NOW).n_closed
        < exchange.progress(project.pk, now=NOW).n_wanted
    ):
        held = claim(project, person)
        answer(project, person, held, place=truth(held.item))
    queue.release(project=project, annotator=person)


def asked_for(shown, purpose):
    picks = shown.picks.filter(purpose=purpose).order_by("position")
    return list(picks.values_list("item", flat=True))


def test_first_batch_asks_the_seed_set_beside_its_audit_items(project, lead):
    wanted = [audit_order(project)[place] for place in (50, 3, 70)]
    pick(project, lead, wanted)

    first = do_round(project)

    assert asked_for(first, "seed") == [i.pk for i in wanted]
    # 8 of the batch: 2 audit items, 3 seeds, 3 typical ones.
    batch = first.picks.filter(in_reserve=False)
    assert [batch.filter(purpose=p).count() for p in ("audit", "seed", "query")] == [2, 3, 3]
    assert {p.reason["code"] for p in batch.filter(purpose="query")} == {"typical"}
    assert violations(project) == []


def test_more_seeds_than_a_batch_holds_are_asked_by_the_next(project, lead):
    wanted = audit_order(project)[30:50]
    pick(project, lead, wanted)
    person = make_user()

    first = do_round(project)
    label_batch(project, person)
    second = do_round(project)

    # 6 of the batch and 4 of the reserve, whose audit item comes with round 1 (0.8 per round);
    # only the batch was answered.
    assert asked_for(first, "seed") == [i.pk for i in wanted[:10]]
    assert asked_for(second, "seed") == [i.pk for i in wanted[6:15]]
    assert violations(project) == []


def test_seeds_are_asked_first_whatever_the_cold_start(project, lead):
    SelectionConfig.objects.update(config={"batch_size": 8, "cold_start": "random"})
    [wanted] = audit_order(project)[40:41]
    pick(project, lead, [wanted])

    assert asked_for(do_round(project), "seed") == [wanted.pk]


def test_reserved_item_that_is_sought_leaves_the_audit_order_to_the_next(project, lead):
    order = audit_order(project)
    pick(project, lead, [order[0], order[1]])

    first = do_round(project)

    assert asked_for(first, "seed") == [order[0].pk, order[1].pk]
    # The two audit items of the batch are the next two of the order.
    assert set(asked_for(first, "audit")) == {order[2].pk, order[3].pk}
    assert first.audit_reserved == 19  # a quarter of the 78 that are random, rounded down
    assert violations(project) == []


def test_reserved_item_labelled_on_the_spot_trains_and_does_not_measure(project, lead):
    order = audit_order(project)
    for item in order[:6]:
        label_on_the_spot(project, lead, item)

    first = do_round(project)

    assert (first.n_train, first.n_audit) == (6, 0)
    assert first.audit_reserved == 18  # a quarter of 74
    assert exchange.audit_answers(project.pk) == {}
    assert violations(project) == []


def test_measure_rests_on_random_items_only(project, lead):
    order = audit_order(project)
    label_on_the_spot(project, lead, order[1])
    person = make_user()
    do_round(project)
    label_batch(project, person)

    second = do_round(project)

    # The two audit items of the batch; what the lead labelled stands between them in the order.
    assert set(exchange.audit_answers(project.pk)) == {order[0].pk, order[2].pk}
    assert second.n_audit == 2
    assert violations(project) == []


def test_audit_item_that_was_handed_out_stays_one_when_a_lead_picks_it(project, lead):
    person = make_user()
    do_round(project)
    label_batch(project, person)
    measured = set(exchange.audit_answers(project.pk))

    pick(project, lead, project.items.filter(pk__in=measured))
    second = do_round(project)

    assert set(exchange.audit_answers(project.pk)) == measured
    assert second.n_audit == len(measured) == 2
    assert asked_for(second, "seed") == []
    assert violations(project) == []


def test_pick_taken_back_is_asked_like_any_other_and_never_as_audit_item(project, lead):
    [first] = audit_order(project)[:1]
    pick(project, lead, [first])
    seeds.remove(project=project, item_ids=[first.pk], actor=lead, now=NOW)

    shown = do_round(project)

    assert asked_for(shown, "seed") == []
    assert first.pk not in asked_for(shown, "audit")


def test_same_seeds_give_the_same_batch(project, lead):
    pick(project, lead, audit_order(project)[30:33])
    first = do_round(project)
    batch = list(first.picks.order_by("position").values_list("item", "purpose"))
    Pick.objects.all().delete()
    Round.objects.all().delete()
    Assignment.objects.all().delete()
    project.batches.all().delete()
    Run.objects.all().delete()

    again = do_round(project)

    assert list(again.picks.order_by("position").values_list("item", "purpose")) == batch


def test_round_with_seeds_is_repeated_bit_for_bit(project, lead):
    pick(project, lead, audit_order(project)[:3])
    shown = do_round(project)
    label_on_the_spot(project, lead, audit_order(project)[60])

    asking.replay(project_id=project.pk, number=shown.number, actor_id=lead.pk)
    runs.execute.call(Run.objects.get(kind=asking.REPLAY).pk)

    found = Replay.objects.get(round=shown)
    assert (found.is_same, found.differences) == (True, [])
