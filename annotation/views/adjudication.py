"""Disagreements and flags: the queue of them, and one item to decide, names hidden until then."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alapp.clock import database_now
from alapp.errors import Conflict
from annotation.forms.deciding import DecisionForm, ReturnForm
from annotation.models import Item, Project
from annotation.permissions import Can, get_project_or_404, is_allowed
from annotation.services import decisions, disputes, remarks
from annotation.services.disputes import Place
from annotation.views.requests import Request, number


@require_safe
@never_cache
def queue(request: Request, slug: str) -> HttpResponse:
    """What waits for a decision, least sure first; `reason` shows one kind only."""
    project = get_project_or_404(request.user, slug, Can.DECIDE)
    reason = _reason(request)
    after = Place.read(request.GET.get("after", ""))
    rows, more = disputes.page_of(project, reason=reason, after=after)
    n = disputes.counts(project)
    context = _context(request, project) | {
        "rows": rows,
        "more": more,
        "reason": reason,
        "counts": [(name, title, n[name]) for name, title in disputes.REASONS.items()],
    }
    return render(request, "annotation/adjudication/queue.html", context)


@require_safe
@never_cache
def decided(request: Request, slug: str) -> HttpResponse:
    """What was decided, newest first."""
    project = get_project_or_404(request.user, slug, Can.DECIDE)
    rows, more = disputes.decided(project, before=number(request.GET.get("before", "")))
    context = _context(request, project) | {"rows": rows, "more": more}
    return render(request, "annotation/adjudication/decided.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def item(request: Request, slug: str, item_id: int) -> HttpResponse:
    """One item with the answers side by side; a POST decides it."""
    project = get_project_or_404(request.user, slug, Can.DECIDE)
    found = get_object_or_404(Item, project=project, pk=item_id)
    if request.method == "POST":
        sent = DecisionForm.read(request.POST)
        return _attempt(request, project, item_id, "", lambda: decisions.decide(
            project=project,
            item_id=item_id,
            class_ids=sent["classes"],
            comment=sent["comment"],
            actor=request.user,
            now=database_now(),
        ))  # fmt: skip
    case, reason = disputes.case_of(project, found), _reason(request)
    # Once it is decided, its own place is elsewhere: where it stood comes with the address.
    place = Place.read(request.GET.get("at", "")) or case.place
    context = _context(request, project) | {
        "case": case,
        "place": place,
        "reason": reason,
        "next": disputes.following(project, place, reason=reason),
        "previous": disputes.preceding(project, place, reason=reason),
        "classes": list(project.classes.all()),
    }
    return render(request, "annotation/adjudication/item.html", context)


@require_POST
def undo(request: Request, slug: str, item_id: int) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.DECIDE)
    return _attempt(request, project, item_id, "The decision is taken back.", lambda: (
        decisions.undo(project=project, item_id=item_id, actor=request.user, now=database_now())
    ))  # fmt: skip


@require_POST
def send_back(request: Request, slug: str, item_id: int) -> HttpResponse:
    """Return one answer to who gave it, with a comment."""
    project = get_project_or_404(request.user, slug, Can.DECIDE)
    sent = ReturnForm.read(request.POST)
    told = "Returned. They read your comment with their next visit to the label page."
    return _attempt(request, project, item_id, told, lambda: decisions.send_back(
        project=project,
        label_id=sent["label"],
        comment=sent["comment"],
        actor=request.user,
        now=database_now(),
    ))  # fmt: skip


@require_POST
def tick_off(request: Request, slug: str, item_id: int) -> HttpResponse:
    """Leave the item as it is; what was said of it is read."""
    project = get_project_or_404(request.user, slug, Can.DECIDE)
    return _attempt(request, project, item_id, "Ticked off.", lambda: remarks.settle(
        project=project, item_id=item_id, actor=request.user, now=database_now()
    ))  # fmt: skip


def _attempt(
    request: Request, project: Project, item_id: int, told: str, action: Callable[[], object]
) -> HttpResponse:
    """Do it, or say why not, and show the item again where it stood in the queue."""
    try:
        action()
        if told:
            messages.success(request, told)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except Conflict as error:
        messages.error(request, str(error))
    where = {name: request.GET[name] for name in ("at", "reason") if request.GET.get(name)}
    url = reverse("disagreement", args=[project.slug, item_id])
    return redirect(f"{url}?{urlencode(where)}" if where else url)


def _context(request: Request, project: Project) -> dict[str, Any]:
    is_lead = is_allowed(request.user, project, Can.LEAD)
    return {"project": project, "section": "quality", "is_lead": is_lead}


def _reason(request: Request) -> str:
    sent = request.GET.get("reason", "")
    return sent if sent in disputes.REASONS else ""
