"""Where exported files lie, under names of ours, and for how long."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from annotation.models import Run
from annotation.services.exports.orders import KIND
from annotation.services.runs import Attempt

DRAFT = ".part"


def folder() -> Path:
    return Path(settings.DATA_DIR) / "exports"


def path_of(project_id: int, name: str) -> Path:
    """Return where the file of this name lies, its folder made."""
    path = folder() / str(project_id) / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def draft_of(attempt: Attempt, ending: str) -> Path:
    """Return where an attempt writes: a name no other attempt has, even one frozen and resumed."""
    return path_of(attempt.project_id, f"{attempt.run_id}-{attempt.number}{DRAFT}{ending}")


def forget_attempts(attempt: Attempt) -> None:
    """Delete what earlier attempts at this run left when they were killed."""
    mine = f"{attempt.run_id}-{attempt.number}"
    for path in path_of(attempt.project_id, mine).parent.glob(f"{attempt.run_id}-*"):
        if not path.name.startswith(mine):
            path.unlink(missing_ok=True)


def forget_old(*, now: datetime) -> int:
    """Delete what has been kept for long enough, and what belongs to no run; return how many.

    The runs stay, and say that their file is gone.
    """
    runs = Run.objects.filter(kind=KIND, state__in=[*Run.OPEN_STATES, Run.State.DONE])
    kept = {
        (str(project), str(pk))
        for pk, project, report in runs.values_list("pk", "project", "report")
        if _is_kept(report, now)
    }
    gone = 0
    for path in folder().glob("*/*"):
        if (path.parent.name, path.name.partition("-")[0]) not in kept:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _is_kept(report: dict[str, Any], now: datetime) -> bool:
    """Say whether a run's file is still wanted; one that is not done has none to forget yet."""
    return not report or datetime.fromisoformat(report["expires_at"]) > now
