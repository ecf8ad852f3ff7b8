"""What annotators are told: answers returned, decisions, known answers; and what they never are."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from alapp.errors import Conflict
from annotation.models import AuditEntry, Consensus, Project, Returned
from annotation.services import corrections, decisions, known_answers, labels, notes
from annotation.services.known_answers import Known
from tests.factories import NOW, add_items, answer, claim, make_user, publish
from tests.support.panel import items_of, panel

pytestmark = pytest.mark.django_db


@pytest.fixture
def disputed():
    return panel([[0], [1]])


def send_back(project, who):
    return decisions.send_back(
        project=project,
        label_id=who.labels.current().get().pk,
        comment="Which word says so?",
        actor=make_user(),
        now=NOW,
    )


def correct(project, returned, who, place):
    return notes.correct(
        project=project,
        returned_id=returned.pk,
        annotator=who,
        class_ids=[project.classes.all()[place].pk],
        token=uuid4(),
        now=NOW,
    )


def test_a_returned_answer_waits_for_who_gave_it_and_for_nobody_else(disputed):
    project, (one, other) = disputed
    send_back(project, one)

    assert [each.returned.comment for each in notes.waiting(project, one)] == [
        "Which word says so?"
    ]
    assert notes.count_waiting(project, other) == 0


def test_correcting_it_settles_it_and_changes_the_consensus(disputed):
    project, (one, _) = disputed
    Project.objects.update(corrections_allowed=False)
    project.refresh_from_db()
    returned = send_back(project, one)

    label = correct(project, returned, one, 1)

    assert label.is_correction
    assert Returned.objects.get().settled_at == NOW
    consensus = Consensus.objects.get()
    assert (consensus.value, consensus.is_tied) == ([project.classes.all()[1].pk], False)
    assert AuditEntry.objects.filter(action="label.revise", actor=one).exists()
    with pytest.raises(Conflict):
        correct(project, returned, one, 0)


def test_confirming_it_settles_it_and_changes_nothing(disputed):
    project, (one, _) = disputed
    returned = send_back(project, one)

    notes.confirm(project=project, returned_id=returned.pk, annotator=one, now=NOW)

    assert notes.count_waiting(project, one) == 0
    assert one.labels.count() == 1


def test_correcting_it_elsewhere_settles_it_as_well(disputed):
    project, (one, _) = disputed
    send_back(project, one)
    change = corrections.Change(project, one.labels.get().pk, one, uuid4())

    corrections.revise(change, class_ids=[project.classes.all()[1].pk])

    assert notes.count_waiting(project, one) == 0


def test_nobody_settles_what_was_returned_to_somebody_else(disputed):
    project, (one, other) = disputed
    returned = send_back(project, one)

    with pytest.raises(Conflict):
        correct(project, returned, other, 1)
    with pytest.raises(Conflict):
        notes.confirm(project=project, returned_id=returned.pk, annotator=other, now=NOW)
    assert Returned.objects.waiting().exists()


def test_a_wrong_correction_leaves_it_waiting(disputed):
    project, (one, _) = disputed
    returned = send_back(project, one)

    with pytest.raises(ValidationError):
        notes.correct(
            project=project,
            returned_id=returned.pk,
            annotator=one,
            class_ids=[999_999],
            token=uuid4(),
            now=NOW,
        )
    assert notes.count_waiting(project, one) == 1


def decide(project, item, *, comment, now):
    return decisions.decide(
        project=project,
        item_id=item.pk,
        class_ids=[project.classes.all()[0].pk],
        actor=make_user(),
        now=now,
        comment=comment,
    )


def test_decisions_with_a_word_are_told_to_those_who_had_answered(disputed):
    project, (one, other) = disputed
    later = other.labels.get().created_at.replace(year=2100)
    decide(project, items_of(project)[0], comment="By the last word.", now=later)

    assert [(each.comment, each.is_right) for each in notes.decided(project, one)] == [
        ("By the last word.", True)
    ]
    assert [each.is_right for each in notes.decided(project, other)] == [False]
    assert notes.decided(project, make_user()) == []


def test_decisions_without_a_word_or_before_the_answer_are_not_told(disputed):
    project, (one, _) = disputed
    decision = decide(project, items_of(project)[0], comment="", now=NOW)
    assert notes.decided(project, one) == []

    # Decided years before it was answered.
    type(decision).objects.update(comment="By the last word.", decided_at=NOW.replace(year=2000))
    assert notes.decided(project, one) == []


@pytest.fixture
def asked(disputed):
    """One has a known answer before them."""
    project, (one, _) = disputed
    Project.objects.update(gold_percent=50)
    project.refresh_from_db()
    items = add_items(project, 3)
    yes = project.classes.all()[0].pk
    known_answers.add(
        project=project,
        known=[Known(items[0].pk, [yes])],
        source="upload",
        actor=make_user(),
        now=NOW,
    )
    publish(project, items[1:], number=1, overlap=1)
    return project, one


def answer_all(project, who):
    return [answer(project, who, claim(project, who), place=1) for _ in range(3)]


def test_known_answers_are_told_after_the_answer_where_the_project_says_so(asked):
    project, one = asked
    Project.objects.update(gold_feedback=True)
    project.refresh_from_db()
    assert notes.known(project, one) == []

    answer_all(project, one)

    assert [(each.is_right, each.holds[0].name) for each in notes.known(project, one)] == [
        (False, "yes")
    ]


def test_known_answers_are_not_told_by_default(asked):
    project, one = asked

    answer_all(project, one)

    assert notes.known(project, one) == []


def test_what_may_have_been_read_cannot_be_answered_anew(asked):
    project, one = asked
    Project.objects.update(gold_feedback=True)
    project.refresh_from_db()
    given = answer_all(project, one)
    gold = next(each for each in given if each.purpose == "gold")

    with pytest.raises(Conflict, match="The answer to this item is known"):
        corrections.revise(
            corrections.Change(project, gold.pk, one, uuid4()),
            class_ids=[project.classes.all()[0].pk],
        )
    with pytest.raises(Conflict, match="The answer to this item is known"):
        labels.take_back(gold, project=project, token=uuid4(), now=NOW)
