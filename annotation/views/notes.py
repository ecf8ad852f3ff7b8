"""What an annotator's lead tells them: answers to look at again, and what was decided."""

from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from alapp.clock import database_now
from alapp.errors import Conflict
from annotation.forms.queue import SettleForm
from annotation.models import Project
from annotation.permissions import Can, get_project_or_404
from annotation.seating import bring_classes
from annotation.services import notes as told
from annotation.services import own_work as own
from annotation.views.requests import Request


@require_safe
@never_cache
def notes(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LABEL)
    bring_classes(project, request.user)
    context = {
        "project": project,
        "classes": list(project.classes.all()),
        "waiting": told.waiting(project, request.user),
        "decided": told.decided(project, request.user),
        "known": told.known(project, request.user),
        "token": uuid4(),
    }
    return render(request, "annotation/notes/notes.html", context)


@require_safe
@never_cache
def own_work(request: Request, slug: str) -> HttpResponse:
    """What only the person themselves reads of their work here; there is no ranking."""
    project = get_project_or_404(request.user, slug, Can.LABEL)
    bring_classes(project, request.user)
    context = {"project": project, "work": own.of(project, request.user)}
    return render(request, "annotation/notes/own_work.html", context)


@require_POST
def settle(request: Request, slug: str, returned_id: int) -> HttpResponse:
    """Let a returned answer stand, or give another in its place."""
    project = get_project_or_404(request.user, slug, Can.LABEL)
    bring_classes(project, request.user)
    try:
        messages.success(request, _settle(request, project, returned_id))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except Conflict as error:
        messages.error(request, str(error))
    return redirect("notes", slug=slug)


def _settle(request: Request, project: Project, returned_id: int) -> str:
    sent, now = SettleForm.read(request.POST), database_now()
    if sent["keeps"]:
        told.confirm(project=project, returned_id=returned_id, annotator=request.user, now=now)
        return _("Your answer stays as it is.")
    told.correct(
        project=project,
        returned_id=returned_id,
        annotator=request.user,
        class_ids=sent["classes"],
        token=sent["client_token"],
        now=now,
    )
    return _("Your answer is corrected.")
