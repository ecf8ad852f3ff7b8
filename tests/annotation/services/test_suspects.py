"""Doubted labels: stored with a round, asked again, found right, and gone when they change."""

from uuid import uuid4

import numpy as np
import pytest

from alapp.errors import Conflict
from annotation.models import AuditEntry, Gold, Suspect
from annotation.services import decisions, doubting, labels, projects, suspects
from tests.factories import NOW, answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    """Ten items, yes and no in turn, answered by one of two people; the model has seen none."""
    project = make_project(n_items=10)
    people = [make_user(f"p{n}") for n in range(2)]
    for each in people:
        projects.set_role(project=project, user=each, role="annotator", actor=None)
    items = list(project.items.order_by("pk"))
    publish(project, items, number=0)
    for place in range(10):
        answer(project, people[0], claim(project, people[0]), place=place % 2)
    return project, people, items


def think(project, items, *, wrong=()):
    """The model says each item's label, but for these places."""
    classes = list(project.classes.values_list("pk", flat=True))
    proba = np.array(
        [
            [0.05, 0.95] if (list(item.consensus.value) == [classes[1]]) != (n in wrong)
            else [0.95, 0.05]
            for n, item in enumerate(items)
        ]
    )  # fmt: skip
    return doubting.write(
        project, item_ids=[i.pk for i in items], class_ids=classes, proba=proba, now=NOW
    )


def listed(project):
    return [each.item for each in suspects.page_of(project, "")[1]]


def test_what_models_contradict_is_listed_and_the_next_round_replaces_it(desk):
    project, people, items = desk

    assert think(project, items, wrong=[3]) == 1
    [doubt] = suspects.page_of(project, "")[1]
    assert doubt.item == items[3]
    assert [each.name for each in doubt.label] == ["no"]
    assert [each.name for each in doubt.predicted] == ["yes"]
    assert [(each.annotator, each.is_label) for each in doubt.said] == [(people[0], True)]

    think(project, items, wrong=[4])
    assert listed(project) == [items[4]]


def test_decided_and_known_answers_are_never_doubted(desk):
    project, _, items = desk
    lead = make_user()
    chosen = items[3].consensus.value
    decisions.decide(project=project, item_id=items[3].pk, class_ids=chosen, actor=lead, now=NOW)
    Gold.objects.create(
        project=project, item=items[4], value=items[4].consensus.value, added_by=lead
    )

    think(project, items, wrong=[3, 4, 5])

    assert listed(project) == [items[5]]


def test_what_a_lead_found_right_stays_away_until_the_label_changes(desk):
    project, people, items = desk
    lead = make_user()
    think(project, items, wrong=[9])

    suspects.dismiss(project=project, item_id=items[9].pk, actor=lead, now=NOW)
    assert listed(project) == []
    think(project, items, wrong=[9])
    assert listed(project) == []
    entry = AuditEntry.objects.get(action="label.found_right")
    assert (entry.actor, entry.target) == (lead, f"item {items[9].pk}")

    # The last answer is taken back and given anew: the other class now.
    held = labels.undo(project=project, annotator=people[0], token=uuid4(), now=NOW)
    answer(project, people[0], held, place=0)
    items[9].consensus.refresh_from_db()
    think(project, items, wrong=[9])
    assert listed(project) == [items[9]]
    assert Suspect.objects.get(item=items[9]).dismissed_at is None


def test_a_label_that_changed_meanwhile_is_not_listed(desk):
    project, people, items = desk
    think(project, items, wrong=[9])

    held = labels.undo(project=project, annotator=people[0], token=uuid4(), now=NOW)
    answer(project, people[0], held, place=0)

    assert listed(project) == []
    with pytest.raises(Conflict):
        suspects.dismiss(project=project, item_id=items[9].pk, actor=make_user(), now=NOW)


def test_it_is_asked_again_of_somebody_who_has_not_seen_it(desk):
    project, people, items = desk
    think(project, items, wrong=[3])

    asked = suspects.ask_again(project=project, item_id=items[3].pk, actor=make_user())

    assert (asked.purpose, asked.slot, asked.batch.number) == ("relabel", 1, 0)
    assert suspects.page_of(project, "")[1][0].is_asked
    assert claim(project, people[1]).item == items[3]
    with pytest.raises(Conflict, match="Nobody is left to ask"):
        suspects.ask_again(project=project, item_id=items[3].pk, actor=make_user())


def test_nobody_is_asked_who_has_seen_it():
    project, person = make_project(n_items=2), make_user()
    projects.set_role(project=project, user=person, role="annotator", actor=None)
    type(project).objects.filter(pk=project.pk).update(leads_label=False)
    project.refresh_from_db()
    items = list(project.items.order_by("pk"))
    publish(project, items)
    for place in range(2):
        answer(project, person, claim(project, person), place=place)
    Suspect.objects.create(
        project=project, item=items[0], value=items[0].consensus.value, predicted=[],
        belief=0.1, confidence=0.9, found_at=NOW,
    )  # fmt: skip

    with pytest.raises(Conflict, match="Nobody is left to ask"):
        suspects.ask_again(project=project, item_id=items[0].pk, actor=make_user())


def test_only_so_many_are_listed(desk, monkeypatch):
    project, _, items = desk
    monkeypatch.setattr(doubting, "MOST", 2)

    assert think(project, items, wrong=[1, 2, 3]) == 2
