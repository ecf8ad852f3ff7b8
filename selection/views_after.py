"""After the stop: the final model, what may be accepted, and what to label next."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from alapp.clock import database_now
from annotation.exchange import Can, Project, get_project_or_404, person
from selection import after
from selection.forms_after import AcceptForm, LimitForm, NextForm
from selection.services import accepting


@require_GET
def after_page(request: HttpRequest, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    form = LimitForm(request.GET if "limit" in request.GET else None)
    limit = form.share if form.is_bound and form.is_valid() else None
    shown = after.standing(project.pk, limit=limit)
    if request.GET.get("seen") == shown.fingerprint:
        return HttpResponse(status=204)
    context = {"project": project, "after": shown, "form": form, "section": "after"}
    status = 422 if form.errors else 200
    return render(request, "selection/after.html", context, status=status)


@require_POST
def finish(request: HttpRequest, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    try:
        if accepting.finish(project=project, actor=person(request)):
            messages.success(request, "The final model is on its way.")
        else:
            messages.info(request, "A final model is being made already.")
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("after", slug=slug)


@require_POST
def accept(request: HttpRequest, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    form = AcceptForm(request.POST)
    if not form.is_valid():
        return _refused(request, project, "That is no share of errors.")
    try:
        row = accepting.accept(
            project=project,
            actor=person(request),
            number=form.cleaned_data["number"],
            limit=form.share,
            now=database_now(),
        )
    except ValidationError as error:
        return _refused(request, project, error.messages[0])
    messages.success(request, f"{row.n_items:,} predictions are accepted.")
    return redirect("after", slug=slug)


@require_POST
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    if accepting.withdraw(project=project, actor=person(request), now=database_now()):
        messages.success(request, "Taken back: nothing is accepted any more.")
    return redirect("after", slug=slug)


@require_POST
def label_next(request: HttpRequest, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    form = NextForm(request.POST)
    if not form.is_valid():
        return _refused(request, project, "From 1 to 1,000 items can be asked at once.")
    try:
        n = accepting.label_next(
            project=project,
            actor=person(request),
            n=form.cleaned_data["n"],
            now=database_now(),
        )
    except ValidationError as error:
        return _refused(request, project, error.messages[0])
    messages.success(request, f"The project goes on: {n:,} items come first in the next batches.")
    return redirect("progress", slug=slug)


def _refused(request: HttpRequest, project: Project, why: str) -> HttpResponse:
    messages.error(request, why)
    shown = after.standing(project.pk, limit=None)
    context = {"project": project, "after": shown, "form": LimitForm(), "section": "after"}
    return render(request, "selection/after.html", context, status=422)
