"""A lead goes on although a rule says stop."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from alapp.clock import database_now
from annotation.exchange import Can, get_project_or_404, person
from selection import configuration, monitoring
from selection.forms_stopping import GoOnForm


@require_POST
def go_on(request: HttpRequest, slug: str) -> HttpResponse:
    """Set a rule aside, with a reason; 422 with the page when something is wrong with it."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    form = GoOnForm(request.POST)
    now = database_now()
    if form.is_valid():
        try:
            word = configuration.go_on(
                project=project, actor=person(request), now=now, **form.cleaned_data
            )
            messages.success(request, f"Going on until {word.until_labels:,} labels stand.")
            return redirect(reverse("progress", args=[slug]) + "#stopping")
        except ValidationError as error:
            form.add_error(None, error)
    overview = monitoring.overview(project.pk, now=now)
    context = {"project": project, "overview": overview, "section": "progress", "can_lead": True}
    return render(request, "selection/progress.html", context | {"go_on": form}, status=422)
