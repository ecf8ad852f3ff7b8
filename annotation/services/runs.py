"""Runs: long work with its truth in rows, so that a killed worker costs time, never correctness.

A run is claimed by a conditional update that raises its attempt; results count only while that
attempt still holds (fencing). Tasks are wake-up calls and may be lost or doubled.
"""

import contextlib
import itertools
import logging
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
from django_tasks.base import DEFAULT_TASK_PRIORITY, TaskResultStatus
from django_tasks_db.models import DBTaskResult

from alapp.clock import database_now
from annotation.models import Project, Run, User
from annotation.services import audit, milestones, outbox
from annotation.services.workers import beat, is_gone, worker_name

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
# Behind everything else that waits for a worker.
BEHIND = -50
BEAT_SECONDS = 3.0
# SQLite rounds its clock to the millisecond: half of the runs are born in the future by a hair.
ROUNDING = timedelta(milliseconds=1)
# A task may be lost with its worker: wake a queued run again after this long.
WAKE_AGAIN = timedelta(seconds=3)
# What failed for good is not opened again at once by whoever looks: the pause doubles.
FIRST_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(hours=1)
# A look costs a few statements: with very many projects each tick looks at the next few.
LOOKS_PER_TICK = 25


Handler = Callable[["Attempt"], dict[str, Any]]


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

    def finish(self, report: dict[str, Any]) -> None:
        """Mark the run done inside the transaction that writes its results.

        Then a worker killed right after the commit leaves nothing that could be done again.
        """
        with transaction.atomic():
            finished = self._held().update(
                state=Run.State.DONE, report=report, finished_at=database_now(), error="", step=""
            )
            if not finished:
                raise Superseded(f"run {self.run_id}")
            _tell("run.finished", Run.objects.get(pk=self.run_id))

    def give_way(self, *, now: datetime) -> None:
        """Queue the run again, behind what waits; this attempt writes nothing from then on."""
        handed = self._held().update(
            state=Run.State.QUEUED, excused=F("excused") + 1, due_at=now, step=""
        )
        if handed:
            announce(Run.objects.get(pk=self.run_id))

    def _held(self) -> QuerySet[Run]:
        return Run.objects.filter(pk=self.run_id, attempt=self.number, state=Run.State.RUNNING)


def open_run(
    *, kind: str, project: Project, params: dict[str, Any] | None = None, actor: User | None = None
) -> Run | None:
    """Open a run and wake a worker; None when one of this kind is open for the project already.

    Of exports everybody may have one open.
    """
    try:
        with transaction.atomic():
            run = Run.objects.create(
                kind=kind, project=project, params=params or {}, created_by=actor
            )
            announce(run)
    except IntegrityError:
        return None
    return run


@transaction.atomic
def ask(*, kind: str, project: Project, params: dict[str, Any] | None, actor: User | None) -> bool:
    """Open a run at somebody's wish, which the audit log keeps; False while one is open."""
    run = open_run(kind=kind, project=project, params=params, actor=actor)
    if run and actor:
        audit.note("run.ask", actor=actor, project=project, target=f"{kind} {run.pk}", after=params)
    return run is not None


def retry(run: Run) -> None:
    """Queue a failed run again, with its tries counted anew; refused while another is open.

    The attempt goes on rising: a worker frozen in an earlier one must never hold it again.
    """
    try:
        with transaction.atomic():
            changed = Run.objects.filter(pk=run.pk, state=Run.State.FAILED).update(
                state=Run.State.QUEUED,
                excused=F("attempt"),
                error="",
                traceback="",
                due_at=database_now(),
                finished_at=None,
            )
            if changed:
                announce(run)
    except IntegrityError:
        raise ValidationError(f"Another {run.kind} is already open for this project.") from None


def cancel(run: Run) -> bool:
    """End a run that waits or runs; False when it has ended already.

    Its worker notices when it next shows how far it is, and writes nothing from now on.
    """
    is_open = Run.objects.filter(pk=run.pk, state__in=Run.OPEN_STATES)
    return bool(
        is_open.update(state=Run.State.CANCELLED, finished_at=database_now(), step="", error="")
    )


def is_resting(*, kind: str, project_id: int, now: datetime) -> bool:
    """Say whether the newest run of this kind failed and the pause after it is not over."""
    ended = Run.objects.filter(kind=kind, project=project_id).exclude(state__in=Run.OPEN_STATES)
    newest = list(ended.order_by("-pk").values_list("state", "finished_at")[:8])
    failed = list(itertools.takewhile(lambda row: row[0] == Run.State.FAILED, newest))
    if not failed or failed[0][1] is None:
        return False
    rest = min(FIRST_REST * 2 ** (len(failed) - 1), LONGEST_REST)
    return bool(now < failed[0][1] + rest)


@task()
def execute(run_id: int) -> None:
    """Do the run if nobody else does: calling it twice changes nothing."""
    if attempt := claim(run_id, now=database_now()):
        perform(attempt)


def announce(run: Run) -> None:
    """Wake a worker for this run; what may wait comes after everything else that waits."""
    priority = BEHIND if run.kind in settings.ALAPP_BACKGROUND_RUNS else DEFAULT_TASK_PRIORITY
    execute.using(priority=priority).enqueue(run.pk)


@task()
def look_at(project_id: int) -> None:
    """Tell what is complete, and ask the reader whether this project needs a run."""
    milestones.note_complete(project_id, now=database_now())
    import_string(settings.ALAPP_LOOK)(project_id)


def _tell(event: str, run: Run) -> None:
    """Tell other programs how a run ended. An error's words may quote an item: they stay here."""
    outbox.announce(run.project_id, event, {"run": run.pk, "kind": run.kind})


def claim(run_id: int, *, now: datetime) -> Attempt | None:
    """Take a run that waits; None when somebody else has it, it is not due yet, or as many of its
    kind run as may at once."""
    waiting = Run.objects.filter(pk=run_id, state=Run.State.QUEUED)
    run = waiting.filter(due_at__lte=now + ROUNDING).first()
    if run is None or _is_full(run.kind):
        return None
    number = run.attempt + 1
    # The number is ours by this update: read afterwards, it could be that of whoever came next.
    taken = Run.objects.filter(pk=run_id, state=Run.State.QUEUED, attempt=run.attempt).update(
        state=Run.State.RUNNING,
        attempt=number,
        worker=worker_name(),
        heartbeat_at=now,
        started_at=now,
    )
    if not taken:
        return None
    return Attempt(run.pk, number, run.project_id, run.params, run.created_by_id)


def _is_full(kind: str) -> bool:
    """Say whether as many runs of a kind that may wait are in hand as may be at once.

    Two claims at the same moment may make it one more: it is a bound on load, nothing else.
    """
    most: int | None = settings.ALAPP_BACKGROUND_RUNS.get(kind)
    if most is None:
        return False
    return Run.objects.filter(kind=kind, state=Run.State.RUNNING).count() >= most


def _wake_next(kind: str) -> None:
    """Wake a worker for the run of this kind that has waited longest for its turn."""
    if kind in settings.ALAPP_BACKGROUND_RUNS:
        waiting = Run.objects.filter(kind=kind, state=Run.State.QUEUED).order_by("pk").first()
        if waiting:
            announce(waiting)


def perform(attempt: Attempt) -> None:
    """Call the kind's handler, its heart beating meanwhile, and write down how it ended."""
    kind = Run.objects.values_list("kind", flat=True).get(pk=attempt.run_id)
    try:
        handler: Handler = import_string(settings.ALAPP_RUN_HANDLERS[kind])
        with _heart(attempt):
            report = handler(attempt)
    except Superseded:
        logger.warning("run %s: another attempt has taken over", attempt.run_id)
    except Exception as error:
        logger.exception("run %s (%s) failed", attempt.run_id, kind)
        _fail(attempt, error)
    else:
        with contextlib.suppress(Superseded):  # or the handler finished it with its results
            attempt.finish(report)
    _wake_next(kind)


def _fail(attempt: Attempt, error: Exception) -> None:
    """Queue the run again after a pause, or give it up: a wrong input stays wrong at once."""
    message = "; ".join(error.messages) if isinstance(error, ValidationError) else str(error)
    # Where the database went away, this connection never recovers: write by another.
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    run = attempt._held().first()
    if run is None:
        return
    is_final = isinstance(error, ValidationError) or run.tries >= MAX_ATTEMPTS
    now = database_now()
    with transaction.atomic():
        written = attempt._held().update(
            state=Run.State.FAILED if is_final else Run.State.QUEUED,
            due_at=now + timedelta(seconds=5 * run.tries),
            finished_at=now if is_final else None,
            error=message or type(error).__name__,
            traceback="".join(traceback.format_exception(error)),
        )
        if written and is_final:
            _tell("run.failed", run)


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
        connection.close()


def hand_back(*, worker: str, now: datetime) -> int:
    """Queue again what this worker holds and will not finish: no fault of the runs.

    The attempts end here: the worker itself can write nothing more for them.
    """
    held = Run.objects.filter(state=Run.State.RUNNING, worker=worker)
    handed = 0
    for run in held:
        changed = held.filter(pk=run.pk, attempt=run.attempt).update(
            state=Run.State.QUEUED, excused=F("excused") + 1, due_at=now, step=""
        )
        if changed:
            announce(run)
        handed += changed
    return handed


# What lost tasks and dead workers leave behind


def tick(*, now: datetime) -> None:
    """Show that this worker lives, and wake every open run that should move and does not."""
    beat(now=now)
    waiting = Run.objects.filter(state=Run.State.QUEUED, due_at__lte=now - WAKE_AGAIN)
    if waiting.exists():
        announced = _announced()
        for run in waiting:
            if run.pk not in announced:
                _wake(run, now=now)
    wake_abandoned(Run.objects.all(), now=now)


def look_round(*, after: int, n: int = LOOKS_PER_TICK) -> int:
    """Look at the n projects behind this one; return the last, 0 at the end of the round.

    Active ones may need a round, stopped ones their final model; the others rest.
    Whatever made a round due is announced as well; this catches what was lost, and what only
    time makes due.
    """
    looked_at = Project.objects.filter(status__in=["active", "stopped"], pk__gt=after)
    ids = list(looked_at.order_by("pk").values_list("pk", flat=True)[:n])
    look = import_string(settings.ALAPP_LOOK)
    for project_id in ids:
        milestones.note_complete(project_id, now=database_now())
        look(project_id)
    return ids[-1] if len(ids) == n else 0


def wake_abandoned(among: QuerySet[Run], *, now: datetime) -> None:
    """Queue the runs again whose worker is dead."""
    for run in among.filter(_abandoned(now)):
        _wake(run, now=now)


def _announced() -> set[int]:
    """Return the runs for which a task waits: these are not lost, only not reached yet."""
    ready = DBTaskResult.objects.filter(status=TaskResultStatus.READY)
    mine = ready.filter(task_path=execute.module_path).values_list("args_kwargs", flat=True)
    return {call["args"][0] for call in mine if call["args"]}


def _wake(run: Run, *, now: datetime) -> None:
    """Queue the run again, or give it up when its workers keep dying."""
    is_hopeless = run.state == Run.State.RUNNING and run.tries >= MAX_ATTEMPTS
    same = Run.objects.filter(pk=run.pk, attempt=run.attempt, state=run.state)
    with transaction.atomic():
        changed = same.update(
            state=Run.State.FAILED if is_hopeless else Run.State.QUEUED,
            due_at=now,
            finished_at=now if is_hopeless else None,
            error=_obituary(run) if is_hopeless else run.error,
        )
        if changed and is_hopeless:
            _tell("run.failed", run)
    if changed and not is_hopeless:
        announce(run)


def _obituary(run: Run) -> str:
    where = f", the last time at {run.step!r}" if run.step else ""
    return f"The worker died three times during this run{where}. Is there too little memory?"


def _abandoned(now: datetime) -> Q:
    """Match runs whose worker shows no sign of life, or is known to be gone from this host."""
    stale = Q(heartbeat_at__lt=now - timedelta(seconds=settings.ALAPP_DEAD_SECONDS))
    running = Run.objects.filter(state=Run.State.RUNNING).values_list("worker", flat=True)
    gone = [worker for worker in set(running) if is_gone(worker)]
    return Q(state=Run.State.RUNNING) & (stale | Q(worker__in=gone))
