"""The map of the pool, for leads: the page, its points, an item of it, and it as a table."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alapp.clock import database_now
from annotation import exchange
from annotation.exchange import Can, Project, get_project_or_404, person
from selection import asking, map_files, map_list
from selection.core.catalog import MAPS
from selection.map_files import Points
from selection.models import PoolMap

A_YEAR = 31_536_000
MAX_LISTED = 500


@require_GET
def map_page(request: HttpRequest, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    return render(request, "selection/map.html", _context(project))


def _context(project: Project) -> dict[str, Any]:
    facts = exchange.project_facts(project.pk)
    runs = exchange.recent_runs(project.pk, asking.MAP, n=1)
    classes = zip(facts.class_ids, facts.class_names, strict=True)
    return {
        "project": project,
        "section": "progress",
        "map": map_list.find_map(project.pk),
        "run": runs[0] if runs else None,
        "methods": [entry for entry in MAPS.values() if entry.is_installed],
        "classes": [(class_id, name) for class_id, name in classes],
    }


@require_GET
def map_state(request: HttpRequest, slug: str) -> HttpResponse:
    """The region that shows how the drawing stands; the page is shown anew when it has ended."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    context = _context(project)
    response = render(request, "selection/map/_state.html", context)
    if context["run"] and not context["run"].is_open:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def draw(request: HttpRequest, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    method = MAPS.get(request.POST.get("method", "pca"))
    if method is None or not method.is_installed:
        messages.error(request, "This way of drawing a map is not installed here.")
    elif not asking.draw_map(
        project_id=project.pk, method=method.name, actor_id=person(request).pk
    ):
        messages.info(request, "The map is being drawn already.")
    return redirect("map", slug=slug)


@require_GET
def points(request: HttpRequest, slug: str) -> FileResponse:
    """The points as they lie on disk. The address names the content: it may be kept for ever."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    path = map_files.folder() / _drawn(project).file
    if not path.is_file():
        raise Http404("The map is gone.")
    return FileResponse(
        path.open("rb"),
        content_type="application/octet-stream",
        headers={"Cache-Control": f"private, max-age={A_YEAR}, immutable"},
    )


def _drawn(project: Project) -> PoolMap:
    found = map_list.find_map(project.pk)
    if found is None:
        raise Http404("No map was drawn yet.")
    return found


def _points(project: Project) -> Points:
    try:
        return map_files.read(_drawn(project).file)
    except FileNotFoundError:
        raise Http404("The map is gone.") from None


@require_GET
def answers(request: HttpRequest, slug: str) -> JsonResponse:
    """What is answered now, which changes faster than the points do."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    found = map_list.answers(exchange.project_facts(project.pk))
    return JsonResponse(found, headers={"Cache-Control": "no-store"})


@require_GET
def item_card(request: HttpRequest, slug: str, item_id: int) -> HttpResponse:
    """One item, small: what hovering shows."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    facts = exchange.project_facts(project.pk)
    rows = map_list.rows_of(facts, _points(project), [item_id])
    if not rows:
        raise Http404("This item is not in the pool.")
    return render(request, "selection/map/_card.html", {"project": project, "row": rows[0]})


class WishForm(forms.Form):
    """What to look for. A field that cannot be read counts as not filled in."""

    predicted = forms.IntegerField(required=False)
    state = forms.ChoiceField(choices=map_list.STATES, required=False)
    order = forms.ChoiceField(choices=map_list.ORDERS, required=False)
    near = forms.IntegerField(required=False, min_value=1)

    def wish(self) -> map_list.Wish:
        self.full_clean()
        given = self.cleaned_data
        return map_list.Wish(
            predicted=given.get("predicted"),
            state=given.get("state") or "",
            order=given.get("order") or "doubt",
            near=given.get("near"),
        )


@require_http_methods(["GET", "POST"])
def map_table(request: HttpRequest, slug: str) -> HttpResponse:
    """The points as a table: those a wish finds, or, sent by the map, those that are selected."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    found = _points(project)
    facts = exchange.project_facts(project.pk)
    form = WishForm(request.GET)
    wish = form.wish()
    ids = _ids(request)[:MAX_LISTED]
    if request.method == "GET":
        ids = [found.item_id(place) for place in map_list.find(facts, found, wish)]
    context = _context(project) | {
        "rows": map_list.rows_of(facts, found, ids),
        "wish": wish,
        "is_selection": request.method == "POST",
        "states": map_list.STATES,
        "orders": map_list.ORDERS,
    }
    return render(request, "selection/map_table.html", context)


def _ids(request: HttpRequest) -> list[int]:
    """Return the items of a form: a field each, or several in one, apart by commas."""
    given = ",".join(request.POST.getlist("ids")).split(",")
    return [int(each) for each in given if each.strip().isdecimal() and len(each) < 19]


@require_POST
def seed(request: HttpRequest, slug: str) -> HttpResponse:
    """Put items into the seed set: they are asked in the next batch, before all others."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    try:
        level, said = messages.SUCCESS, _seed(request, project)
    except ValidationError as error:
        level, said = messages.ERROR, " ".join(error.messages)
    if request.headers.get("HX-Request"):
        status = 200 if level == messages.SUCCESS else 422
        context = {"said": said, "is_bad": status != 200}
        return render(request, "selection/map/_seeded.html", context, status=status)
    messages.add_message(request, level, said)
    return redirect("map-table" if request.POST.get("from") == "table" else "map", slug=slug)


def _seed(request: HttpRequest, project: Project) -> str:
    ids = _ids(request)
    if not ids:
        raise ValidationError("Nothing is selected.")
    added = exchange.add_seeds(
        project=project, item_ids=ids, actor=person(request), now=database_now()
    )
    words = f"{added.n_new:,} {'item' if added.n_new == 1 else 'items'} put into the seed set."
    if added.n_before:
        words += f" {added.n_before:,} were in it already."
    if added.n_unknown:
        words += f" {added.n_unknown:,} are no longer in the pool."
    return words
