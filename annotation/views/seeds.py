"""The seed set: what leads picked, in order; adding to it and taking from it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from alapp.clock import database_now
from annotation.forms.finding import PicksForm
from annotation.permissions import Can, get_project_or_404
from annotation.services import seeds
from annotation.views.finding import back_to
from annotation.views.requests import Request, number

SHOWN = 200


@require_safe
@never_cache
def seed_set(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    picks = seeds.listed(project)
    shares = seeds.shares(project)
    context = {
        "project": project,
        "section": "items",
        "picks": picks[:SHOWN],
        "n_more": max(len(picks) - SHOWN, 0),
        "shares": shares,
        "n": sum(each.n for each in shares),
        "n_waiting": sum(each.n_waiting for each in shares),
        "classes": list(project.classes.all()),
    }
    return render(request, "annotation/find/seeds.html", context)


@require_POST
def add(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    sent = PicksForm.read(request.POST)
    try:
        added = seeds.add(
            project=project,
            item_ids=sent["item"],
            actor=request.user,
            now=database_now(),
            suggested_id=sent.get("suggested"),
        )
        messages.success(request, _told(added))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(back_to(request, slug))


def _told(added: seeds.Added) -> str:
    if not added.n_new and not added.n_before:
        return "Nothing was ticked."
    words = f"{added.n_new:,} picked." if added.n_new else "Nothing new was picked."
    return words + (f" {added.n_before:,} were in the seed set already." if added.n_before else "")


@require_POST
def remove(request: Request, slug: str) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    ids = PicksForm.read(request.POST)["item"]
    n = seeds.remove(project=project, item_ids=ids, actor=request.user, now=database_now())
    told = "Taken out of the seed set." if n else "It is in a batch already."
    messages.info(request, told)
    return redirect("seeds", slug=slug)


@require_POST
def suggest(request: Request, slug: str, item_id: int) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    chosen = number(request.POST.get("suggested", ""))
    try:
        seeds.suggest(project=project, item_id=item_id, class_id=chosen, actor=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("seeds", slug=slug)
