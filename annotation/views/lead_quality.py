"""How good the labels are: the numbers, the people, and what is decided about them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from alapp.clock import database_now
from annotation.permissions import Can, get_project_or_404
from annotation.services import quality_view, trust
from annotation.views.requests import Request


@require_safe
@never_cache
def quality(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    context = {"project": project, "section": "quality", "quality": quality_view.of(project)}
    return render(request, "annotation/quality/quality.html", context)


@require_POST
def leave_out(request: Request, slug: str, user_id: int) -> HttpResponse:
    """Let somebody's answers count for nothing, or count again."""
    is_left_out = request.POST.get("is_left_out") == "yes"
    said = "Their answers count for nothing now." if is_left_out else "Their answers count again."
    return _decide(request, slug, user_id, trust.set_left_out, said, is_left_out=is_left_out)


@require_POST
def pause(request: Request, slug: str, user_id: int) -> HttpResponse:
    """Hand somebody nothing for now, or again."""
    is_paused = request.POST.get("is_paused") == "yes"
    said = "They are handed nothing for now." if is_paused else "They are handed items again."
    return _decide(request, slug, user_id, trust.set_paused, said, is_paused=is_paused)


def _decide(
    request: Request,
    slug: str,
    user_id: int,
    action: Callable[..., None],
    said: str,
    **changes: bool,
) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    person = get_object_or_404(trust.people(project), pk=user_id)
    wanted: dict[str, Any] = {"project": project, "annotator": person, "actor": request.user}
    wanted |= {"reason": request.POST.get("reason", "")[:500], "now": database_now(), **changes}
    try:
        action(**wanted)
        messages.success(request, said)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("quality", slug=slug)
