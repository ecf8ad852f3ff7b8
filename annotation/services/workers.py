"""Workers: their names, their signs of life, and which of them are gone."""

import hashlib
import os
import socket
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from annotation.models import WorkerBeat

# What one machine's process numbers mean: containers may share a host's name, not its processes.
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
PROCESS_NAMESPACE = Path("/proc/self/ns/pid")
# Finished tasks and ended workers are of no use; an hour of them helps to see what happened.
KEEP = timedelta(hours=1)


def worker_name() -> str:
    """Return this process's name: the host, where its process numbers count, and its number."""
    return f"{_here()}:{os.getpid()}"


@cache
def _here() -> str:
    place = hashlib.blake2b(digest_size=4)
    for path in (BOOT_ID, PROCESS_NAMESPACE):
        try:
            place.update((os.readlink(path) if path.is_symlink() else path.read_text()).encode())
        except OSError:
            continue  # not Linux: the host's name must do
    return f"{socket.gethostname()[:40]}-{place.hexdigest()}"


def is_gone(worker: str) -> bool:
    """Say whether the worker ran beside this process and its own has ended."""
    here, _, pid = worker.rpartition(":")
    if here != _here() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def beat(*, now: datetime) -> None:
    """Show that this worker lives."""
    mine = WorkerBeat.objects.filter(worker=worker_name())
    if not mine.update(seen_at=now):
        WorkerBeat.objects.create(worker=worker_name(), started_at=now, seen_at=now)


def sign_off() -> None:
    """Say that this worker ends, so that nobody waits for its next sign of life."""
    WorkerBeat.objects.filter(worker=worker_name()).delete()


def forget_old(*, now: datetime) -> int:
    """Delete finished tasks, tasks that died with their worker, and workers long silent."""
    before = now - KEEP
    WorkerBeat.objects.filter(seen_at__lt=before).delete()
    finished, _ = DBTaskResult.objects.finished().filter(finished_at__lt=before).delete()
    living = set(WorkerBeat.objects.values_list("worker", flat=True))
    running = DBTaskResult.objects.running().filter(started_at__lt=before)
    orphans = [pk for pk, names in running.values_list("pk", "worker_ids") if not living & {*names}]
    lost, _ = DBTaskResult.objects.filter(pk__in=orphans, status=TaskResultStatus.RUNNING).delete()
    return finished + lost
