"""The list of projects, and making a new one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from annotation.forms.projects import NewProjectForm, saves
from annotation.models import Project
from annotation.permissions import may_create_projects
from annotation.services import overview
from annotation.services import projects as projects_service
from annotation.views.items import keep
from annotation.views.requests import Request


@require_safe
def projects(request: Request) -> HttpResponse:
    context = {
        "cards": overview.cards_of(request.user),
        "may_create": may_create_projects(request.user),
    }
    return render(request, "annotation/projects.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Make a project; a file brought along waits for a word about its columns."""
    if not may_create_projects(request.user):
        raise PermissionDenied("Only leads make projects. Ask one to give you that role.")
    form = NewProjectForm(request.POST or None, request.FILES or None)
    made: list[Project] = []
    if not form.is_bound or not saves(form, lambda: made.append(_create(request, form))):
        status = 422 if form.errors else 200
        return render(request, "annotation/project_new.html", {"form": form}, status=status)
    return _after(request, made[0], form)


def _create(request: Request, form: NewProjectForm) -> Project:
    typed = form.cleaned_data
    return projects_service.create(
        name=typed["name"],
        modality=typed["modality"],
        task=typed["task"],
        owner=request.user,
        classes=form.drafts(),
        guidelines=typed["guidelines"],
        budget=typed["budget"],
    )


def _after(request: Request, project: Project, form: NewProjectForm) -> HttpResponse:
    file = form.cleaned_data["file"]
    if not file:
        return redirect("settings", slug=project.slug)
    try:
        kept = keep(project, file)
    except ValidationError as error:
        # The project stands; only its file has to be brought again.
        return redirect_with_error(request, project, error)
    return redirect("import", slug=project.slug, token=kept.token)


def redirect_with_error(request: Request, project: Project, error: ValidationError) -> HttpResponse:
    for message in error.messages:
        messages.error(request, message)
    return redirect("items", slug=project.slug)
