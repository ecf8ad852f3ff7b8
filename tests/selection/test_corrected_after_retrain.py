"""Answers undone or corrected after a model has learnt from them: what the next round is given."""

from uuid import uuid4

import pytest

from annotation import exchange
from annotation.models import Consensus, Label
from annotation.services import corrections, labels, ledger_check
from annotation.services.corrections import Change
from selection import due
from selection.models import Round, SelectionConfig
from tests.factories import NOW, add_items, claim, make_project, make_user
from tests.factories import answer as give
from tests.selection.test_retraining import do_rounds, label_batch, texts, truth
from tests.support.invariants import violations

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    project = make_project(classes=("money", "parcel"), budget=200)
    add_items(project, 80, texts=texts(80))
    SelectionConfig.objects.create(project=project, config={"batch_size": 8, "reserve_size": 4})
    return project


@pytest.fixture
def person():
    return make_user()


@pytest.fixture
def learnt(project, person):
    """The answer to an item that the model of round 1 learnt from."""
    do_rounds(project)
    label_batch(project, person)
    do_rounds(project)
    assert Round.objects.latest("number").n_train == 6
    return Label.objects.filter(purpose="query").earliest("pk")


def given_to_rounds(project):
    answers = exchange.load_answers(project.pk)
    return {
        int(item): list(value) for item, value in zip(answers.item_ids, answers.values, strict=True)
    }


def change(label):
    return Change(label.project, label.pk, label.annotator, uuid4())


def train(project, person):
    due.train_now(project_id=project.pk, actor_id=person.pk)
    do_rounds(project)
    return Round.objects.latest("number")


def test_corrected_answer_trains_in_the_place_of_the_old_one(project, person, learnt):
    first = Round.objects.latest("number")
    other = project.classes.all()[1 - truth(learnt.item)].pk

    corrections.revise(change(learnt), class_ids=[other])
    newest = train(project, person)

    assert given_to_rounds(project)[learnt.item_id] == [other]
    assert Consensus.objects.get(item=learnt.item_id).value == [other]
    assert (newest.number, newest.n_train) == (first.number + 1, 6)
    assert newest.model_version != first.model_version
    assert (ledger_check.check_ledger(), violations(project)) == ([], [])


def test_answer_taken_back_is_not_learnt_from_any_more_until_it_is_given_anew(
    project, person, learnt
):
    corrections.take_back(change(learnt), now=NOW)
    without = train(project, person)

    assert learnt.item_id not in given_to_rounds(project)
    assert not Consensus.objects.filter(item=learnt.item_id).exists()
    assert without.n_train == 5
    assert (ledger_check.check_ledger(), violations(project)) == ([], [])

    give(project, person, learnt.assignment, place=truth(learnt.item))
    again = train(project, person)

    assert again.n_train == 6
    assert (ledger_check.check_ledger(), violations(project)) == ([], [])


def test_undo_after_a_retrain_takes_the_last_answer_out_of_the_next_round(project, person, learnt):
    held = claim(project, person)
    last = give(project, person, held, place=truth(held.item))
    with_it = train(project, person)

    labels.undo(project=project, annotator=person, token=uuid4(), now=NOW)
    without = train(project, person)

    assert last.item_id not in given_to_rounds(project)
    assert with_it.n_labels - without.n_labels == 1
    assert (ledger_check.check_ledger(), violations(project)) == ([], [])
