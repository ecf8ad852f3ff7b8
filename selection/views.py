"""The lead's pages: progress, and how the project selects."""

import csv

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alapp.clock import database_now
from annotation.exchange import Can, get_project_or_404, is_allowed, person
from selection import configuration, due, monitoring, reporting
from selection.forms import SelectionForm

CURVE_COLUMNS = (
    "round", "labels", "accuracy", "low", "high", "audit_labels", "hours", "money", "changes",
)  # fmt: skip

REPORT_STYLES = settings.BASE_DIR / "static" / "css" / "report.css"


@require_GET
def progress(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole page; 204 when a page that looks again has nothing new to show."""
    project = get_project_or_404(request.user, slug, Can.WATCH)
    overview = monitoring.overview(project.pk, now=database_now())
    if request.GET.get("seen") == overview.fingerprint:
        return HttpResponse(status=204)
    context = {
        "project": project,
        "overview": overview,
        "section": "progress",
        "can_lead": is_allowed(request.user, project, Can.LEAD),
    }
    return render(request, "selection/progress.html", context)


@require_GET
def curve_csv(request: HttpRequest, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.WATCH)
    name = f"{project.slug}-curve.csv"
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
    writer = csv.writer(response)
    writer.writerow(CURVE_COLUMNS)
    for p in monitoring.curve_of(project.pk):
        cells = [p.round, p.n_labels, p.value, p.low, p.high, p.n, p.hours, p.money]
        writer.writerow([*cells, "; ".join(p.changes)])
    return response


@require_GET
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """One page to print or send on; "?file=yes" is the same as a file that needs nothing else."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    with_names = request.GET.get("names") == "yes"
    made = reporting.make(project.pk, now=database_now(), with_names=with_names)
    context = {"project": project, "report": made, "overview": made.overview, "section": "progress"}
    if request.GET.get("file") != "yes":
        return render(request, "selection/report.html", context)
    context["stylesheet"] = REPORT_STYLES.read_text(encoding="utf-8")
    response = render(request, "selection/report/file.html", context)
    name = f"{project.slug}-report-{made.made_at:%Y-%m-%d}.html"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
def train(request: HttpRequest, slug: str) -> HttpResponse:
    """Train now: a round at a lead's wish, before its batch is complete."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    if due.train_now(project_id=project.pk, actor_id=person(request).pk):
        messages.success(request, "A round is on its way.")
    else:
        messages.info(request, "A round is running already.")
    return redirect("runs" if request.POST.get("next") == "runs" else "progress", slug=slug)


@require_http_methods(["GET", "POST"])
def settings_page(request: HttpRequest, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    selection = configuration.config_of(project.pk)
    form = SelectionForm(selection, project.task, project.modality, request.POST or None)
    if request.method == "POST" and form.is_valid():
        configuration.change(
            project=project,
            actor=person(request),
            is_enabled=form.cleaned_data["is_enabled"],
            on_stop=form.cleaned_data["on_stop"],
            features=form.cleaned_data["features"],
            config=form.config(),
        )
        messages.success(request, "Saved. In force from the next round on.")
        return redirect("selection-settings", slug=slug)
    context = {"project": project, "form": form, "section": "selection"}
    status = 422 if form.errors else 200
    return render(request, "selection/settings.html", context, status=status)
