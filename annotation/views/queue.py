"""The label page: one card after the other. Every answer is the same update of the page."""

from functools import partial
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from annotation import reasons, tickets, units
from annotation.forms.queue import AnswerForm, SkipForm, UndoForm
from annotation.models import LabelClass, Project, Remark, Skip
from annotation.models.remarks import MAX_COMMENT
from annotation.permissions import Can, get_project_or_404, is_allowed
from annotation.seating import bring_classes, now_of
from annotation.services import budgets, desk, guidelines, labels, notes, pace, queue, waiting
from annotation.views.requests import Request, by_whom_it_says
from annotation.views.states import end_state

# More cards than a page ever holds: the current and the next, and twenty taken back.
MAX_CARDS = 40
SLOWEST_BEAT = 30


@require_safe
@never_cache
@by_whom_it_says
def label(request: Request, slug: str) -> HttpResponse:
    """The page with the current card and the next; for htmx only what the page lacks."""
    seat = _seat(request, slug)
    if request.htmx:
        seen = request.headers.get("X-Stamp")
        if seen and seen == waiting.stamp(seat):
            return HttpResponse(status=204)
        return _update(request, seat)
    context = _context(request, desk.open_desk(seat), seat)
    context["guidelines"] = guidelines.reading_of(seat.project, request.user)
    context["n_returned"] = notes.count_waiting(seat.project, request.user)
    return render(request, "annotation/label.html", context)


@require_POST
@by_whom_it_says
def answer(request: Request, slug: str) -> HttpResponse:
    seat = _seat(request, slug)
    sent = AnswerForm.read(request.POST)
    laid = desk.take_turn(
        seat,
        assignment_id=tickets.redeem(sent["ticket"], user_id=request.user.pk),
        answer=labels.Answer(
            class_ids=sent["classes"],
            client_token=sent["client_token"],
            active_ms=sent["active_ms"],
            wall_ms=sent["wall_ms"],
        ),
        terms=_terms(seat),
    )
    return _update(request, seat, laid)


@require_POST
@by_whom_it_says
def skip(request: Request, slug: str) -> HttpResponse:
    seat = _seat(request, slug)
    sent = SkipForm.read(request.POST)
    queue.skip(
        project=seat.project,
        assignment_id=tickets.redeem(sent["ticket"], user_id=request.user.pk),
        annotator=request.user,
        reason=sent["reason"],
        now=seat.now,
    )
    return _update(request, seat)


@require_POST
@by_whom_it_says
def undo(request: Request, slug: str) -> HttpResponse:
    seat = _seat(request, slug)
    token = UndoForm.read(request.POST)["client_token"]
    labels.undo(project=seat.project, annotator=request.user, token=token, now=seat.now)
    return _update(request, seat)


@require_POST
@by_whom_it_says
def heartbeat(request: Request, slug: str) -> HttpResponse:
    """The page is open and somebody works at it: their items stay theirs. The reply tells which
    guidelines hold now."""
    project = get_project_or_404(request.user, slug, Can.LABEL)
    queue.keep(project=project, annotator=request.user, now=now_of(request.user))
    return HttpResponse(status=204, headers={"X-Guidelines": project.guidelines_version})


@require_POST
def leave(request: Request, slug: str) -> HttpResponse:
    """The page was closed: its items go to others soon, unless it is opened again at once."""
    project = get_project_or_404(request.user, slug, Can.LABEL)
    queue.let_go(project=project, annotator=request.user, now=now_of(request.user))
    return HttpResponse(status=204)


def _seat(request: Request, slug: str) -> desk.Seat:
    """Fetch and authorise; the header `X-Have` names the cards the page has."""
    project = get_project_or_404(request.user, slug, Can.LABEL)
    bring_classes(project, request.user)
    have = request.headers.get("X-Have", "").split()
    numbers = frozenset(
        int(each) for each in have[:MAX_CARDS] if each.isdecimal() and len(each) < 19
    )
    return desk.Seat(project, request.user, now_of(request.user), numbers)


def _terms(seat: desk.Seat) -> units.Terms:
    visit = seat.annotator.visit
    if visit is None:
        return budgets.terms_for(seat.project, seat.annotator)
    return budgets.terms_of(seat.project, own_rate=visit.pay_rate)


def _update(request: Request, seat: desk.Seat, laid: desk.Desk | None = None) -> HttpResponse:
    if not request.htmx:
        return redirect("label", slug=seat.project.slug)
    context = _context(request, laid or desk.open_desk(seat), seat)
    return render(request, "annotation/desk/_update.html", context)


def beat_seconds(project: Project) -> int:
    """Return how often the page shows that somebody works: three times in a lease at least."""
    return max(min(project.lease_seconds // 3, SLOWEST_BEAT), 1)


def _context(request: Request, laid: desk.Desk, seat: desk.Seat) -> dict[str, Any]:
    """Return what the page shows; a closed project ends the work in hand too."""
    project, state = seat.project, end_state(seat.project, laid.nothing, laid.scope)
    is_closed = bool(state and state.is_closed)
    order = [] if is_closed else laid.order
    classes = list(project.classes.all())
    return {
        "project": project,
        "told": _told(laid, classes),
        "cards": [] if is_closed else laid.cards,
        "order": order,
        "state": None if order else state,
        # Called only where the page waits, and where it is drawn whole: statements of their own.
        "stamp": partial(waiting.stamp, seat),
        "day": partial(pace.today, seat.annotator, now=seat.now),
        "budget_left": partial(pace.left, project, seat.annotator, now=seat.now),
        "classes": classes,
        "counts": laid.counts,
        "skip_reasons": Skip.Reason.choices,
        "flags": [kind for kind in Remark.Kind.choices if kind[0] != Remark.Kind.COMMENT],
        "max_comment": MAX_COMMENT,
        "undo_token": uuid4(),
        "beat_seconds": beat_seconds(project),
        # Called by the template only where it matters: it may cost a statement.
        "is_lead": partial(is_allowed, request.user, project, Can.LEAD),
    }


def _told(laid: desk.Desk, classes: list[LabelClass]) -> dict[str, str]:
    """Return the answer just given and what the project shows of its item; {} where nothing is."""
    sentence = reasons.after(laid.answered.said, classes) if laid.answered else ""
    if not laid.answered or not sentence:
        return {}
    names = [each.name for each in classes if each.pk in laid.answered.class_ids]
    return {"answer": ", ".join(names), "sentence": sentence}
