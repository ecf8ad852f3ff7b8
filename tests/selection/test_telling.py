"""What rounds let annotators know, on the real desk: nothing of why an item is asked."""

from datetime import timedelta

import numpy as np
import pytest

from annotation.models import Assignment
from annotation.services import queue
from selection.models import SelectionConfig
from tests.factories import NOW, add_items, claim, make_project, make_user
from tests.selection.test_retraining import do_rounds, label_batch, texts

pytestmark = pytest.mark.django_db

CODES = {"between", "hesitates", "unlike"}


@pytest.fixture
def project():
    project = make_project(classes=("money", "parcel"), budget=400)
    add_items(project, 160, texts=texts(160))
    config = {"batch_size": 20, "reserve_size": 10, "cold_start": "typical"}
    SelectionConfig.objects.create(project=project, config=config)
    do_rounds(project)
    return project


def said_of(number):
    rows = Assignment.objects.filter(batch__number=number).order_by("position")
    return [(row.purpose, row.said) for row in rows]


def test_before_a_model_every_item_is_told_the_same():
    # Names that no text holds: they teach nothing.
    project = make_project(classes=("qqq", "zzz"), budget=400)
    add_items(project, 80, texts=texts(80))
    SelectionConfig.objects.create(project=project, config={"batch_size": 20})
    do_rounds(project)

    assert {purpose for purpose, _ in said_of(0)} == {"query", "audit"}
    for _, said in said_of(0):
        assert said == {"code": "unknown", "class_ids": [], "expected": None}


def test_every_purpose_has_the_same_keys_and_the_same_words(project):
    label_batch(project, make_user())
    do_rounds(project)

    rows = said_of(1)
    ids = {each.pk for each in project.classes.all()}
    assert {purpose for purpose, _ in rows} >= {"query", "audit"}
    for _, said in rows:
        assert sorted(said) == ["class_ids", "code", "expected"]
        assert said["code"] in CODES
        assert set(said["class_ids"]) <= ids
        assert said["expected"] in {None, *ids}


def test_what_leads_read_stays_in_a_key_of_its_own(project):
    label_batch(project, make_user())
    do_rounds(project)

    audit = Assignment.objects.filter(batch__number=1, purpose="audit").first()
    assert audit.reason["code"] == "audit"
    assert "audit" not in str(audit.said)


def test_items_drawn_because_the_queue_ran_dry_are_told_like_the_others(project):
    label_batch(project, make_user())
    do_rounds(project)
    open_ones = Assignment.objects.filter(state="open")
    open_ones.update(
        state="leased", annotator=make_user(), leased_at=NOW, leased_until=NOW + timedelta(hours=1)
    )

    claimed = claim(project, make_user())

    assert claimed.batch.number == queue.FALLBACK_BATCH
    drawn = Assignment.objects.filter(batch__number=queue.FALLBACK_BATCH)
    assert drawn.count() == queue.FALLBACK_ITEMS
    for row in drawn:
        assert sorted(row.said) == ["class_ids", "code", "expected"]
        assert row.said["code"] in CODES


def test_ids_follow_neither_the_queue_nor_the_purpose(project):
    rows = list(Assignment.objects.filter(batch__number=0).order_by("pk"))
    places = [row.position for row in rows]
    measures = [place for place, row in enumerate(rows) if row.purpose == "audit"]

    # 30 rows in an order by lot: their rank correlation with the queue is near 0, and that of a
    # sorted list 1. The standard deviation is 1 / sqrt(29), 0.19.
    assert abs(np.corrcoef(places, np.arange(len(places)))[0, 1]) < 0.6
    assert measures != list(range(measures[0], measures[0] + len(measures)))


def test_audit_items_lie_anywhere_in_the_batch_and_in_the_reserve(project):
    places = []
    for seed in range(40):
        other = make_project(classes=("money", "parcel"), budget=400)
        type(other).objects.filter(pk=other.pk).update(seed=seed)
        add_items(other, 40, texts=texts(40))
        SelectionConfig.objects.create(project=other, config={"batch_size": 5, "reserve_size": 0})
        do_rounds(other)
        audit = other.assignments.get(purpose="audit")
        places.append(audit.position)

    # 40 draws of 5 places: each is drawn at least once but for one case in 1,500.
    assert set(places) == {0, 1, 2, 3, 4}
