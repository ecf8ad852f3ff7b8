"""Real workers stopped, killed, frozen and cut off: each run is done, and published once."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult

from annotation.models import Project, Run, WorkerBeat
from annotation.services import runs
from tests.factories import make_project

SECONDS = 40


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path


@pytest.fixture
def start(start_worker):
    """Start a worker that looks often, and knows the runs of tests/support/handlers.py."""

    def start_it(**environment: str):
        worker = start_worker(
            **{"DJANGO_SETTINGS_MODULE": "tests.support.worker_settings"},
            **{"ALAPP_TICK_SECONDS": "0.2", **environment},
        )
        worker.wait_for_log("is ready", seconds=SECONDS)
        return worker

    return start_it


@pytest.fixture
def run(transactional_db, folder) -> Run:
    opened = runs.open_run(kind="publish", project=make_project(), params={"folder": str(folder)})
    assert opened is not None
    return opened


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"{what}: {list(Run.objects.values())}"
        time.sleep(0.02)


def wait_for_begin(folder: Path, attempt: int) -> None:
    wait_until((folder / f"begun-{attempt}").exists, f"attempt {attempt} has not begun")


def wait_for_state(run: Run, state: str) -> Run:
    wait_until(lambda: Run.objects.get(pk=run.pk).state == state, f"the run is not {state}")
    return Run.objects.get(pk=run.pk)


def published(run: Run) -> str:
    return Project.objects.get(pk=run.project_id).guidelines.strip()


def go(folder: Path) -> None:
    (folder / "go").touch()


def test_run_of_a_killed_worker_is_taken_over_by_the_one_beside_it(run, folder, start):
    first = start()
    wait_for_begin(folder, 1)
    start()

    first.kill()
    wait_for_begin(folder, 2)
    go(folder)

    done = wait_for_state(run, "done")
    assert (done.attempt, done.report) == (2, {"published": 2})
    assert published(run) == "published by attempt 2."


def test_worker_frozen_and_resumed_cannot_publish(run, folder, start):
    frozen = start(ALAPP_DEAD_SECONDS="2")
    wait_for_begin(folder, 1)
    frozen.freeze()
    start(ALAPP_DEAD_SECONDS="2")
    wait_for_begin(folder, 2)
    go(folder)
    wait_for_state(run, "done")

    frozen.resume()
    frozen.wait_for_log("another attempt has taken over", seconds=SECONDS)

    assert published(run) == "published by attempt 2."
    assert Run.objects.get(pk=run.pk).report == {"published": 2}
    assert frozen.is_running()


def test_run_whose_worker_dies_three_times_is_given_up_with_its_reason(transactional_db, start):
    deadly = runs.open_run(kind="kill", project=make_project())
    assert deadly is not None

    for _ in range(3):
        dying = start()
        wait_until(lambda dying=dying: not dying.is_running(), "the worker lives")
        dying.kill()
    survivor = start()

    given_up = wait_for_state(deadly, "failed")
    assert (given_up.attempt, given_up.tries) == (3, 3)
    assert "died three times" in given_up.error
    assert "'Dying'" in given_up.error
    assert survivor.is_running()


def test_stopped_worker_finishes_what_it_has_in_hand(run, folder, start):
    worker = start(ALAPP_STOP_SECONDS="60")
    wait_for_begin(folder, 1)

    worker.ask_to_end()
    go(folder)

    assert worker.wait(seconds=SECONDS) == 0
    done = Run.objects.get(pk=run.pk)
    assert (done.state, done.attempt) == ("done", 1)
    assert not WorkerBeat.objects.exists()


def test_stopped_worker_hands_back_what_takes_too_long(run, folder, start):
    worker = start(ALAPP_STOP_SECONDS="0.2")
    wait_for_begin(folder, 1)

    worker.ask_to_end()

    assert worker.wait(seconds=SECONDS) == 0
    back = Run.objects.get(pk=run.pk)
    assert (back.state, back.attempt, back.tries) == ("queued", 1, 0)
    assert not WorkerBeat.objects.exists()
    go(folder)
    start()
    wait_for_state(run, "done")
    assert published(run) == "published by attempt 2."


def test_second_signal_does_not_wait(run, folder, start):
    worker = start(ALAPP_STOP_SECONDS="600")
    wait_for_begin(folder, 1)

    worker.ask_to_end()
    worker.wait_for_log("has 600 s", seconds=SECONDS)
    worker.ask_to_end()

    assert worker.wait(seconds=SECONDS) == 0
    assert Run.objects.get(pk=run.pk).state == "queued"


def test_run_whose_wake_up_was_lost_is_found(run, folder, start):
    DBTaskResult.objects.all().delete()
    Run.objects.filter(pk=run.pk).update(due_at=run.created_at - runs.WAKE_AGAIN)
    go(folder)

    start()

    assert wait_for_state(run, "done").attempt == 1


def cut_connections() -> None:
    """End every other connection to this database, as a restart of the server does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no connection to lose")
def test_worker_survives_the_loss_of_its_connections(run, folder, start):
    worker = start()
    wait_for_begin(folder, 1)

    cut_connections()
    go(folder)

    wait_for_state(run, "done")
    cut_connections()
    more = runs.open_run(kind="publish", project=make_project(), params={"folder": str(folder)})
    wait_for_state(more, "done")
    assert published(run).startswith("published by attempt")
    assert published(run).count("published") == 1
    assert worker.is_running()
