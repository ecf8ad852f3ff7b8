"""manage.py work: do the work that waits, and look regularly for work that nobody announced."""

import logging
import threading
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections, connection
from django.utils.module_loading import import_string
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from alapp.clock import database_now
from annotation.models import WorkerBeat
from annotation.services import queue, runs

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.25
KEEP_TASKS = timedelta(hours=1)
TICKS_PER_CLEANING = 500


class Command(BaseCommand):
    help = (
        "Run a worker: imports, rounds, exports. Start as many as you like on PostgreSQL; "
        "Ctrl-C ends it after the work in hand."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="do what waits, look once, and end when all is done"
        )

    def handle(self, *, once: bool, **options: Any) -> None:
        _load_handlers()
        worker = _worker(until_empty=once)
        if once:
            runs.tick(now=database_now())
            worker.run()
            return
        worker.configure_signals()
        ticker = Ticker()
        ticker.start()
        self.stdout.write(f"Worker {runs.worker_name()} is ready.")
        try:
            worker.run()
        finally:
            ticker.stop()
            WorkerBeat.objects.filter(worker=runs.worker_name()).delete()


def _load_handlers() -> None:
    """Import what the runs will need now: the first batch must not wait for scikit-learn."""
    for path in settings.ALAPP_RUN_HANDLERS.values():
        import_string(path)


def _worker(*, until_empty: bool) -> Worker:
    return Worker(
        queue_names=["*"],
        interval=POLL_SECONDS,
        batch=until_empty,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=runs.worker_name(),
        excluded_queue_names=[],
    )


class Ticker(threading.Thread):
    """Show that the worker lives, and catch what a lost wake-up or a dead worker left behind."""

    def __init__(self) -> None:
        super().__init__(name="ticker", daemon=True)
        self._end = threading.Event()

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
            queue.release_all_expired(now=now)
            if ticks % TICKS_PER_CLEANING == 0:
                _forget_old_tasks()
        except Exception:  # a database that is away for a moment must not end the looking
            logger.exception("a tick failed; the next one comes in a moment")

    def stop(self) -> None:
        self._end.set()
        self.join()


def _forget_old_tasks() -> None:
    before = database_now() - KEEP_TASKS
    DBTaskResult.objects.finished().filter(finished_at__lt=before).delete()
    WorkerBeat.objects.filter(seen_at__lt=before).delete()
