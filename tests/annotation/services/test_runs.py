from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django_tasks_db.models import DBTaskResult

from alapp.clock import database_now
from annotation.models import Run
from annotation.services import runs
from tests.factories import make_project

pytestmark = pytest.mark.django_db
CALLS = "tests.annotation.services.test_runs"


def succeed(attempt: runs.Attempt) -> dict[str, int]:
    attempt.report_progress(step="counting", progress=1, total=2)
    return {"seen": attempt.params["n"]}


def fail(attempt: runs.Attempt) -> dict[str, int]:
    raise RuntimeError("the disk is full")


def refuse(attempt: runs.Attempt) -> dict[str, int]:
    raise ValidationError("row 3 has no text")


def lose(attempt: runs.Attempt) -> dict[str, int]:
    Run.objects.filter(pk=attempt.run_id).update(attempt=attempt.number + 1)
    with transaction.atomic():
        attempt.hold()
    return {"written": 1}


@pytest.fixture(autouse=True)
def handlers(settings):
    settings.ALAPP_RUN_HANDLERS = {
        name: f"{CALLS}.{name}" for name in ("succeed", "fail", "refuse", "lose")
    }
    settings.ALAPP_LOOK = f"{CALLS}.no_look"


def no_look(project_id: int) -> None:
    return None


def open_run(kind: str, **fields: object) -> Run:
    run = runs.open_run(kind=kind, project=make_project(), params={"n": 7})
    assert run is not None
    Run.objects.filter(pk=run.pk).update(**fields)
    return run


def do(run: Run) -> Run:
    runs.execute.call(run.pk)
    return Run.objects.get(pk=run.pk)


def test_run_is_done_once_however_often_it_is_woken():
    run = open_run("succeed")

    do(run)
    done = do(run)

    assert (done.state, done.attempt, done.report) == ("done", 1, {"seen": 7})


def test_open_run_wakes_a_worker():
    run = open_run("succeed")

    assert DBTaskResult.objects.get().args_kwargs["args"] == [run.pk]


def test_second_run_of_a_kind_is_not_opened_while_one_is_open():
    run = open_run("succeed")

    assert runs.open_run(kind="succeed", project=run.project) is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.create(kind="succeed", project=run.project)


def test_failed_attempt_is_tried_again_later_and_keeps_its_traceback():
    run = do(open_run("fail"))

    assert (run.state, run.error) == ("queued", "the disk is full")
    assert "RuntimeError" in run.traceback
    assert run.due_at > database_now()


def test_third_failure_is_final():
    run = do(open_run("fail", attempt=2))

    assert (run.state, run.attempt) == ("failed", 3)


def test_wrong_input_fails_at_once():
    run = do(open_run("refuse"))

    assert (run.state, run.error) == ("failed", "row 3 has no text")


def test_superseded_attempt_writes_nothing():
    run = do(open_run("lose"))

    assert (run.state, run.report, run.attempt) == ("running", {}, 2)


def test_tick_takes_over_a_run_whose_worker_shows_no_sign_of_life():
    now = database_now()
    run = open_run("succeed", state="running", attempt=1, heartbeat_at=now - timedelta(minutes=2))

    runs.tick(now=now)

    assert do(run).attempt == 2


def test_tick_leaves_a_run_with_a_fresh_heartbeat():
    now = database_now()
    run = open_run("succeed", state="running", attempt=1, heartbeat_at=now, worker="elsewhere:1")

    runs.tick(now=now)

    assert Run.objects.get(pk=run.pk).state == "running"


def test_tick_takes_over_at_once_when_the_process_is_gone_from_this_host():
    now = database_now()
    gone = runs.worker_name().rpartition(":")[0] + ":999999999"
    run = open_run("succeed", state="running", attempt=1, heartbeat_at=now, worker=gone)

    runs.tick(now=now)

    assert Run.objects.get(pk=run.pk).state == "queued"


def test_run_that_kills_three_workers_is_given_up():
    now = database_now()
    old = now - timedelta(minutes=2)
    run = open_run("succeed", state="running", attempt=3, heartbeat_at=old)

    runs.tick(now=now)

    given_up = Run.objects.get(pk=run.pk)
    assert (given_up.state, "died three times" in given_up.error) == ("failed", True)


def test_tick_wakes_a_run_whose_task_was_lost():
    now = database_now()
    run = open_run("succeed", due_at=now - timedelta(minutes=1))
    DBTaskResult.objects.all().delete()

    runs.tick(now=now)

    assert DBTaskResult.objects.get().args_kwargs["args"] == [run.pk]


def test_failed_run_can_be_tried_again_by_hand():
    run = do(open_run("fail", attempt=2))

    runs.retry(run)

    again = Run.objects.get(pk=run.pk)
    assert (again.state, again.attempt, again.error) == ("queued", 0, "")


def test_run_cannot_be_retried_while_another_is_open():
    run = do(open_run("refuse"))
    runs.open_run(kind="refuse", project=run.project)

    with pytest.raises(ValidationError, match="already open"):
        runs.retry(run)
