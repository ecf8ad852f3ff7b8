"""Labels that are probably wrong: the list, and what a lead says to each."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from alapp.clock import database_now
from alapp.errors import Conflict
from annotation.permissions import Can, get_project_or_404
from annotation.services import suspects
from annotation.views.requests import Request, number


@require_safe
@never_cache
def issues(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    page, doubts = suspects.page_of(project, request.GET.get("page", ""))
    context = {"project": project, "section": "quality", "page": page, "doubts": doubts}
    return render(request, "annotation/quality/issues.html", context)


@require_POST
def ask_again(request: Request, slug: str, item_id: int) -> HttpResponse:
    """Ask somebody who has not seen the item."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    try:
        suspects.ask_again(project=project, item_id=item_id, actor=request.user)
        messages.success(request, "It goes to the next who has not seen it.")
    except Conflict as error:
        messages.error(request, str(error))
    return _back(request, slug)


@require_POST
def dismiss(request: Request, slug: str, item_id: int) -> HttpResponse:
    """Keep that the label is right."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    try:
        suspects.dismiss(project=project, item_id=item_id, actor=request.user, now=database_now())
        messages.success(request, "It stays as it is, and is not doubted again unless it changes.")
    except Conflict as error:
        messages.error(request, str(error))
    return _back(request, slug)


def _back(request: Request, slug: str) -> HttpResponse:
    """Return to the page of the list the lead was on."""
    page = number(request.POST.get("page", ""))
    url = reverse("quality-issues", args=[slug])
    return redirect(f"{url}?page={page}" if page else url)
