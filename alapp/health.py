"""Is alapp well? What stops or hampers it, in plain words that give nothing away.

Every finding has a text for anybody (no names, paths, messages of errors) and a detail for admins.
"""

import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from alapp.clock import database_now
from alapp.preparation import missing_migrations, unknown_migrations
from annotation.models import Run, WorkerBeat

WORKER_AWAY = timedelta(seconds=30)
# A run that waits longer is overdue: nobody has time for it, or nobody looks.
OVERDUE = timedelta(minutes=5)
RECENT = timedelta(days=1)
SKEW_WARNS, SKEW_HURTS = timedelta(seconds=5), timedelta(minutes=2)
# Below the setting it warns; below this share of it writes are about to fail.
FULL_SHARE = 0.1
KEPT_SECONDS = 3
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `stops` says that pages cannot be served while it is bad."""

    name: str
    level: str
    text: str
    detail: str = ""
    stops: bool = False

    @property
    def is_bad(self) -> bool:
        return self.level == "bad"


def findings() -> list[Finding]:
    """Look at everything, worst first; without a usable database at that and the disks only."""
    found = [_database()]
    try:
        if not found[0].is_bad:
            found += _of_rows()
    except DatabaseError as error:
        found = [_unreachable(error)]
    found += _disks()
    return sorted(found, key=lambda each: ("bad", "warn", "good").index(each.level))


def _of_rows() -> list[Finding]:
    found = list(_tables())
    if any(each.stops and each.is_bad for each in found):
        return found
    now = database_now()
    checks = (_clock, _worker, _waiting, _stuck, _failed)
    return found + [each for check in checks for each in check(now)]


def recent_findings() -> list[Finding]:
    """Return findings a few seconds old at most: asking often costs nothing."""
    kept: list[Finding] | None = cache.get("alapp.health")
    if kept is None:
        kept = findings()
        cache.set("alapp.health", kept, KEPT_SECONDS)
    return kept


def public(found: Iterable[Finding]) -> list[dict[str, str]]:
    """Return what anybody may read."""
    return [{"name": each.name, "level": each.level, "text": each.text} for each in found]


def whole(found: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return everything, for whoever runs alapp."""
    return [asdict(each) for each in found]


def _database() -> Finding:
    try:
        problem = _sqlite_problem() if connection.vendor == "sqlite" else _server_problem()
    except (DatabaseError, sqlite3.Error) as error:
        return _unreachable(error)
    if problem:
        text = "The database can be read but not written: no label can be saved."
        return Finding("database", "bad", text, problem, stops=True)
    return Finding("database", "good", "The database answers and can be written.")


def _unreachable(error: Exception) -> Finding:
    return Finding("database", "bad", "The database cannot be reached.", str(error), stops=True)


def _sqlite_problem() -> str:
    """Ask for the write lock on a connection of its own; that somebody else has it is fine."""
    name = str(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    probe = sqlite3.connect(f"file:{name}?mode=rw", uri=True, timeout=1, isolation_level=None)
    try:
        probe.execute("BEGIN IMMEDIATE")
        probe.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        return "" if "locked" in str(error) else str(error)
    finally:
        probe.close()
    return ""


def _server_problem() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery(), current_setting('transaction_read_only')")
        is_standby, read_only = cursor.fetchone()
    if is_standby:
        return "this server is a standby that follows another"
    return "default_transaction_read_only is on" if read_only == "on" else ""


def _tables() -> Iterator[Finding]:
    if missing := missing_migrations():
        text = "The tables are older than this version of alapp: run manage.py migrate."
        yield Finding("migrations", "bad", text, ", ".join(missing), stops=True)
    if unknown := unknown_migrations():
        text = "A newer version of alapp has changed the tables."
        yield Finding("migrations", "warn", text, ", ".join(unknown))
    if not missing and not unknown:
        yield Finding("migrations", "good", "The tables fit this version.")


def _clock(now: datetime) -> Iterator[Finding]:
    skew = abs(timezone.now() - now)
    if skew < SKEW_WARNS:
        yield Finding("clock", "good", "Database and host agree about the time.")
        return
    text = f"The clocks of database and host differ by {skew.total_seconds():.0f} s."
    yield Finding("clock", "bad" if skew > SKEW_HURTS else "warn", text)


def _worker(now: datetime) -> Iterator[Finding]:
    seen = WorkerBeat.objects.aggregate(seen=Max("seen_at"))["seen"]
    alive = WorkerBeat.objects.filter(seen_at__gt=now - WORKER_AWAY).values_list(
        "worker", flat=True
    )
    names = ", ".join(sorted(alive))
    if names:
        yield Finding("worker", "good", f"{_count(len(alive), 'worker')} at work.", names)
        return
    since = f"for {_ago(now - seen)}" if seen else "yet"
    text = f"No worker has shown a sign of life {since}: models do not train, imports wait."
    yield Finding("worker", "bad", text, "Start one with: manage.py work")


def _waiting(now: datetime) -> Iterator[Finding]:
    late = Run.objects.filter(state=Run.State.QUEUED, due_at__lt=now - OVERDUE)
    for kind, runs in _by_kind(late).items():
        oldest = min(run.due_at for run in runs)
        text = f"{_count(len(runs), kind)} overdue, the longest for {_ago(now - oldest)}."
        yield Finding("overdue", "bad", text, _listed(runs))


def _stuck(now: datetime) -> Iterator[Finding]:
    silent = now - timedelta(seconds=settings.ALAPP_DEAD_SECONDS) - WORKER_AWAY
    stuck = Run.objects.filter(state=Run.State.RUNNING, heartbeat_at__lt=silent)
    for kind, runs in _by_kind(stuck).items():
        text = f"{_count(len(runs), kind)} stuck: the worker is silent and no other takes over."
        yield Finding("stuck", "bad", text, _listed(runs))


def _failed(now: datetime) -> Iterator[Finding]:
    """Name what failed in the last day and was not followed by a better end."""
    newest = Run.objects.values("project", "kind").annotate(newest=Max("pk")).values("newest")
    recent = Q(state=Run.State.FAILED, finished_at__gt=now - RECENT)
    for kind, runs in _by_kind(Run.objects.filter(recent, pk__in=newest)).items():
        level = "bad" if kind == "round" else "warn"
        yield Finding("failed", level, f"{_count(len(runs), kind)} failed.", _listed(runs))


def _by_kind(runs: QuerySet[Run]) -> dict[str, list[Run]]:
    found: dict[str, list[Run]] = {}
    for run in runs.select_related("project").order_by("pk"):
        found.setdefault(run.kind, []).append(run)
    return found


def _listed(runs: list[Run]) -> str:
    return "; ".join(
        f"{run.project.name}{f': {run.error}' if run.error else ''}" for run in runs[:5]
    )


def _disks() -> Iterator[Finding]:
    """Look at each file system once, whatever lies on it."""
    least = settings.ALAPP_MIN_FREE_BYTES
    seen = set()
    for what, path in _places():
        if not path.exists() or path.stat().st_dev in seen:
            continue
        seen.add(path.stat().st_dev)
        free = shutil.disk_usage(path).free
        detail = f"{path}: {free / MEGABYTE:,.0f} MB free, wanted {least / MEGABYTE:,.0f} MB"
        if free >= least:
            yield Finding("disk", "good", f"There is room for {what}.", detail)
        elif free >= least * FULL_SHARE:
            yield Finding("disk", "warn", f"There is little room left for {what}.", detail)
        else:
            yield Finding("disk", "bad", f"There is no room left for {what}.", detail, stops=True)


def _places() -> list[tuple[str, Path]]:
    places = [("data", settings.DATA_DIR), ("media", settings.MEDIA_ROOT)]
    places += [("features", settings.FEATURES_DIR), ("uploads", settings.FILE_UPLOAD_TEMP_DIR)]
    if connection.vendor == "sqlite":
        places.append(("the database", Path(str(connection.settings_dict["NAME"])).parent))
    return [(what, Path(path)) for what, path in places]


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"


def _ago(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    for unit, size in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
