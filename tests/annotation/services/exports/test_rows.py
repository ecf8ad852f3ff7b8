"""What stands in each export, row by row."""

from uuid import uuid4

import pytest

from annotation.models import Assignment, Gold, Item, ItemPayload, Label
from annotation.services import labels
from annotation.services.exports.origins import Predicted, Predictions
from annotation.services.exports.people import letters
from tests.factories import NOW, add_items, answer, claim, make_project, make_user, publish
from tests.support.exporting import rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def project(lead):
    project = make_project(n_items=4, owner=lead)
    publish(project, list(project.items.order_by("pk")))
    return project


def test_every_answer_is_a_row_those_corrected_since_are_marked(project, lead):
    first = answer(project, lead, claim(project, lead), place=0)
    labels.undo(project=project, annotator=lead, token=uuid4(), now=NOW)
    answer(project, lead, claim(project, lead), place=1)

    rows = rows_of(project, "labels", names=True)

    assert [(row["state"], row["label"]) for row in rows] == [
        ("superseded", "yes"),
        ("taken back", None),
        ("standing", "no"),
    ]
    assert rows[0]["number"] == rows[1]["replaces"] == first.pk
    assert [row["state"] for row in rows_of(project, "labels", standing_only=True)] == ["standing"]


def test_provenance_says_how_each_item_was_come_by(project, lead):
    Assignment.objects.update(
        score=0.25, reason={"code": "doubt", "text": "Hard to tell"}, model_version="m1"
    )
    answer(project, lead, claim(project, lead))

    (row,) = rows_of(project, "labels")

    assert row["text"] == "text 0"
    assert (row["id"], row["split"], row["purpose"], row["round"]) == ("0", "train", "query", 0)
    assert (row["score"], row["reason"], row["model"]) == (0.25, "Hard to tell", "m1")
    assert (row["active_seconds"], row["seconds"]) == (0.0, 2.0)
    assert set(rows_of(project, "labels", with_provenance=False)[0]).isdisjoint(
        {"split", "round", "seed"}
    )


def test_splits_tell_train_audit_gold_and_pool_apart(project, lead):
    first, second, third, fourth = project.items.order_by("pk")
    for item, rank in ((first, 1), (second, 2), (third, 3), (fourth, 4)):
        Item.objects.filter(pk=item.pk).update(audit_rank=rank)
    Assignment.objects.filter(item=first).update(purpose="audit")
    for _ in range(2):
        answer(project, lead, claim(project, lead))
    Gold.objects.create(project=project, item=third, value=[], source="upload", added_by=lead)

    rows = rows_of(project, "items")

    # Only the first was asked as audit item, so the audit order has been asked down to rank 1.
    assert [row["split"] for row in rows] == ["audit", "train", "gold", "pool"]


def test_agreed_labels_are_one_row_per_item_with_confidence_and_n(project, lead):
    answer(project, lead, claim(project, lead))

    rows = rows_of(project, "consensus")

    assert [(row["label"], row["confidence"], row["n"]) for row in rows] == [
        ("yes", 1.0, 1),
        (None, None, 0),
        (None, None, 0),
        (None, None, 0),
    ]
    assert len(rows_of(project, "consensus", status="labelled")) == 1
    assert len(rows_of(project, "consensus", status="unlabelled")) == 3


def test_probabilities_come_of_the_answers_and_sum_to_one():
    project = make_project(n_items=1, classes=("a", "b", "c"))
    (task,) = project.items.all()
    publish(project, [task], overlap=3)
    for place in (0, 0, 1):
        person = make_user()
        answer(project, person, claim(project, person), place=place)

    (row,) = rows_of(project, "soft")

    # Nobody's skill is known: 2/3 right, so odds of 2/3 against 1/6 for each other class: 4.
    # a: 4 * 4 = 16, b: 4, c: 1; in all 21.
    assert [row["p_a"], row["p_b"], row["p_c"]] == pytest.approx([16 / 21, 4 / 21, 1 / 21])


def test_what_was_known_before_is_certain(project, lead):
    answer(project, lead, claim(project, lead))
    item = Label.objects.get().item
    no = project.classes.get(name="no")
    Gold.objects.create(project=project, item=item, value=[no.pk], source="upload", added_by=lead)

    row = rows_of(project, "soft")[0]

    assert (row["p_yes"], row["p_no"]) == (0.0, 1.0)


def test_several_classes_are_a_list_each_with_its_own_probability(lead):
    project = make_project(n_items=2, classes=("a", "b"), owner=lead)
    projects_task(project, "multi")
    publish(project, list(project.items.order_by("pk")))
    answer(project, lead, claim(project, lead))

    rows = rows_of(project, "soft")

    assert [row["label"] for row in rows] == [["a"], None]
    # A lone answer of somebody unknown is right two times in three, class by class.
    assert (rows[0]["p_a"], rows[0]["p_b"]) == pytest.approx((2 / 3, 1 / 3))
    assert (rows[1]["p_a"], rows[1]["p_b"]) == (None, None)


def test_predictions_stand_beside_what_was_agreed(project, lead):
    answer(project, lead, claim(project, lead))
    yes, no = project.classes.all()
    ids = list(project.items.order_by("pk").values_list("pk", flat=True))
    said = [
        Predicted(ids[0], (no.pk,), 0.9, (no.pk,), (0.1, 0.9)),
        Predicted(ids[2], (no.pk,), 0.8, (yes.pk,), (0.2, 0.8)),
    ]
    predictions = Predictions("m2", "final model 1", (yes.pk, no.pk), True, lambda: iter(said))

    rows = rows_of(project, "predictions", predictions=predictions)

    told = [(row["label"], row["predicted"], row["is_accepted"], row["p_no"]) for row in rows]
    assert told == [
        ("yes", "no", False, 0.9),  # an answer goes before what was accepted
        (None, None, None, None),
        (None, "yes", True, 0.8),
        (None, None, None, None),
    ]
    assert rows[0]["predicted_by"] == "m2"
    kept = rows_of(project, "predictions", predictions=predictions, classes=(no.pk,))
    assert [row["item"] for row in kept] == [ids[0], ids[2]]


def test_items_hold_every_answer(project, lead):
    answer(project, lead, claim(project, lead))
    labels.undo(project=project, annotator=lead, token=uuid4(), now=NOW)

    row = rows_of(project, "items")[0]

    assert row["label"] is None
    assert [(each["state"], each["annotator"]) for each in row["answers"]] == [
        ("superseded", "A"),
        ("taken back", "A"),
    ]


def test_filters_choose_by_purpose_class_round_and_time(project, lead):
    for place in (0, 1):
        answer(project, lead, claim(project, lead), place=place)
    add_items(project, 1)
    publish(project, [project.items.latest("pk")], number=1, purpose="audit")
    answer(project, lead, claim(project, lead), place=1)
    yes = project.classes.get(name="yes")

    def n(contents, **choices):
        return len(rows_of(project, contents, **choices))

    assert n("labels") == 3
    for contents in ("labels", "consensus"):
        assert n(contents, purposes=("audit",)) == 1
        assert n(contents, classes=(yes.pk,)) == 1
        assert n(contents, first_round=1) == 1
        assert n(contents, status="labelled", last_round=0) == 2
        assert n(contents, since="2000-01-01T00:00:00+00:00", status="labelled") == 3
        assert n(contents, since="2100-01-01T00:00:00+00:00") == 0


def test_columns_that_came_with_items_keep_their_names_ours_give_way(lead):
    project = make_project(n_items=2, owner=lead)
    ItemPayload.objects.filter(item__project=project).update(
        fields={"label": "theirs", "stars": 4, "mixed": "x"}
    )
    first = project.items.order_by("pk").first()
    ItemPayload.objects.filter(item=first).update(fields={"label": "theirs", "mixed": 1})

    rows = rows_of(project, "consensus", with_provenance=False)

    assert [row["label"] for row in rows] == ["theirs", "theirs"]
    assert [row["alapp_label"] for row in rows] == [None, None]
    assert [(row["stars"], row["mixed"]) for row in rows] == [(None, 1), (4, "x")]


def test_people_are_letters_by_who_answered_first():
    project = make_project(n_items=2)
    publish(project, list(project.items.all()))
    for name in ("zoe", "adam"):
        person = make_user(name)
        answer(project, person, claim(project, person))

    assert [row["annotator"] for row in rows_of(project, "labels")] == ["A", "B"]
    assert [row["annotator"] for row in rows_of(project, "labels", names=True)] == ["zoe", "adam"]
    assert [letters(place) for place in (0, 25, 26, 52)] == ["A", "Z", "AA", "BA"]


def projects_task(project, task):
    type(project).objects.filter(pk=project.pk).update(task=task)
    project.refresh_from_db()
