"""Answers changed after the fact: nothing edited, nothing paid twice, the new one counts."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from alapp.errors import Conflict
from annotation import exchange
from annotation.models import (
    Account,
    Assignment,
    AuditEntry,
    Charge,
    Consensus,
    Decision,
    Item,
    Label,
)
from annotation.services import budgets, corrections, labels, ledger_check, queue
from annotation.services.corrections import Change
from tests.factories import NOW, answer, claim, make_project, make_user, publish
from tests.support.invariants import violations

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
# Time enough for the seconds a page measured to be true.
SOON, THEN = NOW + timedelta(seconds=30), NOW + timedelta(seconds=60)


@pytest.fixture
def project():
    project = make_project(n_items=4, budget=4)
    publish(project, project.items.all())
    return project


@pytest.fixture
def person():
    return make_user()


def change(label, token=None):
    return Change(label.project, label.pk, label.annotator, token or uuid4())


def class_at(project, place):
    return project.classes.all()[place].pk


def corrected(label, *, place=1, token=None):
    wanted = [class_at(label.project, place)]
    return corrections.revise(change(label, token), class_ids=wanted)


def test_correction_stands_in_the_place_of_the_answer_which_stays_on_record(project, person):
    label = answer(project, person, claim(project, person))

    second = corrected(label)

    assert list(Label.objects.current()) == [second]
    assert (second.supersedes, second.revision, second.is_correction) == (label, 1, True)
    assert Label.objects.get(pk=label.pk).value == [class_at(project, 0)]
    assert Consensus.objects.get().value == [class_at(project, 1)]
    assert violations(project) == []


def test_correction_costs_nothing_more_and_keeps_the_time(project, person):
    label = answer(project, person, claim(project, person), now=SOON)
    before = Account.objects.values_list("reserved", "spent", "n_settled").get()

    second = corrected(label)

    assert Account.objects.values_list("reserved", "spent", "n_settled").get() == before
    assert Charge.objects.get().label == second
    assert (second.active_ms, second.wall_ms) == (1_500, 2_000)
    assert ledger_check.check_ledger() == []


def test_correction_is_possible_when_the_budget_is_used_up(person):
    project = make_project(n_items=1, budget=1)
    publish(project, project.items.all())
    label = answer(project, person, claim(project, person))

    corrected(label)

    assert budgets.labels_left(project) == 0
    assert violations(project) == []


def test_next_round_is_given_the_correction_and_knows_that_something_changed(project, person):
    label = answer(project, person, claim(project, person))
    seen = exchange.load_answers(project.pk)

    corrected(label)

    now = exchange.load_answers(project.pk)
    assert now.revision > seen.revision
    assert [list(each) for each in now.values] == [[class_at(project, 1)]]


def test_correction_of_one_of_three_opinions_changes_what_they_agree_on(person):
    project = make_project(n_items=1, budget=9)
    publish(project, project.items.all(), overlap=3)
    people = [person, make_user(), make_user()]
    given = [
        answer(project, each, claim(project, each), place=place)
        for each, place in zip(people, (0, 0, 1), strict=True)
    ]

    corrected(given[0])

    agreed = Consensus.objects.get()
    # Two of three say the second class now.
    assert (agreed.value, agreed.n_labels) == ([class_at(project, 1)], 3)
    assert agreed.certainty == pytest.approx(2 / 3)


def test_same_correction_sent_twice_is_one(project, person):
    label, token = answer(project, person, claim(project, person)), uuid4()

    first = corrected(label, token=token)
    second = corrected(label, token=token)

    assert first == second
    assert Label.objects.count() == 2


def test_correcting_to_the_same_answer_changes_nothing(project, person):
    label = answer(project, person, claim(project, person))

    assert corrected(label, place=0) == label
    assert Label.objects.count() == 1
    assert not AuditEntry.objects.filter(action="label.revise").exists()


def test_of_two_tabs_the_second_is_told(project, person):
    label = answer(project, person, claim(project, person))
    corrected(label)

    with pytest.raises(Conflict, match="changed this answer elsewhere"):
        corrected(label)


def test_answer_of_somebody_else_cannot_be_corrected(project, person):
    label = answer(project, person, claim(project, person))
    theirs = Change(project, label.pk, make_user(), uuid4())

    with pytest.raises(Conflict):
        corrections.revise(theirs, class_ids=[class_at(project, 1)])


def test_wrong_answer_is_refused(project, person):
    label = answer(project, person, claim(project, person))

    with pytest.raises(ValidationError, match="exactly one class is wanted, 0 were"):
        corrections.revise(change(label), class_ids=[])


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"corrections_allowed": False}, "does not allow"),
        ({"status": "paused"}, "while the project is active"),
        ({"status": "stopped"}, "while the project is active"),
    ],
)
@pytest.mark.parametrize("is_taken_back", [False, True])
def test_corrections_are_refused_while_not_allowed(project, person, fields, why, is_taken_back):
    label = answer(project, person, claim(project, person))
    type(project).objects.filter(pk=project.pk).update(**fields)
    label = Label.objects.get(pk=label.pk)

    act = partial(corrections.take_back, now=NOW) if is_taken_back else None

    with pytest.raises(PermissionDenied, match=why):
        act(change(label)) if act else corrected(label)


def test_answers_of_a_withdrawn_item_stay_as_they_are(project, person):
    label = answer(project, person, claim(project, person))
    Item.objects.filter(pk=label.item_id).update(withdrawn_at=NOW)

    with pytest.raises(Conflict, match="taken out of the project"):
        corrected(label)


def test_answers_of_an_item_a_lead_decided_stay_as_they_are(project, person):
    label = answer(project, person, claim(project, person))
    Decision.objects.create(
        project=project, item=label.item, value=label.value, decided_by=make_user()
    )

    with pytest.raises(Conflict, match="lead has decided"):
        corrected(label)


def test_extra_answer_can_be_corrected_and_still_costs_nothing(person):
    project = make_project(n_items=1)
    publish(project, project.items.all())
    held, other = claim(project, person), make_user()
    claim(project, other, now=LATER)
    late = answer(project, person, held, now=LATER)
    assert late.is_extra

    second = corrected(late)

    assert second.is_extra
    assert violations(project) == []


def test_taking_back_an_older_answer_brings_its_item_back_to_the_desk(project, person):
    old = answer(project, person, claim(project, person))
    answer(project, person, claim(project, person))

    corrections.take_back(change(old), now=LATER)

    assert Assignment.objects.get(pk=old.assignment_id).state == "leased"
    held = queue.sit_down(project=project, annotator=person, now=LATER).assignments
    assert held[0].item_id == old.item_id
    assert Account.objects.values_list("reserved", "spent").get() == (2, 1)
    assert not Consensus.objects.filter(item=old.item_id).exists()
    assert violations(project) == []


def test_corrected_answer_taken_back_and_given_anew_is_paid_by_its_time_once(person):
    project = make_project(n_items=1)
    publish(project, project.items.all())
    budgets.set_limit(project=project, scope="project", unit="hours", limit=3_600_000, actor=None)
    held = claim(project, person)
    second = corrected(answer(project, person, held, now=SOON))
    corrections.take_back(change(second), now=SOON)

    answer(project, person, held, now=THEN)

    # 1.5 s for the first answer, 1.5 s for the last; the correction carried its time.
    hours = Account.objects.get(budget__unit="hours")
    assert (hours.spent, hours.reserved) == (3_000, 0)
    assert violations(project) == []


def test_undo_takes_back_what_was_answered_last_not_what_was_corrected_last(project, person):
    old = answer(project, person, claim(project, person))
    last = answer(project, person, claim(project, person))
    corrected(old)

    undone = labels.undo(project=project, annotator=person, token=uuid4(), now=NOW)

    assert undone.item_id == last.item_id


def test_undo_of_a_corrected_answer_takes_back_the_correction(project, person):
    second = corrected(answer(project, person, claim(project, person)))

    labels.undo(project=project, annotator=person, token=uuid4(), now=NOW)

    assert not Label.objects.current().exists()
    assert Label.objects.get(supersedes=second).value is None
    assert violations(project) == []


def test_undo_walks_back_twenty_answers_over_several_batches(person):
    project = make_project(n_items=24, budget=100)
    items = list(project.items.order_by("pk"))
    for number in range(4):
        publish(project, items[6 * number : 6 * number + 6], number=number)
        for _ in range(6):
            answer(project, person, claim(project, person))
    order = list(Label.objects.order_by("-pk").values_list("item", flat=True))

    undone = [
        labels.undo(project=project, annotator=person, token=uuid4(), now=NOW).item_id
        for _ in range(labels.UNDO_DEPTH)
    ]

    assert undone == order[:20]
    assert violations(project) == []


def test_corrections_do_not_shorten_what_can_be_undone(person):
    project = make_project(n_items=20, budget=100)
    publish(project, project.items.all())
    given = [answer(project, person, claim(project, person)) for _ in range(20)]
    for label in given:
        corrected(corrected(label), place=0)

    for _ in range(20):
        labels.undo(project=project, annotator=person, token=uuid4(), now=NOW)

    assert not Label.objects.current().exists()
    assert violations(project) == []
