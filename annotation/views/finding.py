"""Finding items of the pool: by words, by what became of them, by groups; answering on the spot."""

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alapp.clock import database_now
from annotation.forms.deciding import OwnAnswerForm
from annotation.forms.finding import FindForm
from annotation.models import Group, Item, Project
from annotation.permissions import Can, get_project_or_404
from annotation.services import finding, groups, labels, seeds, sought
from annotation.views.requests import Request


@require_safe
@never_cache
def find(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    form = FindForm(project, request.GET)
    context = {
        "project": project,
        "section": "items",
        "form": form,
        "classes": list(project.classes.all()),
        "n_waiting": len(seeds.waiting_ids(project.pk)),
        "query": request.GET.urlencode(),
    }
    try:
        context |= _results(project, form)
    except ValidationError as error:
        form.add_error("words", error)
    status = 422 if form.errors else 200
    return render(request, "annotation/find/find.html", context, status=status)


def _results(project: Project, form: FindForm) -> dict[str, Any]:
    if not form.is_valid():
        return {}
    wanted = form.wanted()
    page = finding.page_of(project, wanted)
    asked = {name: value for name, value in form.data.items() if name != "after" and value}
    is_asked = any((wanted.words, wanted.state, wanted.predicted_id, wanted.class_id))
    return {
        "rows": page.items,
        "n": finding.count(project, wanted),
        "n_counted": finding.COUNTED,
        "is_search": is_asked or wanted.group is not None,
        "is_further": wanted.after > 0,
        "next": urlencode({**asked, "after": page.after}) if page.after is not None else "",
        "first": urlencode(asked),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def item(request: Request, slug: str, item_id: int) -> HttpResponse:
    """One item, to be answered by the lead where they found it; then back to what was found."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    shown = get_object_or_404(
        Item.objects.select_related("payload"), project=project, pk=item_id, withdrawn_at=None
    )
    back = back_to(request, slug)
    if request.method == "POST" and _answered(request, project, shown):
        return redirect(back)
    context = {
        "project": project,
        "section": "items",
        "item": shown,
        "classes": list(project.classes.all()),
        "token": uuid4(),
        "back": back,
        "query": _query(request),
    }
    return render(request, "annotation/find/item.html", context)


def _answered(request: Request, project: Project, shown: Item) -> bool:
    sent = OwnAnswerForm.read(request.POST)
    answer = labels.Answer(
        sent["classes"], sent["client_token"], sent["active_ms"], sent["wall_ms"]
    )
    try:
        sought.answer(
            project=project,
            item_id=shown.pk,
            actor=request.user,
            answer=answer,
            now=database_now(),
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return False
    messages.success(request, "Your answer is recorded.")
    return True


@require_safe
@never_cache
def group_list(request: Request, slug: str) -> HttpResponse:
    """The groups of the pool, or how far looking for them is."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    template = "_groups.html" if request.htmx else "groups.html"
    return render(request, f"annotation/find/{template}", _groups(project))


@require_POST
def look_for_groups(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    if not groups.look(project=project, actor=request.user):
        messages.info(request, "The worker is looking already.")
    return redirect("groups", slug=slug)


def _groups(project: Project) -> dict[str, Any]:
    return {
        "project": project,
        "section": "items",
        "groups": groups.of(project),
        "run": project.runs.filter(kind=groups.KIND).order_by("-pk").first(),
        "is_there": Group.objects.filter(project=project).exists(),
    }


def _query(request: Request) -> str:
    """Return the search a lead came from, as it was: nothing but an address's parameters."""
    sent = request.POST.get("back", request.GET.urlencode())
    return QueryDict(sent[:2_000]).urlencode()


def back_to(request: Request, slug: str) -> str:
    query = _query(request)
    return reverse("find", args=[slug]) + (f"?{query}" if query else "")
