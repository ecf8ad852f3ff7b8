"""The lead's page of runs: imports, rounds and whatever else a worker does for the project."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from alapp.clock import database_now
from annotation.models import Project
from annotation.permissions import Can, get_project_or_404
from annotation.services import desk, jobs
from annotation.views.requests import Request

SHOWN = 30


@require_safe
@never_cache
def runs(request: Request, slug: str) -> HttpResponse:
    """The whole page, or only the part that changes when the page looks again."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    return _show(request, project)


@require_POST
def retry(request: Request, slug: str, run_id: int) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    try:
        is_queued = jobs.retry(project=project, run_id=run_id, actor=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        told = "It is queued again." if is_queued else "This run has not failed any more."
        messages.success(request, told)
    return _show(request, project) if request.htmx else redirect("runs", slug=slug)


def _show(request: Request, project: Project) -> HttpResponse:
    template = "annotation/runs/_update.html" if request.htmx else "annotation/runs/runs.html"
    return render(request, template, _context(project))


def _context(project: Project) -> dict[str, Any]:
    now = database_now()
    seen = jobs.worker_seen(now=now)
    return {
        "project": project,
        "section": "queue",
        "jobs": jobs.newest(project, now=now, n=SHOWN),
        "worker_seen": seen,
        "is_worker_away": seen is None or seen > jobs.AWAY,
        "is_training": desk.is_round_running(project),
        "has_batch": project.batches.filter(number__gte=0).exists(),
    }
