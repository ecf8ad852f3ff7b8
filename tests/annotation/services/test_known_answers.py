"""Items with known answers: chosen openly, asked blindly, outside every model."""

import pytest
from django.core.exceptions import ValidationError

from annotation import exchange
from annotation.models import Assignment, AuditEntry, Consensus, Gold, Project
from annotation.services import decisions, known_answers
from annotation.services.known_answers import Known
from tests.factories import NOW, add_items, answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_project(n_items=60)


def items_of(project):
    return list(project.items.order_by("pk"))


def make_gold(project, items):
    yes = project.classes.all()[0].pk
    known = [Known(item.pk, [yes], row) for row, item in enumerate(items, start=2)]
    return known_answers.add(
        project=project, known=known, source="upload", actor=make_user(), now=NOW
    )


def test_share_of_a_batch_has_known_answers_at_places_by_lot(project):
    items = items_of(project)
    Project.objects.update(gold_percent=10)
    assert make_gold(project, items[:8]) == 8

    publish(project, items[10:50])

    gold = Assignment.objects.filter(purpose="gold")
    # A tenth of forty.
    assert gold.count() == 4
    assert len(set(gold.values_list("position", flat=True))) > 1
    assert set(gold.values_list("in_reserve", flat=True)) == {False}
    assert all(0 <= place < 40 for place in gold.values_list("position", flat=True))


def test_what_is_left_of_an_item_is_rounded_by_lot(project):
    items = items_of(project)
    Project.objects.update(gold_percent=5)
    make_gold(project, items[:8])

    found = []
    for number in range(12):
        publish(project, items[10:20], number=number)
        found.append(Assignment.objects.filter(batch__number=number, purpose="gold").count())

    # Half an item a batch: none or one.
    assert set(found) == {0, 1}


def test_those_asked_least_come_first_and_nobody_sees_one_twice(project):
    items, one = items_of(project), make_user()
    Project.objects.update(gold_percent=50)
    make_gold(project, items[:2])
    publish(project, items[10:14])
    for _ in range(6):
        answer(project, one, claim(project, one))

    publish(project, items[20:24], number=1)

    gold = Assignment.objects.filter(batch__number=1, purpose="gold")
    assert list(gold.values_list("slot", flat=True)) == [1, 1]
    for _ in range(4):
        answer(project, one, claim(project, one))
    assert gold.filter(state="open").count() == 2


def test_known_answers_say_what_other_items_say_of_why_they_are_asked(project):
    items = items_of(project)
    Project.objects.update(gold_percent=50)
    make_gold(project, items[:1])
    told = {"code": "between", "class_ids": [1, 2], "expected": None}

    exchange.publish(
        project_id=project.pk,
        number=0,
        wanted=[
            exchange.WantedItem(item.pk, place, "query", False)
            for place, item in enumerate(items[2:4])
        ],
        model_version="",
        spare={items[0].pk: told},
    )

    assert Assignment.objects.get(purpose="gold").said == told


def test_items_that_measure_the_model_cannot_measure_people(project):
    items = items_of(project)
    publish(project, items[:1], purpose="audit")

    with pytest.raises(ValidationError, match="Row 2: item '0' measures the model"):
        make_gold(project, items[:2])

    assert not Gold.objects.exists()


def test_wrong_known_answers_are_each_named_and_nothing_is_taken(project):
    items, other = items_of(project), make_project(n_items=1)
    wrong = other.classes.first().pk

    with pytest.raises(ValidationError) as caught:
        known_answers.add(
            project=project,
            known=[
                Known(items[0].pk, [project.classes.first().pk], 2),
                Known(items[1].pk, [wrong], 3),
                Known(other.items.get().pk, [wrong], 4),
            ],
            source="upload",
            actor=make_user(),
            now=NOW,
        )

    first, second = caught.value.messages
    assert first.startswith("Row 3: item '1': ")
    assert second.startswith("Row 4: item ")
    assert not Gold.objects.exists()


def test_known_answer_takes_its_item_out_of_training_and_the_queue(project):
    items, one = items_of(project), make_user()
    publish(project, items[:2])
    answer(project, one, claim(project, one), place=1)

    make_gold(project, items[:2])

    assert exchange.load_answers(project.pk).item_ids.size == 0
    assert not Assignment.objects.filter(state="open").exists()
    agreed = Consensus.objects.get(item=items[0])
    assert (agreed.value, agreed.is_final) == ([project.classes.first().pk], True)
    assert AuditEntry.objects.filter(action="gold.add").count() == 1


def test_candidates_are_decided_or_surely_agreed_by_three():
    project = make_project()
    decided, agreed, contested, audit = add_items(project, 4)
    people = [make_user() for _ in range(3)]
    publish(project, [audit], overlap=3, purpose="audit")
    for who in people:
        answer(project, who, claim(project, who))
    publish(project, [agreed, contested], number=1, overlap=3)
    for n, who in enumerate(people):
        for _ in range(2):
            held = claim(project, who)
            answer(project, who, held, place=n % 2 if held.item == contested else 0)
    yes = project.classes.first().pk
    Consensus.objects.filter(item__in=[agreed, audit]).update(certainty=0.97)
    decisions.decide(project=project, item_id=decided.pk, class_ids=[yes], actor=people[0], now=NOW)

    found = known_answers.candidates(project)

    assert {each.item_id for each in found} == {decided.pk, agreed.pk}
    assert [each.class_ids for each in known_answers.suggested(project, [agreed.pk])] == [[yes]]


def test_retired_ones_are_asked_no_more_and_stay_outside_the_model(project):
    items = items_of(project)
    Project.objects.update(gold_percent=50)
    make_gold(project, items[:1])

    known_answers.retire(project=project, item_id=items[0].pk, actor=make_user(), now=NOW)
    publish(project, items[2:6])

    assert not Assignment.objects.filter(purpose="gold").exists()
    pool = exchange.load_pool(project.pk)
    assert pool.ids[pool.is_gold].tolist() == [items[0].pk]
