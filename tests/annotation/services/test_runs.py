from datetime import timedelta
from typing import Final

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django_tasks_db.models import DBTaskResult

from alapp.clock import database_now
from annotation.models import Run, WorkerBeat
from annotation.services import runs, workers
from tests.factories import make_project

pytestmark = pytest.mark.django_db
CALLS = "tests.annotation.services.test_runs"


LOOKED_AT: Final[list[int]] = []


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


def note_look(project_id: int) -> None:
    LOOKED_AT.append(project_id)


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


def test_run_born_a_hair_ahead_of_the_clock_is_claimed_at_once():
    now = database_now()
    # SQLite writes .4996 s as .500 s; whoever opens a run and does it need not wait for a tick.
    run = open_run("succeed", due_at=now + timedelta(microseconds=400))
    later = open_run("succeed", due_at=now + timedelta(milliseconds=2))

    assert runs.claim(run.pk, now=now) is not None
    assert runs.claim(later.pk, now=now) is None


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
    gone = workers.worker_name().rpartition(":")[0] + ":999999999"
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


def test_tick_does_not_announce_again_what_only_waits_its_turn():
    now = database_now()
    open_run("succeed", due_at=now - timedelta(hours=1))

    runs.tick(now=now)

    assert DBTaskResult.objects.count() == 1


def test_tick_of_many_waiting_runs_takes_a_fixed_number_of_statements(
    django_assert_max_num_queries,
):
    now = database_now()
    for _ in range(30):
        open_run("succeed", due_at=now - timedelta(hours=1))

    # Beat (1 or 2), is anything waiting, what is announced, what waits, who runs, who is dead.
    with django_assert_max_num_queries(7):
        runs.tick(now=now)


def test_each_look_round_sees_the_next_projects_and_then_begins_anew(settings):
    settings.ALAPP_LOOK = f"{CALLS}.note_look"
    LOOKED_AT.clear()
    projects = [make_project().pk for _ in range(5)]
    make_project(is_active=False)

    first = runs.look_round(after=0, n=2)
    second = runs.look_round(after=first, n=2)
    third = runs.look_round(after=second, n=2)

    assert projects == LOOKED_AT
    assert (first, second, third) == (projects[1], projects[3], 0)


def test_run_handed_back_waits_at_once_and_its_attempt_does_not_count():
    run = open_run("succeed")
    attempt = runs.claim(run.pk, now=database_now())
    DBTaskResult.objects.all().delete()

    handed = runs.hand_back(worker=workers.worker_name(), now=database_now())

    back = Run.objects.get(pk=run.pk)
    assert (handed, back.state, back.attempt, back.tries) == (1, "queued", 1, 0)
    assert DBTaskResult.objects.get().args_kwargs["args"] == [run.pk]
    with pytest.raises(runs.Superseded):
        attempt.finish({})


def test_run_of_an_unknown_kind_fails_with_its_reason():
    run = do(open_run("dance", attempt=2))

    assert (run.state, "dance" in run.error) == ("failed", True)


@pytest.mark.parametrize(
    ("failures", "minutes", "rests"),
    [
        (0, 0, False),
        (1, 0.9, True),
        (1, 1.1, False),
        # The pause doubles: 1, 2, 4 minutes ... and never passes an hour.
        (3, 3.9, True),
        (3, 4.1, False),
        (8, 59, True),
        (8, 61, False),
    ],
)
def test_kind_that_failed_rests_longer_each_time(failures, minutes, rests):
    now, project = database_now(), make_project()
    for _ in range(failures):
        Run.objects.create(kind="fail", project=project, state="failed", finished_at=now)

    after = now + timedelta(minutes=minutes)

    assert runs.is_resting(kind="fail", project_id=project.pk, now=after) is rests


def test_success_ends_the_rest():
    now, project = database_now(), make_project()
    for state in ("failed", "failed", "done"):
        Run.objects.create(kind="fail", project=project, state=state, finished_at=now)

    assert not runs.is_resting(kind="fail", project_id=project.pk, now=now)


def task_row(**fields: object) -> DBTaskResult:
    runs.execute.enqueue(1)
    row = DBTaskResult.objects.latest("enqueued_at")
    DBTaskResult.objects.filter(pk=row.pk).update(**fields)
    return row


def test_old_tasks_are_forgotten_once_nobody_can_be_at_work_on_them():
    now = database_now()
    old, young = now - timedelta(hours=2), now - timedelta(minutes=5)
    WorkerBeat.objects.create(worker="alive:1", started_at=old, seen_at=now)
    WorkerBeat.objects.create(worker="silent:1", started_at=old, seen_at=old)
    task_row(status="SUCCESSFUL", finished_at=old)
    task_row(status="FAILED", finished_at=old)
    task_row(status="RUNNING", started_at=old, worker_ids=["silent:1"])
    kept = {
        task_row(status="SUCCESSFUL", finished_at=young).pk,
        task_row(status="RUNNING", started_at=old, worker_ids=["alive:1"]).pk,
        task_row(status="RUNNING", started_at=young, worker_ids=["silent:1"]).pk,
        task_row().pk,
    }

    workers.forget_old(now=now)

    assert set(DBTaskResult.objects.values_list("pk", flat=True)) == kept
    assert list(WorkerBeat.objects.values_list("worker", flat=True)) == ["alive:1"]


def test_failed_run_can_be_tried_again_by_hand():
    run = do(open_run("fail", attempt=2))

    runs.retry(run)

    again = Run.objects.get(pk=run.pk)
    assert (again.state, again.tries, again.error) == ("queued", 0, "")


def test_attempt_frozen_before_a_retry_by_hand_never_holds_the_run_again():
    run = open_run("succeed")
    frozen = runs.claim(run.pk, now=database_now())
    Run.objects.filter(pk=run.pk).update(state="failed")

    runs.retry(run)
    runs.claim(run.pk, now=database_now())

    with pytest.raises(runs.Superseded):
        frozen.report_progress(step="late", progress=1)


def test_run_cannot_be_retried_while_another_is_open():
    run = do(open_run("refuse"))
    runs.open_run(kind="refuse", project=run.project)

    with pytest.raises(ValidationError, match="already open"):
        runs.retry(run)
