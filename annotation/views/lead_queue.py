"""The lead's page of the queue: who holds what, what was skipped, how the batch stands."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alapp.clock import database_now
from annotation.forms.deciding import OwnAnswerForm
from annotation.models import Item, Project
from annotation.permissions import Can, get_project_or_404
from annotation.services import deciding, labels, leases, remarks, skipped, standing
from annotation.views.requests import Request, number

SHOWN_LEASES, SHOWN_SKIPPED, SHOWN_WITHDRAWN = 200, 100, 50
SHOWN_REMARKED = 50


@require_safe
@never_cache
def queue(request: Request, slug: str) -> HttpResponse:
    """The whole page, or only the part that changes when the page looks again."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    return _show(request, project)


@require_POST
def release(request: Request, slug: str) -> HttpResponse:
    """Take back one item, or all that a person holds."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    person = number(request.POST.get("person", ""))
    assignment = number(request.POST.get("assignment", ""))
    if person is not None:
        n = leases.take_back_all(project=project, annotator_id=person, actor=request.user)
    else:
        ids = [] if assignment is None else [assignment]
        n = leases.take_back(project=project, assignment_ids=ids, actor=request.user)
    told = f"{n} item{'' if n == 1 else 's'} released." if n else "Nothing was out any more."
    return _done(request, project, told)


@require_POST
def put_back(request: Request, slug: str) -> HttpResponse:
    """Offer one skipped item again, or all of them."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    sent = request.POST.get("item", "")
    one = number(sent)
    ids = [] if one is None else [one]
    if sent == "all":
        ids = skipped.waiting_ids(project)
    n = deciding.put_back(project=project, item_ids=ids, actor=request.user, now=database_now())
    told = f"{n} item{'' if n == 1 else 's'} put back." if n else "Somebody decided it already."
    return _done(request, project, told)


@require_POST
def settle_remarks(request: Request, slug: str) -> HttpResponse:
    """Tick off what annotators said about one item."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    item = number(request.POST.get("item", ""))
    n = item is not None and remarks.settle(
        project=project, item_id=item, actor=request.user, now=database_now()
    )
    return _done(request, project, "Ticked off." if n else "Somebody ticked it off already.")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def decide(request: Request, slug: str, item_id: int) -> HttpResponse:
    """One skipped item with what was said of it; a POST is the lead's own answer."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    item = get_object_or_404(Item, project=project, pk=item_id)
    if request.method == "POST":
        return _answer(request, project, item.pk)
    found = skipped.find(project=project, item_id=item.pk)
    if found is None:
        messages.info(request, "This item does not wait for you any more.")
        return redirect("queue", slug=slug)
    context = {
        "project": project,
        "section": "queue",
        "skipped": found,
        "given": skipped.answers_of(project, item.pk),
        "said": remarks.of_item(item.pk),
        "classes": list(project.classes.all()),
        "token": uuid4(),
    }
    return render(request, "annotation/queue/decide.html", context)


def _answer(request: Request, project: Project, item_id: int) -> HttpResponse:
    sent = OwnAnswerForm.read(request.POST)
    answer = labels.Answer(
        class_ids=sent["classes"],
        client_token=sent["client_token"],
        active_ms=sent["active_ms"],
        wall_ms=sent["wall_ms"],
    )
    deciding.answer(
        project=project, item_id=item_id, actor=request.user, answer=answer, now=database_now()
    )
    return _done(request, project, "Your answer is recorded.")


@require_POST
def withdraw(request: Request, slug: str, item_id: int) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    item = get_object_or_404(Item, project=project, pk=item_id)
    try:
        deciding.withdraw(project=project, item_id=item.pk, actor=request.user, now=database_now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("queue", slug=slug)
    return _done(request, project, "The item is withdrawn: nobody is asked about it again.")


@require_POST
def bring_back(request: Request, slug: str, item_id: int) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    item = get_object_or_404(Item, project=project, pk=item_id)
    is_back = deciding.bring_back(
        project=project, item_id=item.pk, actor=request.user, now=database_now()
    )
    return _done(
        request, project, "It is in the pool again." if is_back else "It was back already."
    )


def _done(request: Request, project: Project, told: str) -> HttpResponse:
    messages.success(request, told)
    return _show(request, project) if request.htmx else redirect("queue", slug=project.slug)


def _show(request: Request, project: Project) -> HttpResponse:
    template = "annotation/queue/_update.html" if request.htmx else "annotation/queue/queue.html"
    return render(request, template, _context(project))


def _context(project: Project) -> dict[str, Any]:
    now = database_now()
    stands = standing.of(project, now=now)
    n_held, n_holders = leases.count(project)
    return {
        "project": project,
        "section": "queue",
        "standing": stands,
        "remarks": standing.remarks(project, stands),
        "holders": leases.holders(project, now=now, limit=SHOWN_LEASES),
        "n_held": n_held,
        "n_holders": n_holders,
        "n_more": max(n_held - SHOWN_LEASES, 0),
        "withdrawn": skipped.withdrawn_items(project).select_related("payload")[:SHOWN_WITHDRAWN],
        "skipped": skipped.waiting(project, limit=SHOWN_SKIPPED),
        "remarked": remarks.waiting(project, limit=SHOWN_REMARKED),
        "n_remarked": remarks.count_waiting(project),
        "classes": list(project.classes.all()),
    }
