"""Where alapp says how it is: three addresses for machines, a page for admins."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from alapp import health
from alapp.clock import database_now
from alapp.web import render_page
from annotation.models import Run, WorkerBeat
from annotation.permissions import person

LIVE, READY, HEALTH = "/healthz", "/readyz", "/health"
SHOWN_RUNS = 20


class HealthMiddleware:
    """Answer before sessions, hosts and HTTPS are looked at: a balancer asks by address.

    /healthz: this process answers. /readyz: pages can be served, else 503. /health: all is well,
    the worker too, else 503. All say the same to anybody.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path not in (LIVE, READY, HEALTH) or request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        response = _live() if request.path == LIVE else _told(request.path)
        response["Cache-Control"] = "no-store"
        return response


def _live() -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


def _told(path: str) -> JsonResponse:
    found = health.recent_findings()
    failing = [each for each in found if each.is_bad and (each.stops or path == HEALTH)]
    body = {"status": "bad" if failing else "ok", "findings": health.public(found)}
    return JsonResponse(body, status=503 if failing else 200)


@dataclass(frozen=True)
class WorkerRow:
    """A worker as the page shows it, with the run it has in hand."""

    name: str
    started_at: datetime
    seen_at: datetime
    is_alive: bool
    run: Run | None


@never_cache
@require_safe
def system(request: HttpRequest) -> HttpResponse:
    """Show an admin how everything is; nobody else learns that there is such a page."""
    if not person(request).is_superuser:
        raise Http404("For admins.")
    now = database_now()
    newest = Run.objects.select_related("project").order_by("-pk")
    context = {
        "findings": health.findings(),
        "workers": _workers(now),
        "open_runs": newest.filter(state__in=Run.OPEN_STATES)[:SHOWN_RUNS],
        "failed_runs": newest.filter(state=Run.State.FAILED)[:SHOWN_RUNS],
        "database": connection.vendor,
        "data_dir": settings.DATA_DIR,
        "now": now,
    }
    return render_page(request, "system/system.html", context, region="state")


def _workers(now: datetime) -> list[WorkerRow]:
    running = Run.objects.filter(state=Run.State.RUNNING).select_related("project")
    in_hand = {run.worker: run for run in running}
    return [
        WorkerRow(
            name=beat.worker,
            started_at=beat.started_at,
            seen_at=beat.seen_at,
            is_alive=now - beat.seen_at < health.WORKER_AWAY,
            run=in_hand.get(beat.worker),
        )
        for beat in WorkerBeat.objects.order_by("worker")
    ]
