"""A published round repeated: the same batch and model, or exactly what differs."""

from dataclasses import fields

import numpy as np
import pytest

from annotation import exchange
from annotation.models import Assignment, Consensus, Item, Label, Project, Run
from annotation.services import labels, projects, queue, runs
from selection import asking, due, inputs
from selection.models import Inputs, Pick, Replay, Round, SelectionConfig
from tests.factories import NOW, add_items, answer, claim, make_project, make_user
from tests.selection.test_retraining import do_rounds, texts, truth
from tests.support.tampering import rows_may_change

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def project(lead):
    project = make_project(classes=("money", "parcel"), owner=lead, budget=400)
    Project.objects.filter(pk=project.pk).update(seed=7)
    add_items(project, 80, texts=texts(80))
    SelectionConfig.objects.create(project=project, config={"batch_size": 8, "reserve_size": 4})
    return Project.objects.get(pk=project.pk)


def do_replay(project, number, lead) -> Replay:
    assert asking.replay(project_id=project.pk, number=number, actor_id=lead.pk)
    run = Run.objects.get(project=project, kind="replay", state="queued")
    runs.execute.call(run.pk)
    run.refresh_from_db()
    assert run.error == ""
    return Replay.objects.get(round__project=project, round__number=number)


def work_on(project, person) -> None:
    """Answer what they hold, or the next item there is for them."""
    held = Assignment.objects.filter(project=project, annotator=person, state="leased").first()
    held = held or queue.claim(project=project, annotator=person, now=NOW)
    if held is not None:
        answer(project, person, held, place=truth(held.item))


def finish_batch(project, *people) -> None:
    """Everybody answers in turn until the batch is complete."""
    for turn in range(200):
        if exchange.progress(project.pk, now=NOW).is_complete:
            return
        work_on(project, people[turn % len(people)])
    pytest.fail("the batch does not end")


def undo(project, person, n):
    for token in range(n):
        labels.undo(
            project=project,
            annotator=person,
            token=f"00000000-0000-4000-8000-{token:012d}",
            now=NOW,
        )


def test_every_round_of_a_lively_project_is_repeated_bit_for_bit(project, lead):
    ben, mia = make_user("ben"), make_user("mia")
    projects.set_role(project=project, user=ben, role="annotator", actor=lead)
    Project.objects.update(overlap=2, overlap_percent=50, max_skips=1)
    project.refresh_from_db()
    do_rounds(project)  # round 0
    for _ in range(3):
        work_on(project, ben)
    undo(project, ben, 2)
    finish_batch(project, lead, ben)
    held_over = claim(project, mia)
    do_rounds(project)  # round 1: one item is out with mia
    held = claim(project, lead)
    queue.skip(project=project, assignment_id=held.pk, annotator=lead, reason="unsure", now=NOW)
    add_items(project, 40, texts=texts(40, seed=2))
    answer(project, mia, held_over, place=1 - truth(held_over.item))
    due.train_now(project_id=project.pk, actor_id=lead.pk)
    do_rounds(project)  # round 2: before its batch was complete, with new items
    withdrawn = Pick.objects.filter(round__number=0).first().item_id
    Item.objects.filter(pk=withdrawn).update(withdrawn_at=NOW)
    SelectionConfig.objects.update(config={"batch_size": 6, "strategy": "margin"})
    projects.describe(project=project, actor=lead, name="Renamed")
    finish_batch(project, lead, ben, mia)
    undo(project, lead, 3)
    do_rounds(project)
    assert Round.objects.count() >= 3
    assert Label.objects.filter(value__isnull=True).count() == 5

    replays = [do_replay(project, each.number, lead) for each in Round.objects.order_by("number")]

    assert [each.differences for each in replays] == [[] for _ in replays]
    assert all(each.is_same and each.is_same_model for each in replays)
    assert all(each.n_same == each.n_picks > 0 for each in replays[:3])
    # Nothing was published, nothing picked twice.
    assert Round.objects.count() == len(replays)


def test_what_was_agreed_then_is_kept_when_it_is_agreed_anew_later(project, lead):
    do_rounds(project)
    finish_batch(project, lead)
    do_rounds(project)
    # The skills of people are measured anew in every round; here an answer turns round entirely.
    audit = set(Pick.objects.filter(purpose="audit").values_list("item", flat=True))
    each = Consensus.objects.exclude(item__in=audit).first()
    other = project.classes.exclude(pk=each.value[0]).get().pk
    Consensus.objects.filter(pk=each.pk).update(value=[other], certainty=0.6)

    found = do_replay(project, 1, lead)

    assert found.is_same
    assert found.differences == []


def test_answers_are_told_again_as_the_round_saw_them(project, lead):
    do_rounds(project)
    finish_batch(project, lead)
    do_rounds(project)
    seen = exchange.load_answers(project.pk)

    again = inputs.snapshot_of(Round.objects.get(number=1))[0].answers

    for each in fields(seen):
        assert np.array_equal(getattr(seen, each.name), getattr(again, each.name)), each.name
    assert (again.revision, again.n_labels) == (seen.revision, seen.n_labels)


def test_classes_described_since_do_not_change_what_the_round_saw(project, lead):
    do_rounds(project)
    finish_batch(project, lead)
    do_rounds(project)
    for each in project.classes.all():
        each.description = "something new about refunds"
        each.save(update_fields=["description"])

    assert do_replay(project, 1, lead).is_same


def test_deleted_items_are_named_as_the_reason(project, lead):
    do_rounds(project)
    picked = set(Pick.objects.values_list("item", flat=True))
    Item.objects.filter(project=project).exclude(pk__in=picked).first().delete()

    found = do_replay(project, 0, lead)

    assert (found.is_same, found.is_possible) == (False, False)
    assert "1 of the 80 items round 0 saw have been deleted" in found.differences[0]


def test_round_published_before_inputs_were_kept_says_so(project, lead):
    do_rounds(project)
    Inputs.objects.all().delete()

    found = do_replay(project, 0, lead)

    assert not found.is_possible
    assert "before alapp kept" in found.differences[0]


def test_changed_answer_behind_the_revision_is_found_out(project, lead):
    do_rounds(project)
    finish_batch(project, lead)
    do_rounds(project)
    label = Label.objects.filter(project=project, purpose="query").first()
    other = project.classes.exclude(pk=label.value[0]).get().pk
    # Nobody can do this through alapp: somebody went to the database.
    with rows_may_change():
        Label.objects.filter(pk=label.pk).update(value=[other])

    found = do_replay(project, 1, lead)

    # The round is repeated from what it saw; the labels no longer vouch for it.
    assert found.is_same
    assert found.differences == [
        "Labels up to its revision are not what they were: the database was changed."
    ]


def test_other_library_versions_are_told_even_when_the_batch_is_the_same(project, lead):
    do_rounds(project)
    kept = Inputs.objects.get()
    kept.made_with = kept.made_with | {"numpy": "1.0.0"}
    kept.save(update_fields=["made_with"])

    found = do_replay(project, 0, lead)

    assert found.is_same
    assert len(found.differences) == 1
    assert found.differences[0].endswith("now, 1.0.0 then.")


def test_second_replay_waits_for_the_first(project, lead):
    do_rounds(project)

    first = asking.replay(project_id=project.pk, number=0, actor_id=lead.pk)
    second = asking.replay(project_id=project.pk, number=0, actor_id=lead.pk)

    assert (first, second) == (True, False)


def test_withdrawn_item_stays_in_what_the_round_saw(project, lead):
    do_rounds(project)
    finish_batch(project, lead)
    do_rounds(project)
    seen = inputs.snapshot_of(Round.objects.get(number=1))[0].pool.ids.tolist()
    item = Label.objects.first().item
    item.withdrawn_at = NOW
    item.save(update_fields=["withdrawn_at"])

    again = inputs.snapshot_of(Round.objects.get(number=1))[0].pool.ids.tolist()

    assert item.pk in again
    assert again == seen
