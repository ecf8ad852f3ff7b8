from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from alapp.errors import Conflict
from annotation import exchange
from annotation.models import Account, Assignment, Consensus, Label, Membership, Project
from annotation.services import budgets, bulk, desk, projects, queue, together
from annotation.services.queue import Nothing
from tests.factories import NOW, answer, claim, make_project, make_user
from tests.support.invariants import violations

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return make_user("ada")


@pytest.fixture
def project(ada):
    project = make_project(n_items=80, budget=500)
    projects.set_role(project=project, user=ada, role="annotator", actor=None)
    # With this seed 30 of the first 40 items may be answered together and 16 of the next 20: as
    # many as a quarter that may not leaves to be expected, and enough for a table of 24.
    Project.objects.update(bulk_allowed=True, seed=8)
    project.refresh_from_db()
    return project


# Within their leases, and long enough after the hand-out for the time that is claimed.
LATER = NOW + timedelta(minutes=1)
# Of an answer: two that lock and read the time of its giver, six for leases and labels, six for
# budget and consensus, one look at the batch.
N_ANSWER = 15
# Of a table: what is held and what waits, six for leases and budget, one look at the desk.
N_TABLE = 12


def lay(project, *, n=60, yes=40, purposes=None):
    """Publish n items, the first `yes` of them thought to be of the first class."""
    first, second = project.classes.all()
    wanted = [
        exchange.WantedItem(
            item_id=item.pk,
            position=place,
            purpose=(purposes or {}).get(place, "query"),
            in_reserve=False,
            prediction={"class_id": first.pk if place < yes else second.pk, "confidence": 0.7},
        )
        for place, item in enumerate(project.items.order_by("pk")[:n])
    ]
    with transaction.atomic():
        exchange.publish(project_id=project.pk, number=0, wanted=wanted, model_version="m")
    return list(project.assignments.order_by("position", "slot"))


def of_class(each):
    return bulk.Key(bulk.Kind.CLASS, each.pk)


def seat(project, person, now=NOW):
    return desk.Seat(project, person, now)


def together_items(project, rows):
    """Those of the assignments that may be answered together."""
    hashes = dict(project.items.values_list("pk", "content_hash"))
    return [each for each in rows if not bulk.comes_one_by_one(project, hashes[each.item_id])]


def send(project, person, ids, *, place=0, now=LATER, active_ms=10_000, tokens=None):
    sent = [together.Sent(pk, (tokens or {}).get(pk) or uuid4()) for pk in ids]
    return together.answer(
        seat(project, person, now),
        sent,
        class_ids=[project.classes.all()[place].pk],
        active_ms=active_ms,
        wall_ms=12_000,
    )


def test_group_is_leased_to_who_looks_at_it_and_nobody_else(project, ada):
    lay(project)
    other = make_user()

    mine = bulk.open_table(seat(project, ada))
    theirs = bulk.open_table(seat(project, other), key=mine.group)

    assert len(mine.order) == 24
    assert not set(mine.order) & set(theirs.order)
    held = Assignment.objects.filter(pk__in=mine.order, annotator=ada, state="leased")
    assert held.count() == 24
    assert [card.assignment_id for card in mine.cards] == mine.order
    assert violations(project) == []


def test_items_of_a_group_are_thought_to_be_of_its_class(project, ada):
    rows = together_items(project, lay(project))
    first, second = project.classes.all()

    table = bulk.open_table(seat(project, ada), key=of_class(second))

    theirs = [each.pk for each in rows if each.prediction["class_id"] == second.pk]
    assert table.order == theirs[:24]
    assert {each.key: each.n for each in table.groups} == {
        of_class(first): len(rows) - len(theirs),
        of_class(second): len(theirs),
    }


def test_looking_again_shows_the_same_items(project, ada):
    lay(project)

    before = bulk.open_table(seat(project, ada))
    after = bulk.open_table(seat(project, ada, NOW + timedelta(minutes=1)), key=before.group)

    assert after.order == before.order


@pytest.mark.parametrize("purpose", ["audit", "gold"])
def test_what_measures_is_never_answered_together(project, ada, purpose):
    rows = together_items(project, lay(project, purposes=dict.fromkeys(range(0, 60, 3), purpose)))
    plain = [each.pk for each in rows if each.purpose == "query"]

    seen = set()
    for group in project.classes.all():
        table = bulk.open_table(seat(project, ada), key=of_class(group))
        seen.update(table.order)

    assert seen <= set(plain)
    assert len(seen) > 20


def test_what_measures_comes_one_by_one_among_others_that_do(project, ada):
    lay(project, purposes=dict.fromkeys(range(0, 60, 3), "audit"))
    for group in project.classes.all():
        table = bulk.open_table(seat(project, ada), key=of_class(group))
        while table.order:
            send(project, ada, table.order)
            table = bulk.open_table(seat(project, ada), key=of_class(group))
            if table.group != of_class(group):
                break

    left = []
    while project.assignments.filter(batch__number=0, state="open").exists():
        held = claim(project, ada)
        left.append(held.purpose)
        answer(project, ada, held)

    # 20 audit items, and of the 40 others the fixed quarter.
    hashes = project.items.order_by("pk").values_list("content_hash", flat=True)[:60]
    kept = sum(bulk.comes_one_by_one(project, h) for place, h in enumerate(hashes) if place % 3)
    assert left.count("audit") == 20
    assert left.count("query") == kept > 0
    assert violations(project) == []


def test_a_quarter_of_the_items_comes_one_by_one(project):
    kept = sum(bulk.comes_one_by_one(project, f"{n:064d}") for n in range(4_000))

    # Binomial(4000, 0.25): 1000, and within four standard deviations of 27.4.
    assert 890 < kept < 1110


def test_budget_hands_out_as_many_as_it_has_room_for(project, ada):
    budgets.set_limit(project=project, scope="project", limit=5, actor=None)
    lay(project)

    table = bulk.open_table(seat(project, ada))

    assert len(table.order) == 5
    assert Account.objects.get().reserved == 5
    assert bulk.open_table(seat(project, make_user())).nothing is Nothing.BUDGET
    assert violations(project) == []


def test_frozen_budget_hands_out_nothing(project, ada):
    lay(project)
    budgets.freeze(budget=project.budgets.get(), is_frozen=True, actor=None)

    assert bulk.open_table(seat(project, ada)).nothing is Nothing.FROZEN


def test_share_of_the_batch_limits_a_group_too(project, ada):
    lay(project)
    Project.objects.update(batch_share_percent=10)
    project.refresh_from_db()

    # 10 % of 60.
    assert len(bulk.open_table(seat(project, ada)).order) == 6


def test_person_whose_role_is_handed_nothing_gets_no_group(project, ada):
    lay(project)
    Project.objects.update(reviewers_label=False)
    Membership.objects.filter(user=ada).update(role="reviewer")
    project.refresh_from_db()

    assert bulk.open_table(seat(project, ada)).order == []


def test_two_slots_of_an_item_do_not_come_to_one_person(project, ada):
    Project.objects.update(overlap=2)
    project.refresh_from_db()
    lay(project)

    table = bulk.open_table(seat(project, ada))

    items = Assignment.objects.filter(pk__in=table.order).values_list("item", flat=True)
    assert len(set(items)) == len(items) == 24
    assert violations(project) == []


def test_one_answer_makes_a_label_for_each_item_and_shares_the_time(project, ada):
    lay(project)
    ids = bulk.open_table(seat(project, ada)).order[:7]

    outcome = send(project, ada, ids, active_ms=10_000)

    assert not outcome.refused
    times = list(Label.objects.order_by("assignment__position").values_list("active_ms", flat=True))
    # 10,000 of 7 are 1,428 and 4 left over, a millisecond each to the first.
    assert times == [1_429] * 4 + [1_428] * 3
    assert sum(times) == 10_000
    assert sum(Label.objects.values_list("wall_ms", flat=True)) == 12_000
    first = Label.objects.order_by("pk").first()
    assert first.prediction["class_id"] == project.classes.first().pk
    assert first.model_version == "m"
    assert Consensus.objects.count() == 7
    assert violations(project) == []


def test_group_sent_twice_is_recorded_once(project, ada):
    lay(project)
    ids = bulk.open_table(seat(project, ada)).order
    tokens = {pk: uuid4() for pk in ids}

    first = send(project, ada, ids, tokens=tokens)
    again = send(project, ada, ids, tokens=tokens)

    assert {each.pk for each in first.labels} == {each.pk for each in again.labels}
    assert Label.objects.count() == 24
    assert violations(project) == []


def test_item_that_is_refused_does_not_keep_the_others(project, ada):
    lay(project)
    ids = bulk.open_table(seat(project, ada)).order
    send(project, ada, ids[:1])

    outcome = send(project, ada, ids[:3], place=1)

    assert [(each.assignment_id, each.why) for each in outcome.refused] == [
        (ids[0], "You have answered this item already.")
    ]
    assert Label.objects.count() == 3
    assert violations(project) == []


def test_answer_given_after_the_lease_moved_on_is_kept(project, ada):
    lay(project, n=3, yes=3)
    ids = bulk.open_table(seat(project, ada)).order
    later = NOW + timedelta(hours=1)
    other = make_user()
    queue.release_expired(project=project, now=later)
    taken = claim(project, other, later)
    answer(project, other, taken, now=later)

    send(project, ada, ids, now=later)

    extra = Label.objects.filter(annotator=ada, is_extra=True).values_list("assignment", flat=True)
    assert set(extra) == {taken.pk} & set(ids)
    assert Label.objects.filter(annotator=ada).count() == len(ids)
    assert violations(project) == []


def test_class_that_does_not_exist_records_nothing(project, ada):
    lay(project)
    ids = bulk.open_table(seat(project, ada)).order

    with pytest.raises(ValidationError, match="not recorded"):
        together.answer(
            seat(project, ada),
            [together.Sent(pk, uuid4()) for pk in ids],
            class_ids=[10**9],
            active_ms=0,
            wall_ms=0,
        )

    assert not Label.objects.exists()


def test_nothing_chosen_is_refused(project, ada):
    with pytest.raises(ValidationError, match="between 1 and 24"):
        send(project, ada, [])


def test_opinions_of_two_people_are_joined(project, ada):
    Project.objects.update(overlap=2)
    project.refresh_from_db()
    lay(project)
    other = make_user()
    send(project, ada, bulk.open_table(seat(project, ada)).order)
    send(project, other, bulk.open_table(seat(project, other)).order, place=1)

    both = Consensus.objects.filter(n_labels=2)
    assert both.count() > 0
    assert set(both.values_list("certainty", flat=True)) == {0.5}
    assert violations(project) == []


def test_group_is_taken_back_as_a_whole(project, ada):
    lay(project)
    ids = bulk.open_table(seat(project, ada)).order
    tokens = {pk: uuid4() for pk in ids}
    send(project, ada, ids, tokens=tokens)
    undo_token = uuid4()

    n = together.undo(seat(project, ada), list(tokens.values()), undo_token=undo_token)
    again = together.undo(seat(project, ada), list(tokens.values()), undo_token=undo_token)

    assert n == again == 24
    assert not Consensus.objects.exists()
    table = bulk.open_table(seat(project, ada))
    assert set(table.order) == set(ids)
    assert table.cards[0].answered == {project.classes.first().pk}
    assert violations(project) == []


def test_one_of_a_group_is_taken_back(project, ada):
    lay(project)
    ids = bulk.open_table(seat(project, ada)).order
    tokens = {pk: uuid4() for pk in ids}
    send(project, ada, ids, tokens=tokens)

    together.undo(seat(project, ada), [tokens[ids[3]]], undo_token=uuid4())

    assert Consensus.objects.count() == 23
    assert Assignment.objects.get(pk=ids[3]).state == "leased"
    assert violations(project) == []


def test_answers_of_others_cannot_be_taken_back(project, ada):
    lay(project)
    ids = bulk.open_table(seat(project, ada)).order
    tokens = {pk: uuid4() for pk in ids}
    send(project, ada, ids, tokens=tokens)

    with pytest.raises(Conflict, match="no answer of yours"):
        together.undo(seat(project, make_user()), list(tokens.values()), undo_token=uuid4())


def test_paused_project_hands_out_no_group_but_keeps_what_is_held(project, ada):
    lay(project)
    before = bulk.open_table(seat(project, ada))
    project.status = "paused"
    project.save(update_fields=["status"])

    after = bulk.open_table(seat(project, ada))

    assert (after.order, after.nothing) == (before.order, Nothing.PAUSED)


def test_answer_to_many_takes_as_many_statements_as_to_few(project, ada, django_assert_num_queries):
    lay(project)
    ids = bulk.open_table(seat(project, ada)).order

    with django_assert_num_queries(N_ANSWER):
        send(project, ada, ids[:2])
    with django_assert_num_queries(N_ANSWER):
        send(project, ada, ids[2:])


def test_group_of_many_takes_as_many_statements_as_of_few(project, ada, django_assert_num_queries):
    lay(project)
    first, second = project.classes.all()
    budgets.set_limit(project=project, scope="project", limit=100, actor=None)
    bulk.open_table(seat(project, make_user()), key=of_class(second))

    with django_assert_num_queries(N_TABLE):
        assert len(bulk.open_table(seat(project, ada), key=of_class(first)).order) == 24
    other = make_user()
    with django_assert_num_queries(N_TABLE):
        assert len(bulk.open_table(seat(project, other), key=of_class(first)).order) < 20
