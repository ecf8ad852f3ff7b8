"""Runs whose course a test decides, for real workers: what each does stands in its parameters."""

import os
import signal
import time
from pathlib import Path
from typing import Any

from django.db import transaction

from annotation.models import Project
from annotation.services.runs import Attempt

POLL_SECONDS = 0.02


def publish_when_told(attempt: Attempt) -> dict[str, Any]:
    """Say that the attempt has begun, wait for the file "go", and write a result as rounds do."""
    folder = Path(attempt.params["folder"])
    (folder / f"begun-{attempt.number}").touch()
    while not (folder / "go").exists():
        time.sleep(POLL_SECONDS)
    with transaction.atomic():
        attempt.hold()
        project = Project.objects.get(pk=attempt.project_id)
        project.guidelines += f"published by attempt {attempt.number}. "
        project.save(update_fields=["guidelines"])
        attempt.finish({"published": attempt.number})
    return {"published": attempt.number}


def kill_its_worker(attempt: Attempt) -> dict[str, Any]:
    attempt.report_progress(step="Dying", progress=0)
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def look_nowhere(project_id: int) -> None:
    return None


def do_nothing(attempt: Attempt) -> dict[str, Any]:
    return {}
