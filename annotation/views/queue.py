"""The label page: one card after the other. Every answer is the same update of the page."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import uuid4

from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from alapp.clock import database_now
from annotation import tickets
from annotation.forms.queue import AnswerForm, SkipForm, UndoForm
from annotation.models import Project, Skip
from annotation.permissions import Can, get_project_or_404, is_allowed
from annotation.services import desk, labels, queue
from annotation.views.requests import Request
from annotation.views.states import end_state


@require_safe
@never_cache
def label(request: Request, slug: str) -> HttpResponse:
    """The page with the current card and the next; for htmx only what the page lacks."""
    project = get_project_or_404(request.user, slug, Can.LABEL)
    now = database_now()
    if request.htmx:
        return _update(request, project, now)
    return render(request, "annotation/label.html", _context(request, project, now))


@require_POST
def answer(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LABEL)
    # Asked for once: the answer is checked against them and the next card shows them.
    prefetch_related_objects([project], "classes")
    sent, now = AnswerForm.read(request.POST), database_now()
    labels.record(
        project=project,
        assignment_id=tickets.redeem(sent["ticket"], user_id=request.user.pk),
        annotator=request.user,
        answer=labels.Answer(
            class_ids=sent["classes"],
            client_token=sent["client_token"],
            active_ms=sent["active_ms"],
            wall_ms=sent["wall_ms"],
        ),
        now=now,
    )
    return _update(request, project, now)


@require_POST
def skip(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LABEL)
    sent, now = SkipForm.read(request.POST), database_now()
    queue.skip(
        project=project,
        assignment_id=tickets.redeem(sent["ticket"], user_id=request.user.pk),
        annotator=request.user,
        reason=sent["reason"],
        now=now,
    )
    return _update(request, project, now)


@require_POST
def undo(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LABEL)
    sent, now = UndoForm.read(request.POST), database_now()
    labels.undo(project=project, annotator=request.user, token=sent["client_token"], now=now)
    return _update(request, project, now)


@require_POST
def heartbeat(request: Request, slug: str) -> HttpResponse:
    """The page is open and somebody works at it: their items stay theirs."""
    project = get_project_or_404(request.user, slug, Can.LABEL)
    queue.renew(project=project, annotator=request.user, now=database_now())
    return HttpResponse(status=204)


@require_POST
def leave(request: Request, slug: str) -> HttpResponse:
    """The page was closed: its items go to others soon, unless it is opened again at once."""
    project = get_project_or_404(request.user, slug, Can.LABEL)
    queue.let_go(project=project, annotator=request.user, now=database_now())
    return HttpResponse(status=204)


def _update(request: Request, project: Project, now: datetime) -> HttpResponse:
    if not request.htmx:
        return redirect("label", slug=project.slug)
    return render(request, "annotation/desk/_update.html", _context(request, project, now))


def _context(request: Request, project: Project, now: datetime) -> dict[str, Any]:
    """Sit the annotator down and return what the page shows; `have` names cards it has."""
    seat = queue.sit_down(project=project, annotator=request.user, now=now)
    state = end_state(project, seat.nothing)
    held = [] if state and state.is_closed else seat.assignments
    have = _have(request)
    return {
        "project": project,
        "cards": desk.cards(held, annotator=request.user, have=have),
        "order": [each.pk for each in held],
        "state": None if held else state,
        "classes": list(project.classes.all()),
        "counts": desk.counts(project),
        "skip_reasons": Skip.Reason.choices,
        "undo_token": uuid4(),
        # Called by the template only where it matters: it costs a statement.
        "is_lead": partial(is_allowed, request.user, project, Can.LEAD),
    }


def _have(request: Request) -> set[int]:
    sent = request.headers.get("X-Have", "")
    return {int(each) for each in sent.split() if each.isdecimal()}
