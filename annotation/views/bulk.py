"""Many similar items at once: the page, an answer to those chosen, and taking it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from annotation import tickets
from annotation.forms.bulk import TogetherForm, UndoTogetherForm
from annotation.models import LabelClass, Project
from annotation.permissions import Can, get_project_or_404, is_allowed
from annotation.seating import bring_classes, now_of
from annotation.services import bulk, desk, guidelines, queue, together
from annotation.views.queue import beat_seconds
from annotation.views.requests import Request, by_whom_it_says, number
from annotation.views.states import end_state

# More tiles than a page ever holds.
MOST_TILES = 100
# Of a group of alike items, so many of its telling words name it.
SHOWN_WORDS = 3


@require_safe
@never_cache
def table(request: Request, slug: str) -> HttpResponse:
    """The items of a group; for htmx only what the page lacks. One by one where a lead says so."""
    seat = _seat(request, slug)
    if not seat.project.bulk_allowed:
        return redirect("label", slug=slug)
    laid = bulk.open_table(seat, key=bulk.parse(request.GET.get("group", "")))
    context = _context(request, seat, laid)
    if request.htmx:
        return render(request, "annotation/bulk/_update.html", context)
    context["guidelines"] = guidelines.reading_of(seat.project, request.user)
    return render(request, "annotation/bulk/bulk.html", context)


@require_POST
@by_whom_it_says
def answer(request: Request, slug: str) -> HttpResponse:
    seat = _seat(request, slug)
    sent = TogetherForm.read(request.POST)
    items = [
        together.Sent(tickets.redeem(each.ticket, user_id=request.user.pk), each.token)
        for each in sent["item"]
    ]
    outcome = together.answer(
        seat,
        items,
        class_ids=sent["classes"],
        active_ms=sent["active_ms"],
        wall_ms=sent["wall_ms"],
    )
    return _update(request, seat, outcome.refused)


@require_POST
@by_whom_it_says
def undo(request: Request, slug: str) -> HttpResponse:
    seat = _seat(request, slug)
    sent = UndoTogetherForm.read(request.POST)
    together.undo(seat, sent["token"], undo_token=sent["client_token"])
    return _update(request, seat, [])


@require_POST
def leave(request: Request, slug: str) -> HttpResponse:
    """One by one again: what is held goes back to the queue at once."""
    project = get_project_or_404(request.user, slug, Can.LABEL)
    queue.release(project=project, annotator=request.user)
    return redirect("label", slug=slug)


def _seat(request: Request, slug: str) -> desk.Seat:
    project = get_project_or_404(request.user, slug, Can.LABEL)
    bring_classes(project, request.user)
    have = request.headers.get("X-Have", "").split()[:MOST_TILES]
    numbers = frozenset(found for each in have if (found := number(each)) is not None)
    return desk.Seat(project, request.user, now_of(request.user), numbers)


def _update(request: Request, seat: desk.Seat, refused: list[together.Refused]) -> HttpResponse:
    group = bulk.parse(request.POST.get("group", ""))
    if refused:
        messages.warning(request, _refusal(refused))
    if not request.htmx or not seat.project.bulk_allowed:
        query = "" if group is None else f"?group={group}"
        return redirect(reverse("bulk", args=[seat.project.slug]) + query)
    context = _context(request, seat, bulk.open_table(seat, key=group))
    return render(request, "annotation/bulk/_update.html", context)


def _refusal(refused: list[together.Refused]) -> str:
    """Say how many answers were not recorded, and each reason once."""
    n = len(refused)
    told = ngettext(
        "%(n)s answer was not recorded: %(why)s", "%(n)s answers were not recorded: %(why)s", n
    )
    return told % {"n": n, "why": " ".join(dict.fromkeys(each.why for each in refused))}


@dataclass(frozen=True)
class Shown:
    """A group as the page names it. What is alike has no colour; without words, a number."""

    key: bulk.Key
    name: str
    n: int
    colour: str = ""

    @property
    def is_alike(self) -> bool:
        return self.key.kind is bulk.Kind.ALIKE


def _shown(laid: bulk.Table, classes: Sequence[LabelClass]) -> list[Shown]:
    named = {each.pk: each for each in classes}
    return [
        Shown(each.key, name, each.n, colour)
        for each in laid.groups
        for name, colour in _named(each, named)
    ]


def _named(group: bulk.Similar, classes: Mapping[int, LabelClass]) -> list[tuple[str, str]]:
    """Return name and colour of a group; nothing for that of a class that is gone."""
    if group.key.kind is bulk.Kind.CLASS:
        found = classes.get(group.key.number)
        return [(found.name, found.colour)] if found else []
    words = ", ".join(group.words[:SHOWN_WORDS])
    return [(words or gettext("Group %(n)s") % {"n": group.key.number + 1}, "")]


def _context(request: Request, seat: desk.Seat, laid: bulk.Table) -> dict[str, Any]:
    project: Project = seat.project
    state = end_state(project, laid.nothing)
    is_closed = bool(state and state.is_closed)
    classes = list(project.classes.all())
    groups = _shown(laid, classes)
    return {
        "project": project,
        "classes": classes,
        "cards": [] if is_closed else laid.cards,
        "order": [] if is_closed else laid.order,
        "state": state if is_closed or not laid.order else None,
        "groups": [each for each in groups if not each.is_alike],
        "alike": [each for each in groups if each.is_alike],
        "group": next((each for each in groups if each.key == laid.group), None),
        "counts": laid.counts,
        "undo_token": uuid4(),
        "beat_seconds": beat_seconds(project),
        "is_lead": partial(is_allowed, request.user, project, Can.LEAD),
    }
