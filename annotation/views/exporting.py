"""Exports: asked for on a page, watched there, and downloaded as files."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alapp.clock import database_now
from annotation.forms.exporting import ExportForm
from annotation.models import Project
from annotation.permissions import Can, get_project_or_404
from annotation.services import jobs
from annotation.services.exports import asking
from annotation.services.exports.asking import Export
from annotation.views.requests import Request

SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def export(request: Request, slug: str) -> HttpResponse:
    """The page, only its list when it looks again, and what was asked for on it."""
    project = get_project_or_404(request.user, slug, Can.EXPORT)
    if request.method == "POST":
        form = ExportForm(project, request.POST)
        if _asks(request, project, form):
            return redirect("export", slug=slug)
        return _page(request, project, form, status=422)
    if request.htmx:
        return render(request, "annotation/export/_list.html", _list(project))
    return _page(request, project, ExportForm(project, **_wished(request)))


@require_POST
def cancel(request: Request, slug: str, export_id: int) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.EXPORT)
    if asking.cancel(project=project, run_id=export_id, actor=request.user):
        messages.success(request, "Cancelled.")
    else:
        messages.info(request, "It had ended already.")
    return redirect("export", slug=slug)


@require_POST
def retry(request: Request, slug: str, export_id: int) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.EXPORT)
    try:
        jobs.retry(project=project, run_id=export_id, actor=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("export", slug=slug)


@require_safe
@never_cache
def file(request: Request, slug: str, export_id: int) -> FileResponse:
    """The file, to be kept and never shown: browsers are told not to guess what it is."""
    found = _export_or_404(request, slug, export_id)
    # Who asks only whether it is there takes nothing.
    is_taken = request.method == "GET"
    path = asking.take(found, actor=request.user) if is_taken else found.path
    if path is None:
        raise Http404("Its file is not there yet, or no longer.")
    response = FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=found.filename,
        content_type=found.order.out_format.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@never_cache
def manifest(request: Request, slug: str, export_id: int) -> HttpResponse:
    found = _export_or_404(request, slug, export_id)
    if not found.manifest:
        raise Http404("It is not made yet.")
    name = f"{found.filename}.manifest.json"
    return JsonResponse(
        found.manifest,
        json_dumps_params={"indent": 2, "ensure_ascii": False},
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _export_or_404(request: Request, slug: str, export_id: int) -> Export:
    project = get_project_or_404(request.user, slug, Can.EXPORT)
    found = asking.find(project=project, run_id=export_id, now=database_now())
    if found is None:
        raise Http404("No such export in this project.")
    return found


def _asks(request: Request, project: Project, form: ExportForm) -> bool:
    """Ask for what the form says; what the service refuses becomes an error of its field."""
    if not form.is_valid():
        return False
    try:
        asking.ask(project=project, order=form.order(), actor=request.user)
    except ValidationError as error:
        form.refuse(error)
        return False
    return True


def _wished(request: Request) -> dict[str, str]:
    """Return what a link to this page chose beforehand."""
    return {name: request.GET[name] for name in ("contents", "format") if name in request.GET}


def _page(request: Request, project: Project, form: ExportForm, status: int = 200) -> HttpResponse:
    context = {**_list(project), "form": form, "section": "items"}
    return render(request, "annotation/export/export.html", context, status=status)


def _list(project: Project) -> dict[str, Any]:
    exports = asking.newest(project=project, now=database_now(), n=SHOWN)
    return {
        "project": project,
        "exports": exports,
        "is_open": any(each.run.is_open for each in exports),
    }
