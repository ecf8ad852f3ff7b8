from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from annotation.models import AuditEntry, Run, WorkerBeat
from annotation.services import jobs
from tests.factories import NOW, make_project, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_project()


def make_run(project, **fields):
    return Run.objects.create(project=project, **{"kind": "import", "due_at": NOW} | fields)


def only(project):
    (job,) = jobs.newest(project, now=NOW, n=5)
    return job


def test_runs_are_the_newest_of_this_project_only(project):
    first = make_run(project, state="done")
    second = make_run(project, state="failed")
    make_run(make_project())

    assert [job.run for job in jobs.newest(project, now=NOW, n=5)] == [second, first]
    assert [job.run for job in jobs.newest(project, now=NOW, n=1)] == [second]


def test_running_run_says_how_long_it_has_been_silent(project):
    start, beat = NOW - timedelta(seconds=90), NOW - timedelta(seconds=21)
    make_run(project, state="running", started_at=start, heartbeat_at=beat)

    job = only(project)

    assert (job.lasted, job.silent_for, job.is_silent) == (
        timedelta(seconds=90), timedelta(seconds=21), True
    )  # fmt: skip


def test_failed_attempt_says_when_it_is_tried_again(project):
    make_run(project, state="queued", attempt=1, due_at=NOW + timedelta(seconds=5))

    assert only(project).again_in == timedelta(seconds=5)


@pytest.mark.parametrize(
    ("kind", "report", "title", "result"),
    [
        ("import", {"added": 1200}, "Import", "1,200 items added"),
        ("round", {"published": 3, "items": 20}, "Round 3", "20 items asked for"),
        ("round", {"published": None}, "Round", "Nothing was due"),
        ("export", {}, "Export", "Done"),
    ],
)
def test_finished_run_says_what_came_of_it(project, kind, report, title, result):
    make_run(project, kind=kind, state="done", report=report)

    job = only(project)

    assert (job.title, job.result) == (title, result)


def test_worker_that_never_lived_is_told_from_one_that_was_seen():
    assert jobs.worker_seen(now=NOW) is None
    WorkerBeat.objects.create(worker="w", started_at=NOW, seen_at=NOW - timedelta(seconds=3))

    assert jobs.worker_seen(now=NOW) == timedelta(seconds=3)


def test_failed_run_is_queued_again_and_the_wish_is_on_record(project):
    lead = make_user()
    run = make_run(project, state="failed", attempt=3, error="disk full", traceback="Traceback")

    assert jobs.retry(project=project, run_id=run.pk, actor=lead)

    run.refresh_from_db()
    assert (run.state, run.error, run.traceback) == ("queued", "", "")
    entry = AuditEntry.objects.get(action="run.retry")
    assert (entry.actor, entry.before) == (lead, "disk full")


def test_only_a_failed_run_of_this_project_is_retried(project):
    done = make_run(project, state="done")
    elsewhere = make_run(make_project(), state="failed")

    for run in (done, elsewhere):
        assert not jobs.retry(project=project, run_id=run.pk, actor=make_user())

    assert set(Run.objects.values_list("state", flat=True)) == {"done", "failed"}
    assert not AuditEntry.objects.filter(action="run.retry").exists()


def test_retry_beside_an_open_run_is_refused_and_leaves_no_trace(project):
    failed = make_run(project, state="failed")
    make_run(project, state="queued")

    with pytest.raises(ValidationError, match="already open"):
        jobs.retry(project=project, run_id=failed.pk, actor=make_user())

    assert not AuditEntry.objects.filter(action="run.retry").exists()
