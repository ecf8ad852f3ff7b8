"""Guidelines as annotators meet them: beside the item and on a page of their own."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from annotation.models import Project
from annotation.permissions import Can, get_project_or_404
from annotation.seating import bring_classes
from annotation.services import guidelines as guides
from annotation.views.requests import Request, number


@require_safe
@never_cache
def guidelines(request: Request, slug: str) -> HttpResponse:
    """The guidelines as somebody who labels reads them; for htmx the panel beside the item."""
    project = get_project_or_404(request.user, slug, Can.LABEL)
    name = "desk/_guidelines.html" if request.htmx else "guidelines.html"
    return render(request, f"annotation/{name}", _context(project, request))


@require_POST
def read(request: Request, slug: str) -> HttpResponse:
    """Somebody has opened a version."""
    project = get_project_or_404(request.user, slug, Can.LABEL)
    guides.mark_read(
        project=project, number=number(request.POST.get("number", "")) or 0, user=request.user
    )
    if request.POST.get("back"):
        return redirect("label", slug=slug)
    return HttpResponse(status=204)


def _context(project: Project, request: Request) -> dict[str, Any]:
    bring_classes(project, request.user)
    return {
        "project": project,
        # Their keys come before those of the page.
        "classes": list(project.classes.all()),
        "guidelines": guides.reading_of(project, request.user),
    }
