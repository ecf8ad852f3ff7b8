"""The what-if page: other settings on the labels so far, and using one of them."""

import csv
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotation.exchange import Can, Project, get_project_or_404, person, spreadsheet_cell
from selection import asking, configuration, what_ifs
from selection.models import WhatIf
from selection.what_ifs import WhatIfForm


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    shown = what_ifs.find(project.pk, None) if pk is None else _found(project, pk)
    selection = configuration.config_of(project.pk)
    form = WhatIfForm(selection, project.task, request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = asking.what_if(
            project_id=project.pk,
            actor_id=person(request).pk,
            config=form.config.to_dict(),
            variants=form.variants(),
            n_seeds=form.cleaned_data["n_seeds"],
            minutes=form.cleaned_data["minutes"],
        )
        if row is None:
            messages.info(request, "A what-if is running already; cancel it or wait.")
            return redirect("what-if", slug=slug)
        return redirect("what-if-one", slug=slug, pk=row.pk)
    context = _context(project, shown) | {
        "form": form,
        "earlier": what_ifs.newest(project.pk),
    }
    status = 422 if form.errors else 200
    return render(request, "selection/what_if.html", context, status=status)


def _context(project: Project, row: WhatIf | None) -> dict[str, Any]:
    context: dict[str, Any] = {"project": project, "section": "selection", "what_if": row}
    if row is None:
        return context
    names, rows = what_ifs.table(row)
    return context | {
        "run": what_ifs.run_of(row),
        "beside": what_ifs.beside(row),
        "names": names,
        "rows": rows,
    }


def _found(project: Project, pk: int) -> WhatIf:
    row = what_ifs.find(project.pk, pk)
    if row is None:
        raise Http404("No such what-if.")
    return row


@require_GET
def state(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The region that shows how it stands and what came of it; it looks again until it ends."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    context = _context(project, _found(project, pk))
    return render(request, "selection/what_if/_state.html", context)


@require_POST
def cancel(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    if asking.cancel(project_id=project.pk, what_if_id=pk):
        messages.success(request, "It ends after the round it is in; what is done is kept.")
    return redirect("what-if-one", slug=slug, pk=pk)


@require_POST
def use(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Let a variant decide from the next round on, logged like any change of the settings."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    row, given = _found(project, pk), request.POST.get("variant", "")
    if not given.isdecimal() or int(given) >= len(row.variants):
        raise Http404("No such variant.")
    try:
        name = what_ifs.use(project=project, actor=person(request), row=row, place=int(given))
        messages.success(request, f"{name} decides from the next round on.")
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("what-if-one", slug=slug, pk=pk)


@require_GET
def as_csv(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    row = _found(project, pk)
    name = f"{project.slug}-what-if-{pk}.csv"
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
    writer = csv.writer(response)
    writer.writerow(["labels", "variant", "accuracy", "low", "high"])
    for line in row.result.get("lines", []):
        columns = zip(line["labels"], line["value"], line["low"], line["high"], strict=True)
        writer.writerows(
            [labels, spreadsheet_cell(line["name"]), *figures] for labels, *figures in columns
        )
    return response
