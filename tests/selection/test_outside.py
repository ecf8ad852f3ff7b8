"""Predictions and scores pushed from outside: checked, kept, and what a project's queue goes by."""

import numpy as np
import pytest
from django.core.exceptions import ValidationError

from alapp.clock import database_now
from annotation.exchange import project_facts
from annotation.models import Assignment, AuditEntry, Run
from annotation.services import runs
from selection import asking, due, health
from selection.models import OutsideVersion, Pick, Replay, Round, SelectionConfig
from selection.outside_files import Content
from selection.outside_rows import PREDICTIONS, SCORES, read
from selection.services import outside
from tests.factories import add_items, make_project, make_user
from tests.selection.test_retraining import do_rounds, label_batch, texts, truth

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def models_of_a_test_only(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def project(lead):
    project = make_project(classes=("money", "parcel"), owner=lead, budget=200)
    add_items(project, 80, texts=texts(80))
    SelectionConfig.objects.create(project=project, config={"batch_size": 8, "reserve_size": 4})
    return project


def rows(project, items=None, *, sure=0.9):
    """Return records that are right about every item: sure of the first half, less of the rest."""
    items = list(items or project.items.order_by("pk"))
    for n, item in enumerate(items, start=1):
        p = sure if n <= len(items) // 2 else 0.55
        right = truth(item)
        yield n, {"key": item.key, "money": [p, 1 - p][right], "parcel": [1 - p, p][right]}


def push(project, records, *, name="bert", kind=PREDICTIONS, **more):
    return outside.push(
        project=project, actor=None, name=name, kind=kind, records=records,
        now=database_now(), **more,
    )  # fmt: skip


def choose(project, **config):
    selection = SelectionConfig.objects.get(project=project)
    selection.config |= config
    selection.save()


def problems_of(project, *records, kind=PREDICTIONS):
    with pytest.raises(ValidationError) as refused:
        push(project, enumerate(records, start=1), kind=kind)
    assert not OutsideVersion.objects.exists()
    return refused.value.messages


# What is refused


GOOD = {"key": "0", "money": 0.5, "parcel": 0.5}


def first(**changes):
    return {**GOOD, "key": "1", **changes}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (first(key="gone"), "key: 'gone' is no item of this project."),
        (first(item=10**30), f"item: {10**30} is no item of this project."),
        (first(item="x7"), "item: 'x7' is not the id of an item, a whole number."),
        (first(key=""), 'item: is missing: name the item by "item" (its id) or "key".'),
        (first(money=0.6), "probabilities: sum to 1.1, not to 1."),
        (first(money=1.5), "money: 1.5 is no probability; it must lie between 0 and 1."),
        (first(money="nan"), "money: nan is not a finite number."),
        (first(money="much"), "money: 'much' is not a number."),
        (first(money=True), "money: True is not a number."),
        (first(parcel=None), "parcel: has no probability; every class needs one (2)."),
        (first(spam=0.0), "spam: is not a class of this project (money, parcel)."),
        (first(probabilities=[1]), "probabilities: is not an object of class: probability."),
        (GOOD, "key: '0' stands in row 1 already."),
    ],
)
def test_bad_row_is_named_with_its_field_and_nothing_is_kept(project, row, said):
    assert problems_of(project, GOOD, row) == [f"Row 2, {said}"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"key": "1"}, "Row 1, score: is missing."),
        ({"key": "1", "score": "inf"}, "Row 1, score: inf is not a finite number."),
        ({"key": "1", "score": 1e301}, "Row 1, score: 1e+301 is beyond 1e+300."),
    ],
)
def test_bad_score_is_named(project, row, said):
    assert problems_of(project, row, kind=SCORES) == [said]


def test_item_told_by_id_and_by_key_is_told_twice(project):
    item = project.items.order_by("pk").first()

    assert problems_of(project, GOOD, {"item": item.pk, "money": 1, "parcel": 0}) == [
        f"Row 2, item: {item.pk} stands in row 1 already."
    ]


def test_no_rows_and_no_name_are_refused(project):
    assert problems_of(project) == ["There are no rows."]
    with pytest.raises(ValidationError, match="1 to 60 printable"):
        push(project, [(1, GOOD)], name="  ")


def test_a_name_pushes_one_kind_only(project):
    push(project, rows(project))

    with pytest.raises(ValidationError, match="bert pushes predictions: give scores another name"):
        push(project, [(1, {"key": "1", "score": 3})], kind=SCORES)


def test_many_bad_rows_are_counted(project):
    said = problems_of(project, *[{**GOOD, "key": "gone"}] * 250)

    assert len(said) == 201
    assert said[-1] == "And 50 more rows."


# What is kept


def test_versions_are_numbered_and_the_same_again_is_none(project):
    first, is_new = push(project, rows(project))
    again, is_new_again = push(project, reversed(list(rows(project))))
    other, _ = push(project, rows(project, sure=0.8))

    assert (is_new, is_new_again) == (True, False)
    assert again.pk == first.pk
    assert (first.number, other.number, first.n_items) == (1, 2, 80)
    assert AuditEntry.objects.filter(action="outside.push").count() == 2


def test_arrays_written_without_numpy_are_read_by_numpy(project, settings):
    version, _ = push(project, rows(project))
    ids = sorted(project.items.values_list("pk", flat=True))

    with np.load(settings.DATA_DIR / "models" / version.file, allow_pickle=False) as file:
        assert file["item_ids"].tolist() == ids
        assert file["values"].shape == (80, 2)
        assert file["values"][0].sum() == pytest.approx(1)


def test_nested_probabilities_and_class_columns_say_the_same(project):
    facts = project_facts(project.pk)
    ways = (
        {"key": "1", "probabilities": {"money": 0.25, "parcel": 0.75}},
        {"key": "1", "class:money": "0.25", "class:parcel": "0.75"},
    )

    found = [read([(1, way)], project=facts, kind=PREDICTIONS) for way in ways]

    assert all(isinstance(each, Content) and each.values.tolist() == [0.25, 0.75] for each in found)


# What a round makes of it


def test_queue_goes_by_the_pushed_predictions_from_the_first_round_on(project):
    push(project, rows(project))
    choose(project, predictions="bert", strategy="margin")

    do_rounds(project)

    row = Round.objects.get()
    half = list(project.items.order_by("pk").values_list("pk", flat=True))[40:]
    asked = Pick.objects.filter(round=row, purpose="query", in_reserve=False)
    assert {pick.item_id for pick in asked} <= set(half)
    assert row.facts["outside"]["predictions"]["n_known"] == 80
    assert row.facts["outside"]["predictions"]["version"] == OutsideVersion.objects.get().digest
    assert row.model_version
    assert row.model_file == ""


def test_outside_model_is_measured_on_audit_items_and_the_page_says_whose_word_it_is(
    project, lead, client
):
    push(project, rows(project))
    choose(project, predictions="bert")
    do_rounds(project)
    label_batch(project, lead)
    do_rounds(project)

    found = Round.objects.order_by("number").last()
    client.force_login(lead)
    page = client.get(f"/projects/{project.slug}/").content.decode()

    accuracy = found.facts["measured"]["accuracy"]
    assert (accuracy["value"], accuracy["n"]) == (1.0, 2)
    assert "as told by its owner" in page
    assert found.facts["forecast"] == {"state": "outside"}


def test_new_predictions_rank_the_queue_anew_at_once(project):
    push(project, rows(project))
    choose(project, predictions="bert")
    do_rounds(project)
    assert not due.is_due(project.pk)

    push(project, rows(project, sure=0.6))

    # The push itself has opened the run: the batch was not complete.
    assert Run.objects.filter(project=project, kind="round", state="queued").count() == 1
    do_rounds(project)
    assert Round.objects.count() == 2
    assert not due.is_due(project.pk)


def test_predictions_of_a_model_that_is_not_in_use_make_no_round(project):
    do_rounds(project)

    push(project, rows(project))

    assert not due.is_due(project.pk)


def test_scores_rank_highest_first(project):
    items = list(project.items.order_by("pk"))
    push(
        project,
        [(n, {"item": item.pk, "score": n}) for n, item in enumerate(items)],
        name="urgent",
        kind=SCORES,
    )
    choose(project, strategy="outside_score", scores="urgent", duplicate_cosine=1.0)

    do_rounds(project)

    asked = Pick.objects.filter(purpose="query").order_by("position")
    scores = [pick.score for pick in asked if not pick.in_reserve]
    assert scores == sorted(scores, reverse=True)
    assert asked[0].reason["text"].startswith("Ranked by the scores pushed from outside: ")


def test_chosen_model_without_a_push_fails_the_round_in_words(project):
    choose(project, predictions="bert")

    do_rounds(project)

    assert "nothing was pushed for the outside model 'bert'" in Run.objects.get().error
    assert not Assignment.objects.exists()


def test_round_by_predictions_is_repeated_bit_for_bit_after_newer_ones_came(project, lead):
    push(project, rows(project))
    choose(project, predictions="bert")
    do_rounds(project)
    push(project, rows(project, sure=0.6))
    do_rounds(project)

    for number in (0, 1):
        assert asking.replay(project_id=project.pk, number=number, actor_id=lead.pk)
        for run in Run.objects.filter(kind="replay", state="queued"):
            runs.execute.call(run.pk)

    found = Replay.objects.order_by("round__number")
    assert [(each.is_same, each.is_same_model, each.differences) for each in found] == [
        (True, True, [])
    ] * 2


def test_items_not_covered_and_old_predictions_are_remarked(project):
    push(project, rows(project, list(project.items.order_by("pk"))[:60]))
    choose(project, predictions="bert")
    do_rounds(project)
    for _ in range(3):
        due.train_now(project_id=project.pk, actor_id=project.memberships.first().user_id)
        for run in Run.objects.filter(project=project, state="queued"):
            runs.execute.call(run.pk)

    rounds = list(Round.objects.order_by("-number"))
    found = {each.word: each.text for each in health._of_outside(rounds[0])}

    assert (
        found["Items not covered"] == "bert says nothing of 20 items: they wait behind the others."
    )
    assert found["Old predictions"] == "Version 1 of bert has ranked the last 4 rounds."


def test_class_made_after_the_push_has_no_probability(project):
    push(project, rows(project))
    choose(project, predictions="bert")
    project.classes.create(name="other", position=2, colour="#000000")

    do_rounds(project)

    assert Round.objects.get().facts["outside"]["predictions"]["n_known"] == 80


def test_model_that_was_trained_on_audit_items_is_refused(project, lead):
    do_rounds(project)
    label_batch(project, lead)
    audit = Assignment.objects.filter(purpose="audit").first().item
    other = Assignment.objects.filter(purpose="query").first().item

    version, _ = push(project, rows(project), trained_on=[other.key])
    with pytest.raises(ValidationError, match=r"1 of the items .* audit items \(ids"):
        push(project, rows(project), trained_on=[other.key, audit.pk])

    assert version.n_trained == 1
    with pytest.raises(ValidationError, match="none of this project: 'gone'"):
        push(project, rows(project), trained_on=["gone"])
