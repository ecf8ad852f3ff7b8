"""People in processes, half of them killed, answers sent twice: a short run of what soak does."""

import os
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection

from annotation.services import queue
from tests.factories import NOW, make_project, make_user, publish
from tests.support.faults import in_another_thread_before
from tests.support.invariants import Acknowledged, violations
from tests.support.runs_of_a_crowd import Plan, make_work, run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.worker]


@pytest.mark.parametrize("seed", [1, 3], ids=["services", "HTTP"])
def test_killed_crowd_breaks_no_invariant(seed, data_dir, tmp_path, monkeypatch):
    monkeypatch.setitem(os.environ, "ALAPP_DATA_DIR", str(data_dir))

    found = run(Plan(seed=seed, n_items=100, n_people=4), folder=tmp_path)

    # Whoever met an error went home, and then items are left over: both are shown.
    assert (found["errors"], found["violations"]) == ([], [])
    assert found["labels"] >= 75
    assert found["rounds"] >= 1


def test_lost_answer_would_be_found():
    project = make_work(Plan(seed=1, n_items=10, n_people=1))
    never_stored = Acknowledged(1, uuid4(), (1,))

    assert violations(project, [never_stored])


ON_POSTGRESQL = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time"
)
LATER = NOW + timedelta(minutes=2)


@ON_POSTGRESQL
def test_claim_with_a_dry_queue_gets_what_is_published_at_that_moment():
    project = make_project(n_items=2)
    claim = partial(queue.claim, project=project, annotator=make_user(), now=LATER)

    with in_another_thread_before('INSERT INTO "annotation_assignment"', claim) as taken:
        publish(project, list(project.items.order_by("audit_rank")))

    assert taken.result().batch.number == 0
    assert project.assignments.count() == 2


@ON_POSTGRESQL
def test_batch_leaves_out_what_somebody_is_being_handed_at_that_moment():
    project = make_project(n_items=1)
    lay_batch = partial(publish, project, list(project.items.all()))

    with in_another_thread_before('INSERT INTO "annotation_assignment"', lay_batch) as laid:
        found = queue.claim(project=project, annotator=make_user(), now=LATER)

    assert laid.result() == []
    assert found.batch.number == queue.FALLBACK_BATCH
