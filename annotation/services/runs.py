"""Runs: long work with its truth in rows, so that a killed worker costs time, never correctness.

A run is claimed by a conditional update that raises its attempt; results count only while that
attempt still holds (fencing). Tasks are wake-up calls and may be lost or doubled.
"""

import logging
import os
import socket
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils.module_loading import import_string
from django_tasks import task

from alapp.clock import database_now
from annotation.models import Project, Run, User, WorkerBeat

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
BEAT_SECONDS = 3.0
# A task may be lost with its worker: wake a queued run again after this long.
WAKE_AGAIN = timedelta(seconds=10)


class Superseded(Exception):  # noqa: N818 - a state of the world, caught as such
    """Another attempt at this run has begun: this one must not write."""


@dataclass(frozen=True)
class Attempt:
    """A worker's hold on a run: what the handlers get."""

    run_id: int
    number: int
    project_id: int
    params: dict[str, Any]
    created_by_id: int | None

    def report_progress(self, *, step: str, progress: int, total: int | None = None) -> None:
        """Show how far the work is; raises Superseded when another attempt has begun."""
        if not self._held().update(step=step, progress=progress, total=total):
            raise Superseded(f"run {self.run_id}")

    def hold(self) -> None:
        """Lock the run inside the transaction that writes its results; raises Superseded."""
        if not self._held().select_for_update().exists():
            raise Superseded(f"run {self.run_id}")

    def _held(self) -> QuerySet[Run]:
        return Run.objects.filter(pk=self.run_id, attempt=self.number, state=Run.State.RUNNING)


def open_run(
    *, kind: str, project: Project, params: dict[str, Any] | None = None, actor: User | None = None
) -> Run | None:
    """Open a run and wake a worker; None when one of this kind is open for the project already."""
    try:
        with transaction.atomic():
            run = Run.objects.create(
                kind=kind, project=project, params=params or {}, created_by=actor
            )
            execute.enqueue(run.pk)
    except IntegrityError:
        return None
    return run


def retry(run: Run) -> None:
    """Queue a failed run again, with its attempts counted anew; refused while another is open."""
    try:
        with transaction.atomic():
            changed = Run.objects.filter(pk=run.pk, state=Run.State.FAILED).update(
                state=Run.State.QUEUED, attempt=0, error="", traceback="", due_at=database_now()
            )
    except IntegrityError:
        raise ValidationError(f"Another {run.kind} is already open for this project.") from None
    if changed:
        execute.enqueue(run.pk)


@task()
def execute(run_id: int) -> None:
    """Do the run if nobody else does: calling it twice changes nothing."""
    if attempt := claim(run_id, now=database_now()):
        perform(attempt)


@task()
def look_at(project_id: int) -> None:
    """Ask the reader whether this project needs a round."""
    import_string(settings.ALAPP_LOOK)(project_id)


def claim(run_id: int, *, now: datetime) -> Attempt | None:
    """Take a run that waits; None when somebody else has it or it is not due yet."""
    waiting = Run.objects.filter(pk=run_id, state=Run.State.QUEUED, due_at__lte=now)
    taken = waiting.update(
        state=Run.State.RUNNING,
        attempt=F("attempt") + 1,
        worker=worker_name(),
        heartbeat_at=now,
        started_at=now,
    )
    if not taken:
        return None
    run = Run.objects.get(pk=run_id)
    return Attempt(run.pk, run.attempt, run.project_id, run.params, run.created_by_id)


def perform(attempt: Attempt) -> None:
    """Call the kind's handler, its heart beating meanwhile, and write down how it ended."""
    kind = Run.objects.values_list("kind", flat=True).get(pk=attempt.run_id)
    handler: Callable[[Attempt], dict[str, Any]] = import_string(settings.ALAPP_RUN_HANDLERS[kind])
    try:
        with _heart(attempt):
            report = handler(attempt)
    except Superseded:
        logger.warning("run %s: another attempt has taken over", attempt.run_id)
    except Exception as error:
        logger.exception("run %s (%s) failed", attempt.run_id, kind)
        _fail(attempt, error)
    else:
        _finish(attempt, report)


def _finish(attempt: Attempt, report: dict[str, Any]) -> None:
    attempt._held().update(
        state=Run.State.DONE, report=report, finished_at=database_now(), error="", step=""
    )


def _fail(attempt: Attempt, error: Exception) -> None:
    """Queue the run again after a pause, or give it up: a wrong input stays wrong at once."""
    message = "; ".join(error.messages) if isinstance(error, ValidationError) else str(error)
    is_final = isinstance(error, ValidationError) or attempt.number >= MAX_ATTEMPTS
    now = database_now()
    attempt._held().update(
        state=Run.State.FAILED if is_final else Run.State.QUEUED,
        due_at=now + timedelta(seconds=5 * attempt.number),
        finished_at=now if is_final else None,
        error=message or type(error).__name__,
        traceback="".join(traceback.format_exception(error)),
    )


class _heart:  # noqa: N801 - used as a function: with _heart(attempt)
    """Renew the run's heartbeat from a thread of its own until the work ends."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._stop.wait(BEAT_SECONDS):
            try:
                self._attempt._held().update(heartbeat_at=database_now())
            except Exception:  # the next beat may pass; a run without beats is taken over
                logger.exception("run %s: a heartbeat failed", self._attempt.run_id)
        connection.close()


def tick(*, now: datetime) -> None:
    """Catch whatever a lost task or a dead worker left: wake every open run that should move."""
    WorkerBeat.objects.update_or_create(
        worker=worker_name(), defaults={"seen_at": now}, create_defaults=_first_beat(now)
    )
    waiting = Q(state=Run.State.QUEUED, due_at__lte=now - WAKE_AGAIN)
    for run in Run.objects.filter(waiting):
        _wake(run, now=now)
    wake_abandoned(Run.objects.all(), now=now)
    for project_id in Project.objects.filter(status="active").values_list("pk", flat=True):
        import_string(settings.ALAPP_LOOK)(project_id)


def wake_abandoned(among: QuerySet[Run], *, now: datetime) -> None:
    """Queue the runs again whose worker is dead."""
    for run in among.filter(_abandoned(now)):
        _wake(run, now=now)


def _first_beat(now: datetime) -> dict[str, Any]:
    return {"worker": worker_name(), "started_at": now, "seen_at": now}


def _wake(run: Run, *, now: datetime) -> None:
    """Queue the run again, or give it up when its workers keep dying."""
    is_hopeless = run.state == Run.State.RUNNING and run.attempt >= MAX_ATTEMPTS
    changed = Run.objects.filter(pk=run.pk, attempt=run.attempt, state=run.state).update(
        state=Run.State.FAILED if is_hopeless else Run.State.QUEUED,
        due_at=now,
        finished_at=now if is_hopeless else None,
        error="The worker died three times during this run." if is_hopeless else run.error,
    )
    if changed and not is_hopeless:
        execute.enqueue(run.pk)


def _abandoned(now: datetime) -> Q:
    """Match runs whose worker shows no sign of life, or is known to be gone from this host."""
    stale = Q(heartbeat_at__lt=now - timedelta(seconds=settings.ALAPP_DEAD_SECONDS))
    running = Run.objects.filter(state=Run.State.RUNNING).values_list("worker", flat=True)
    gone = [worker for worker in set(running) if _is_gone(worker)]
    return Q(state=Run.State.RUNNING) & (stale | Q(worker__in=gone))


def worker_name() -> str:
    return f"{socket.gethostname()[:40]}:{os.getpid()}"


def _is_gone(worker: str) -> bool:
    """Say whether the worker ran on this host and its process has ended."""
    host, _, pid = worker.rpartition(":")
    if host != socket.gethostname()[:40] or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
