"""The people of a project: their work, and one person's answers."""

import csv

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from alapp.clock import database_now
from annotation.formats import spreadsheet
from annotation.models import User
from annotation.permissions import Can, get_project_or_404
from annotation.services import people as work
from annotation.views.requests import Request, number

COLUMNS = (
    ("person", "Person", ""),
    ("labels", "Labels", "number"),
    ("week", "Last 7 days", "number"),
    ("active", "Active time", "number"),
    ("pace", "Median answer", "number"),
    ("skips", "Skips", "number"),
    ("agreement", "Agreement", "number"),
    ("remarks", "Remarks", "number"),
    ("last", "Last answer", "number"),
)


@require_safe
@never_cache
def people(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    sort = request.GET.get("sort", "person")
    context = {
        "project": project,
        "section": "people",
        "people": work.of(project, now=database_now(), sort=sort),
        "columns": COLUMNS,
        "sort": sort if sort in work.SORTS else "person",
    }
    return render(request, "annotation/people/people.html", context)


@require_safe
def people_csv(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    name = f'attachment; filename="{project.slug}-people.csv"'
    response = HttpResponse(
        content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name}
    )
    writer = csv.writer(response)
    writer.writerow(work.CSV)
    for row in work.rows(work.of(project, now=database_now())):
        writer.writerow([spreadsheet.cell(value) for value in row])
    return response


@require_safe
@never_cache
def answers(request: Request, slug: str, user_id: int) -> HttpResponse:
    """One person's answers in this project, newest first; somebody else's are not found."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    shown = get_object_or_404(User.objects.filter(labels__project=project).distinct(), pk=user_id)
    wanted = work.Wanted(
        search=request.GET.get("search", "").strip()[:200],
        class_id=number(request.GET.get("class", "")),
        differs=request.GET.get("differs") == "yes",
        before=number(request.GET.get("before", "")),
    )
    found, more = work.answers_of(project, shown, wanted)
    context = {
        "project": project,
        "section": "people",
        "shown": shown,
        "answers": found,
        "more": more,
        "wanted": wanted,
        "classes": project.classes.all(),
    }
    return render(request, "annotation/people/answers.html", context)
