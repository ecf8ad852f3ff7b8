"""The history of a project's guidelines, for leads: versions, who has read them, restoring."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from annotation.permissions import Can, get_project_or_404
from annotation.services import guidelines as guides
from annotation.views.requests import Request, number


@require_safe
@never_cache
def history(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    context = {
        "project": project,
        "section": "settings",
        "past": guides.history(project),
        "readers": guides.readers(project),
        "n_shown": guides.SHOWN,
    }
    return render(request, "annotation/settings/guidelines.html", context)


@require_POST
def restore(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    wanted = number(request.POST.get("number", "")) or 0
    try:
        guides.restore(project=project, number=wanted, actor=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"Version {wanted} is what the guidelines say again.")
    return redirect("settings-guidelines", slug=slug)
