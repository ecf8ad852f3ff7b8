"""The pages of rounds: all of them, one of them, and its repetition."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from annotation.exchange import Can, Project, get_project_or_404, is_allowed, person
from selection import asking, rounds
from selection.models import Round


@require_GET
def rounds_page(request: HttpRequest, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.WATCH)
    page, listed = rounds.page_of(project.pk, request.GET.get("page", "1"))
    context = {"project": project, "page": page, "rounds": listed, "section": "progress"}
    return render(request, "selection/rounds.html", context)


@require_GET
def round_page(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.WATCH)
    row = _round(project, number)
    page, picks = rounds.picks_of(row, request.GET.get("page", "1"))
    older, newer = rounds.neighbours(row)
    context = {
        "project": project,
        "section": "progress",
        "round": row,
        "older": older,
        "newer": newer,
        "metrics": row.metrics.order_by("name"),
        "changes": rounds.changes(rounds.before(row), row),
        "settings": _settings(row),
        "steps": rounds.steps(row),
        "page": page,
        "picks": picks,
        "tally": rounds.tally(row),
        **_replay_context(request, project, row),
    }
    return render(request, "selection/round.html", context)


def _settings(row: Round) -> list[tuple[str, str]]:
    found = sorted(rounds.settings_of(row).items())
    return [(name, rounds.shown(value)) for name, value in found]


def _replay_context(request: HttpRequest, project: Project, row: Round) -> dict[str, Any]:
    return {
        "run": rounds.replay_run(row),
        "replay": getattr(row, "replay", None),
        "can_lead": is_allowed(request.user, project, Can.LEAD),
    }


def _round(project: Project, number: int) -> Round:
    row = rounds.find(project.pk, number)
    if row is None:
        raise Http404("No such round.")
    return row


@require_GET
def round_csv(request: HttpRequest, slug: str, number: int) -> StreamingHttpResponse:
    """The picks as a file. For leads: it says which of them measure the model."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    name = f"{project.slug}-round-{number}.csv"
    return StreamingHttpResponse(
        _lines(_round(project, number)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _lines(row: Round) -> Iterator[str]:
    for cells in rounds.csv_rows(row):
        line = io.StringIO()
        csv.writer(line).writerow(cells)
        yield line.getvalue()


@require_GET
def replay_state(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The region that shows how the repetition stands; it looks again until that has ended."""
    project = get_project_or_404(request.user, slug, Can.WATCH)
    row = _round(project, number)
    context = {"project": project, "round": row, **_replay_context(request, project, row)}
    return render(request, "selection/rounds/_replay.html", context)


@require_POST
def replay(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    row = _round(project, number)
    if not asking.replay(project_id=project.pk, number=row.number, actor_id=person(request).pk):
        messages.info(request, "A round is being repeated already; try again when it is done.")
    if request.headers.get("HX-Request"):
        context = {"project": project, "round": row, **_replay_context(request, project, row)}
        return render(request, "selection/rounds/_replay.html", context)
    return redirect("round", slug=slug, number=number)
