"""manage.py work: do the work that waits, and look regularly for work that nobody announced."""

import logging
import os
import threading
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils.module_loading import import_string
from django_tasks_db.management.commands import db_worker

from alapp.clock import database_now
from alapp.commands import Command as Base
from annotation.sending import sender
from annotation.services import milestones, queue, runs, workers
from annotation.services.exports import files

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.25
# A database that restarts is away for seconds: come back to it, sooner or later.
RECONNECT_SECONDS = 1.0
TICKS_PER_CLEANING = 500


class Command(Base):
    help = (
        "Run a worker: imports, rounds, exports. Start as many as you like on PostgreSQL. Ctrl-C "
        "or SIGTERM ends it after the work in hand, which is handed back when it takes too long."
    )

    examples = ("work", "work --once")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="do what waits, look once, and end when all is done"
        )

    def handle(self, *, once: bool, **options: Any) -> None:
        _load_handlers()
        worker = _worker(until_empty=once)
        if once:
            runs.tick(now=database_now())
            _look_at_all()
            worker.run()
            milestones.note_budgets()
            sender().drain()
            self.answer({"worker": workers.worker_name()})
            return
        worker.configure_signals()
        ticker, webhooks = Ticker(), sender()
        ticker.start()
        webhooks.start()
        self.say(f"Worker {workers.worker_name()} is ready.")
        self.answer({"worker": workers.worker_name()})
        try:
            _run_through_outages(worker)
        finally:
            ticker.stop()
            webhooks.stop()
            workers.sign_off()


def _load_handlers() -> None:
    """Import what the runs will need now: the first batch must not wait for scikit-learn."""
    for path in settings.ALAPP_RUN_HANDLERS.values():
        import_string(path)


def _look_at_all() -> None:
    after = runs.look_round(after=0)
    while after:
        after = runs.look_round(after=after)


class Worker(db_worker.Worker):
    """The library's worker, ended in an orderly way: the work in hand is finished or handed back.

    A second signal does not wait. Whatever a forced end leaves, other workers take over.
    """

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        seconds = settings.ALAPP_STOP_SECONDS if self.running else 0.0
        self.running = False
        logger.warning("asked to end; the work in hand has %g s", seconds)
        # In a thread of its own: the main one may be inside a statement, or a long computation.
        leaving = threading.Timer(seconds, _leave)
        leaving.daemon = True
        leaving.start()


def _leave() -> None:
    """Hand back what is in hand and end at once: from then on this process can write no result."""
    status = 1
    try:
        handed = runs.hand_back(worker=workers.worker_name(), now=database_now())
        workers.sign_off()
        logger.warning("ended without finishing %s run(s), which other workers take over", handed)
        status = 0
    finally:
        logging.shutdown()
        os._exit(status)


def _worker(*, until_empty: bool) -> Worker:
    return Worker(
        queue_names=["*"],
        interval=POLL_SECONDS,
        batch=until_empty,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=workers.worker_name(),
        excluded_queue_names=[],
    )


def _run_through_outages(worker: Worker) -> None:
    """Work until asked to end, also across a restart of the database."""
    while worker.running:
        try:
            worker.run()
        except (OperationalError, InterfaceError) as error:
            logger.error("the database is away (%s); trying again", str(error).strip())
            _reconnect(worker)


def _reconnect(worker: Worker) -> None:
    """Return when the database answers again; what was in hand goes back to the queue."""
    pause = threading.Event()
    while worker.running:
        connection.close()
        try:
            runs.hand_back(worker=workers.worker_name(), now=database_now())
        except (OperationalError, InterfaceError):
            pause.wait(RECONNECT_SECONDS)
        else:
            logger.warning("the database is back")
            return


class Ticker(threading.Thread):
    """Show that the worker lives, and catch what a lost wake-up or a dead worker left behind."""

    def __init__(self) -> None:
        super().__init__(name="ticker", daemon=True)
        self._end = threading.Event()
        self._seen = 0

    def run(self) -> None:
        ticks = 0
        while True:
            close_old_connections()
            self._tick(ticks)
            ticks += 1
            if self._end.wait(settings.ALAPP_TICK_SECONDS):
                break
        connection.close()

    def _tick(self, ticks: int) -> None:
        try:
            now = database_now()
            runs.tick(now=now)
            self._seen = runs.look_round(after=self._seen)
            queue.release_all_expired(now=now)
            milestones.note_budgets()
            if ticks % TICKS_PER_CLEANING == 0:
                workers.forget_old(now=now)
                files.forget_old(now=now)
        except Exception:  # a database that is away for a moment must not end the looking
            logger.exception("a tick failed; the next one comes in a moment")

    def stop(self) -> None:
        self._end.set()
        self.join()
