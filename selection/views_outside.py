"""Outside models, for leads: what there is, and a new push."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from alapp.clock import database_now
from annotation.exchange import Can, Project, get_project_or_404, n_items, person
from selection import configuration, outside_reading, outside_use
from selection.forms_outside import PushForm
from selection.models import OutsideVersion
from selection.services import outside

SHOWN_PROBLEMS = 50


@require_http_methods(["GET", "POST"])
@never_cache
def page(request: HttpRequest, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    form = PushForm(request.POST or None, request.FILES or None)
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            version, is_new = _push(request, project, form.cleaned_data)
        except ValidationError as error:
            problems = error.messages
        else:
            messages.success(request, _said(version, is_new))
            return redirect("outside", slug=slug)
    config = configuration.config_of(project.pk).config
    context = {
        "project": project,
        "section": "selection",
        "form": form,
        "problems": problems[:SHOWN_PROBLEMS],
        "n_more_problems": max(len(problems) - SHOWN_PROBLEMS, 0),
        "listed": outside_use.listed(project.pk, config),
        "n_items": n_items(project.pk),
        "old_after": outside_use.OLD_AFTER_ROUNDS,
    }
    status = 422 if form.errors or problems else 200
    return render(request, "selection/outside.html", context, status=status)


def _push(
    request: HttpRequest, project: Project, given: dict[str, Any]
) -> tuple[OutsideVersion, bool]:
    trained = given["trained_on"]
    with _copied(given["file"]) as path, _copied(trained) as list_path:
        name = str(given["file"].name)
        return outside.push(
            project=project,
            actor=person(request),
            name=given["name"],
            kind=given["kind"],
            records=outside_reading.records(path, name),
            now=database_now(),
            source=name,
            trained_on=outside_reading.references(list_path, str(trained.name))
            if trained
            else None,
        )


@contextmanager
def _copied(file: UploadedFile | None) -> Iterator[Path]:
    """Give the upload a place on disk while it is read: the formats read files."""
    with NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as copy:
        for chunk in file.chunks() if file else ():
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)


def _said(version: OutsideVersion, is_new: bool) -> str:
    what = f"version {version.number} of {version.model}, {version.n_items:,} items"
    if is_new:
        return f"Kept as {what}."
    return f"Nothing is new: the same was pushed before as {what}."
