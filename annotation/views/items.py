"""A project's items: the list, and bringing new ones in."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alapp.clock import database_now
from annotation.formats import Sheet
from annotation.forms.items import ColumnsForm, UploadForm
from annotation.forms.projects import saves
from annotation.models import Project, Run
from annotation.permissions import Can, get_project_or_404, is_allowed
from annotation.services import browse, imports, jobs, uploads
from annotation.services.import_report import problems_of
from annotation.services.uploads import Upload
from annotation.views.requests import Request, number

SHOWN_PROBLEMS = 50
SAMPLE = 5


@require_safe
def items(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.WATCH)
    return render(request, "annotation/items.html", _context(request, project, UploadForm()))


def _context(request: Request, project: Project, form: UploadForm) -> dict[str, Any]:
    search = request.GET.get("search", "").strip()[:200]
    return {
        "project": project,
        "section": "items",
        "search": search,
        **(_found(request, project, search) if search else _listed(request, project)),
        "upload": form,
        "may_import": is_allowed(request.user, project, Can.LEAD),
        **_import_context(project),
    }


def _listed(request: Request, project: Project) -> dict[str, Any]:
    page, rows = browse.page_of(project=project, number=request.GET.get("page", "1"))
    return {"page": page, "rows": rows}


def _found(request: Request, project: Project, words: str) -> dict[str, Any]:
    after = number(request.GET.get("after", "")) or 0
    found = browse.search(project=project, words=words, after=after)
    return {"found": found, "rows": found.rows, "is_first": not after}


def _import_context(project: Project) -> dict[str, Any]:
    run = project.runs.filter(kind=imports.KIND).order_by("-pk").first()
    report = run.report if run else {}
    problems = problems_of(report)
    left_out = report.get("problems_left_out", 0)
    return {
        "run": run,
        "problems": problems[:SHOWN_PROBLEMS],
        "n_more": len(problems[SHOWN_PROBLEMS:]) + left_out,
    }


@require_safe
def import_state(request: Request, slug: str) -> HttpResponse:
    """The region that shows how far the import is; it asks again until it has ended."""
    project = get_project_or_404(request.user, slug, Can.WATCH)
    context = {"project": project, **_import_context(project)}
    response = render(request, "annotation/items/_import.html", context)
    if context["run"] and not context["run"].is_open:
        # The list below is not what it was: show the page anew.
        response["HX-Refresh"] = "true"
    return response


@require_POST
def upload(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    form = UploadForm(request.POST, request.FILES)
    kept: list[Upload] = []
    if not saves(form, lambda: kept.append(keep(project, form.cleaned_data["file"]))):
        return render(
            request, "annotation/items.html", _context(request, project, form), status=422
        )
    return redirect("import", slug=slug, token=kept[0].token)


def keep(project: Project, file: Any) -> Upload:
    """Keep an uploaded file that can be imported; ValidationError says why it cannot."""
    return uploads.keep_readable(
        project=project, filename=file.name, chunks=file.chunks(), now=database_now()
    )


@require_http_methods(["GET", "HEAD", "POST"])
def import_file(request: Request, slug: str, token: UUID) -> HttpResponse:
    """Show what the file holds and ask which column is what; then import it."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    kept = uploads.find(project=project, token=token)
    if kept is None:
        messages.info(request, "This file was imported already, or waited too long.")
        return redirect("items", slug=slug)
    sheet = _sheet(request, kept)
    form = ColumnsForm(project, sheet, request.POST or None)
    if form.is_bound and saves(form, lambda: _start(request, project, kept, form)):
        return redirect("items", slug=slug)
    context = {
        "project": project,
        "section": "items",
        "file": kept,
        "sheet": sheet,
        "sample": [[row[name] for name in sheet.columns] for row in sheet.sample[:SAMPLE]],
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "annotation/import.html", context, status=status)


def _sheet(request: Request, kept: Upload) -> Sheet:
    """Return what the file holds, read as the page says; a way it cannot be read is passed over."""
    dialect = request.POST.get("dialect", request.GET.get("as", ""))
    try:
        return imports.look_at(kept.path, kept.filename, dialect)
    except ValidationError as error:
        if not dialect:
            raise
        messages.error(request, " ".join(error.messages))
        return imports.look_at(kept.path, kept.filename)


def _start(request: Request, project: Project, kept: Upload, form: ColumnsForm) -> None:
    uploads.bring_in(
        project=project,
        upload=kept,
        columns=form.columns(),
        makes_classes=form.cleaned_data.get("makes_classes", False),
        truth=form.cleaned_data["truth"],
        actor=request.user,
    )


@require_POST
def retry_import(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    run = project.runs.filter(kind=imports.KIND, state=Run.State.FAILED).order_by("-pk").first()
    try:
        if run:
            jobs.retry(project=project, run_id=run.pk, actor=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("items", slug=slug)
