"""Items whose answer is known: the list, what may become one, a file of them, how they are used."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from alapp.clock import database_now
from annotation.forms.known_answers import KnownFileForm, KnownUseForm
from annotation.forms.projects import saves
from annotation.models import Project
from annotation.permissions import Can, get_project_or_404
from annotation.services import known_answers, known_file, known_view, projects
from annotation.views.requests import Request, number

SHOWN_PROBLEMS = 50


@require_safe
@never_cache
def known(request: Request, slug: str) -> HttpResponse:
    return _page(request, get_project_or_404(request.user, slug, Can.LEAD))


@require_POST
def accept(request: Request, slug: str) -> HttpResponse:
    """Make known what was ticked, with what was decided or agreed."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    sent = [number(each) for each in request.POST.getlist("item")[: known_view.PER_PAGE]]
    ids = [each for each in sent if each is not None]
    n = known_answers.add(
        project=project,
        known=known_answers.suggested(project, ids),
        source="adjudicated",
        actor=request.user,
        now=database_now(),
    )
    return _done(request, project, n)


@require_POST
@never_cache
def upload(request: Request, slug: str) -> HttpResponse:
    """Take a file of known answers, all of it or nothing; each bad row is named."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    form = KnownFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, project, file=form)
    try:
        n = _add(request, project, form.cleaned_data["file"])
    except ValidationError as error:
        return _page(request, project, problems=error.messages)
    return _done(request, project, n)


@require_POST
def retire(request: Request, slug: str, item_id: int) -> HttpResponse:
    """Ask an item no more; what it measured stays."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    known_answers.retire(project=project, item_id=item_id, actor=request.user, now=database_now())
    messages.success(request, "Retired: nobody is asked about it again.")
    return redirect("known-answers", slug=slug)


@require_POST
@never_cache
def restore(request: Request, slug: str, item_id: int) -> HttpResponse:
    """Ask a retired item again."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    try:
        known_answers.restore(project=project, item_id=item_id, actor=request.user)
    except ValidationError as error:
        return _page(request, project, problems=error.messages)
    messages.success(request, "In use again, from the next batch on.")
    return redirect("known-answers", slug=slug)


@require_POST
@never_cache
def settings(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    form = KnownUseForm(request.POST)
    if not saves(form, lambda: projects.describe(
        project=project, actor=request.user, **form.cleaned_data
    )):  # fmt: skip
        return _page(request, project, use=form)
    messages.success(request, "Saved.")
    return redirect("known-answers", slug=slug)


def _add(request: Request, project: Project, file: UploadedFile) -> int:
    found = known_file.read_upload(project, filename=str(file.name), chunks=file.chunks())
    return known_answers.add(
        project=project, known=found, source="upload", actor=request.user, now=database_now()
    )


def _done(request: Request, project: Project, n: int) -> HttpResponse:
    messages.success(request, f"{n} known answer{'' if n == 1 else 's'} added.")
    return redirect("known-answers", slug=project.slug)


def _page(
    request: Request, project: Project, *, problems: list[str] | None = None, **wrong: BaseForm
) -> HttpResponse:
    """Show the page; `wrong` are forms to be shown again as they were sent."""
    project.refresh_from_db()
    rows, more = known_view.page_of(project, before=number(request.GET.get("before", "")))
    candidates, n_candidates = known_view.candidates(project)
    problems = problems or []
    initial = {name: getattr(project, name) for name in KnownUseForm.base_fields}
    context: dict[str, Any] = {
        "project": project,
        "section": "quality",
        "rows": rows,
        "more": more,
        "summary": known_view.summary(project),
        "candidates": candidates,
        "n_candidates": n_candidates,
        "problems": problems[:SHOWN_PROBLEMS],
        "n_more_problems": max(len(problems) - SHOWN_PROBLEMS, 0),
        "file": KnownFileForm(),
        "use": KnownUseForm(initial=initial),
        **wrong,
    }
    return render(request, "annotation/known/known.html", context)
