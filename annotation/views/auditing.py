"""The audit log: a project's for those who lead it, all of it for admins, and as a file."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from annotation.forms.auditing import LogForm
from annotation.models import Project
from annotation.permissions import Can, get_project_or_404
from annotation.services import audit, audit_log
from annotation.views.requests import Request

FILES = {"csv": audit_log.csv_of, "jsonl": audit_log.jsonl_of}
TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson; charset=utf-8"}


@require_safe
@never_cache
def project_log(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    return _page(request, project)


@require_safe
@never_cache
def whole_log(request: Request) -> HttpResponse:
    _admins_only(request)
    return _page(request, None)


@require_POST
def project_file(request: Request, slug: str) -> HttpResponseBase:
    return _file(request, get_project_or_404(request.user, slug, Can.LEAD))


@require_POST
def whole_file(request: Request) -> HttpResponseBase:
    _admins_only(request)
    return _file(request, None)


def _admins_only(request: Request) -> None:
    """Nobody else learns that there is such a page."""
    if not request.user.is_superuser:
        raise Http404("For admins.")


def _page(request: Request, project: Project | None) -> HttpResponse:
    """Show a project's log, or where there is none all of it."""
    form = LogForm(request.GET)
    context: dict[str, Any] = {"project": project, "section": "settings", "form": form}
    if form.is_valid():
        context["lines"], more = audit_log.page_of(project, form.wanted())
        asked = {name: value for name, value in form.data.items() if name != "place" and value}
        context["older"] = urlencode({**asked, "place": str(more)}) if more else ""
        context["newest"] = urlencode(asked)
        context["is_asked"] = bool(asked)
    template = "project" if project else "everything"
    status = 422 if form.errors else 200
    return render(request, f"annotation/log/{template}.html", context, status=status)


def _file(request: Request, project: Project | None) -> HttpResponseBase:
    """Who takes the log away is in it, so this is no plain link."""
    form, kind = LogForm(request.POST), request.POST.get("kind", "csv")
    if not form.is_valid() or kind not in TYPES:
        raise ValidationError("That is not what a log can be searched for.")
    wanted = replace(form.wanted(), place=audit_log.Place())
    names = ("what", "who", "since", "until")
    asked = {name: str(form.data[name]) for name in names if form.data.get(name)}
    audit.note("audit.export", actor=request.user, project=project, target=kind, after=asked)
    found = audit_log.lines(project, wanted)
    name = f"{project.slug if project else 'alapp'}-log.{kind}"
    return StreamingHttpResponse(
        (line.encode() for line in FILES[kind](found)),
        content_type=TYPES[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
