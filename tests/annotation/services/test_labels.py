from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from alapp.errors import Conflict
from annotation.models import Account, Assignment, Charge, Consensus, Label
from annotation.services import budgets, labels, queue
from tests.factories import NOW, answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(seconds=601)


@pytest.fixture
def project():
    project = make_project(n_items=3, budget=3)
    publish(project, project.items.all())
    return project


@pytest.fixture
def person():
    return make_user()


def record(project, person, assignment, token, *, place=0, now=NOW):
    chosen = project.classes.all()[place]
    return labels.record(
        project=project,
        assignment_id=assignment.pk,
        annotator=person,
        answer=labels.Answer([chosen.pk], token),
        now=now,
    )


def test_answer_closes_its_assignment_and_settles_its_budget(project, person):
    held = claim(project, person)

    label = answer(project, person, held)

    assert Assignment.objects.get(pk=held.pk).state == "done"
    assert Charge.objects.get().label == label
    assert Account.objects.values_list("reserved", "spent").get() == (0, 1)
    assert Consensus.objects.get().value == label.value


def test_same_answer_sent_twice_is_one_label(project, person):
    held, token = claim(project, person), uuid4()

    first = record(project, person, held, token)
    second = record(project, person, held, token)

    assert first == second
    assert Label.objects.count() == 1
    assert Account.objects.get().spent == 1


def test_second_answer_to_the_same_item_is_refused(project, person):
    held = claim(project, person)
    record(project, person, held, uuid4())

    with pytest.raises(Conflict, match="answered this item already"):
        record(project, person, held, uuid4(), place=1)


def test_late_answer_fills_a_slot_that_is_still_free(project, person):
    held = claim(project, person)
    queue.release_expired(project=project, now=LATER)

    label = record(project, person, held, uuid4(), now=LATER)

    assert not label.is_extra
    assert Assignment.objects.get(pk=held.pk).annotator == person
    assert Account.objects.get().spent == 1


def test_late_answer_to_a_slot_of_another_is_kept_as_extra(person):
    project = make_project(n_items=1)
    publish(project, project.items.all())
    held = claim(project, person)
    other = make_user()
    claim(project, other, now=LATER)

    late = record(project, person, held, uuid4(), now=LATER)
    theirs = record(project, other, held, uuid4(), place=1, now=LATER)

    assert (late.is_extra, theirs.is_extra) == (True, False)
    assert Account.objects.values_list("reserved", "spent").get() == (0, 1)


def test_late_answer_beyond_the_budget_is_kept_as_extra(person):
    project = make_project(n_items=2, budget=1)
    publish(project, project.items.all())
    held = claim(project, person)
    queue.release_expired(project=project, now=LATER)
    project.assignments.filter(pk=held.pk).update(position=9)
    claim(project, make_user(), now=LATER)

    late = record(project, person, held, uuid4(), now=LATER)

    assert late.is_extra
    assert budgets.labels_left(project) == 0


@pytest.mark.parametrize("n_chosen", [0, 2])
def test_single_label_takes_exactly_one_class(project, person, n_chosen):
    held = claim(project, person)
    chosen = [each.pk for each in project.classes.all()[:n_chosen]]

    with pytest.raises(ValidationError, match=f"exactly one class is wanted, {n_chosen} were"):
        labels.record(
            project=project,
            assignment_id=held.pk,
            annotator=person,
            answer=labels.Answer(chosen, uuid4()),
            now=NOW,
        )

    assert Assignment.objects.get(pk=held.pk).state == "leased"


def test_class_of_another_project_is_refused(project, person):
    held, other = claim(project, person), make_project()

    with pytest.raises(ValidationError, match="not one of this project's classes"):
        labels.record(
            project=project,
            assignment_id=held.pk,
            annotator=person,
            answer=labels.Answer([other.classes.all()[0].pk], uuid4()),
            now=NOW,
        )


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ([], "Genau eine Klasse ist gefragt, angegeben waren 0."),
        ([10**9], "Klasse 1000000000 gehört nicht zu diesem Projekt."),
        ([10**9, 10**9 + 1], "Die Klassen 1000000000, 1000000001 gehören nicht zu diesem Projekt."),
    ],
)
def test_wrong_answer_is_refused_in_the_language_of_its_giver(project, person, chosen, said):
    held = claim(project, person)

    with translation.override("de"), pytest.raises(ValidationError) as refusal:
        labels.record(
            project=project,
            assignment_id=held.pk,
            annotator=person,
            answer=labels.Answer(chosen, uuid4()),
            now=NOW,
        )

    assert refusal.value.messages == [f"Die Antwort wurde nicht gespeichert: {said}"]


def test_multi_label_takes_several_classes_and_none(person):
    project = make_project(n_items=2, task="multi", classes=("a", "b", "c"))
    publish(project, project.items.all())
    a, _, c = (each.pk for each in project.classes.all())

    values = [
        labels.record(
            project=project,
            assignment_id=claim(project, person).pk,
            annotator=person,
            answer=labels.Answer(chosen, uuid4()),
            now=NOW,
        ).value
        for chosen in ([c, a], [])
    ]

    assert values == [[a, c], []]


def test_undo_takes_the_answer_back_and_leases_its_item_again(project, person):
    held = claim(project, person)
    label = answer(project, person, held)

    again = labels.undo(project=project, annotator=person, token=uuid4(), now=NOW)

    assert again.pk == held.pk
    assert Assignment.objects.get(pk=held.pk).state == "leased"
    assert not Label.objects.current().exists()
    assert Label.objects.get(pk=label.pk).value == label.value
    assert Account.objects.values_list("reserved", "spent").get() == (1, 0)
    assert not Consensus.objects.exists()


def test_answer_after_undo_supersedes_and_is_paid_once(project, person):
    held = claim(project, person)
    answer(project, person, held)
    labels.undo(project=project, annotator=person, token=uuid4(), now=NOW)

    second = answer(project, person, held, place=1)

    assert list(Label.objects.current()) == [second]
    assert second.revision == 2
    assert Account.objects.values_list("reserved", "spent").get() == (0, 1)
    assert Charge.objects.get(state="settled").label == second


def test_undo_sent_twice_takes_back_one_answer(project, person):
    for _ in range(2):
        answer(project, person, claim(project, person))
    token = uuid4()

    first = labels.undo(project=project, annotator=person, token=token, now=NOW)
    second = labels.undo(project=project, annotator=person, token=token, now=NOW)

    assert first == second
    assert Label.objects.current().count() == 1


def test_undone_item_comes_before_what_is_held(project, person):
    done = claim(project, person, now=NOW)
    answer(project, person, done)
    claim(project, person, now=NOW + timedelta(seconds=1))

    labels.undo(project=project, annotator=person, token=uuid4(), now=NOW + timedelta(seconds=2))
    desk = queue.sit_down(project=project, annotator=person, now=NOW + timedelta(seconds=3))

    assert desk.assignments[0].pk == done.pk


def test_nothing_to_undo_is_said(project, person):
    with pytest.raises(Conflict, match="no answer of yours"):
        labels.undo(project=project, annotator=person, token=uuid4(), now=NOW)


def test_undo_reaches_back_twenty_answers_and_no_further(person):
    project = make_project(n_items=22, budget=100)
    publish(project, project.items.all())
    for _ in range(22):
        answer(project, person, claim(project, person))

    for _ in range(labels.UNDO_DEPTH):
        labels.undo(project=project, annotator=person, token=uuid4(), now=NOW)

    with pytest.raises(Conflict):
        labels.undo(project=project, annotator=person, token=uuid4(), now=NOW)
    assert Label.objects.current().count() == 2


def test_database_refuses_two_first_answers_of_one_person(project, person):
    held = claim(project, person)
    answer(project, person, held)

    with pytest.raises(IntegrityError), transaction.atomic():
        Label.objects.create(
            project=project,
            item=held.item,
            annotator=person,
            value=[project.classes.all()[0].pk],
            client_token=uuid4(),
        )


def test_assignment_of_another_project_is_refused():
    project, other, person = make_project(n_items=1), make_project(n_items=1), make_user()
    publish(other, other.items.all())
    elsewhere = claim(other, person)

    with pytest.raises(Conflict, match="not part of this project"):
        answer(project, person, elsewhere)
