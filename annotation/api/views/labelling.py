"""Answering by program: the desk of the label page, its answers and what one says beside them."""

from typing import Any

from django.http import Http404
from django.urls import reverse

from annotation import reasons, tickets, units
from annotation.api.endpoints import Call, Endpoint, Page, operation
from annotation.api.serializers import labelling as shapes
from annotation.models import LabelClass, Project
from annotation.permissions import Can
from annotation.scopes import Scope
from annotation.services import (
    budgets,
    corrections,
    desk,
    labels,
    notes,
    own_answers,
    own_work,
    queue,
    remarks,
)
from annotation.services.people import Wanted
from annotation.views.queue import beat_seconds
from annotation.views.states import end_state


class Claim(Endpoint):
    tag = "labelling"

    @operation(
        "claim",
        Scope.LABEL,
        can=Can.LABEL,
        sends=shapes.ClaimSent,
        answers=shapes.DeskShown,
        has_own_key=True,
    )
    def post(self, call: Call) -> dict[str, Any]:
        """Get what one holds, filled up to the current item and the next.

        Asked twice, the same items come back; `nothing` says why there are none.
        """
        seat = seat_of(call)
        return shown(seat, desk.open_desk(seat))


class Answer(Endpoint):
    tag = "labelling"

    @operation(
        "answer",
        Scope.LABEL,
        can=Can.LABEL,
        sends=shapes.AnswerSent,
        answers=shapes.DeskShown,
        has_own_key=True,
    )
    def post(self, call: Call) -> dict[str, Any]:
        """Answer an item and get the next, in one step. Sent twice, it is recorded once."""
        seat, sent = seat_of(call), call.sent
        laid = desk.take_turn(
            seat,
            assignment_id=tickets.redeem(sent["ticket"], user_id=call.user.pk),
            answer=labels.Answer(
                sent["classes"], sent["client_token"], sent["active_ms"], sent["wall_ms"]
            ),
            terms=terms(seat),
        )
        return shown(seat, laid)


class SkipView(Endpoint):
    tag = "labelling"

    @operation(
        "skip",
        Scope.LABEL,
        can=Can.LABEL,
        sends=shapes.SkipSent,
        answers=shapes.DeskShown,
        has_own_key=True,
    )
    def post(self, call: Call) -> dict[str, Any]:
        """Pass on an item, and get the next. Skipping twice changes nothing."""
        seat = seat_of(call)
        queue.skip(
            project=call.project,
            assignment_id=tickets.redeem(call.sent["ticket"], user_id=call.user.pk),
            annotator=call.user,
            reason=call.sent["reason"],
            now=seat.now,
        )
        return shown(seat, desk.open_desk(seat))


class Undo(Endpoint):
    tag = "labelling"

    @operation(
        "undo",
        Scope.LABEL,
        can=Can.LABEL,
        sends=shapes.UndoSent,
        answers=shapes.DeskShown,
        has_own_key=True,
    )
    def post(self, call: Call) -> dict[str, Any]:
        """Take back one's last answer; its item comes back. One of the last 20."""
        seat, token = seat_of(call), call.sent["client_token"]
        labels.undo(project=call.project, annotator=call.user, token=token, now=seat.now)
        return shown(seat, desk.open_desk(seat))


class Heartbeat(Endpoint):
    tag = "labelling"

    @operation("heartbeat", Scope.LABEL, can=Can.LABEL, answers=shapes.BeatShown, has_own_key=True)
    def post(self, call: Call) -> dict[str, int]:
        """Keep what one holds: somebody is working at it."""
        queue.keep(project=call.project, annotator=call.user, now=call.now)
        version = call.project.guidelines_version
        return {"guidelines_version": version, "beat_seconds": beat_seconds(call.project)}


class Leave(Endpoint):
    tag = "labelling"

    @operation("leave", Scope.LABEL, can=Can.LABEL, status=204, has_own_key=True)
    def post(self, call: Call) -> None:
        """Let what one holds go to others soon; claimed again within 45 seconds it stays."""
        queue.let_go(project=call.project, annotator=call.user, now=call.now)


class Remarks(Endpoint):
    tag = "labelling"

    @operation(
        "remark",
        Scope.LABEL,
        can=Can.LABEL,
        sends=shapes.RemarkSent,
        answers=shapes.OwnRemarkShown,
        status=201,
        has_own_key=True,
    )
    def post(self, call: Call) -> Any:
        """Flag an item or comment on it. Sent twice, it is recorded once; nothing waits for it."""
        sent = call.sent
        return remarks.make(
            project=call.project,
            assignment_id=tickets.redeem(sent["ticket"], user_id=call.user.pk),
            annotator=call.user,
            said=remarks.Said(sent["kind"], sent["text"], sent["remark_token"]),
        )


class OwnAnswers(Endpoint):
    tag = "labelling"

    @operation(
        "list_own_answers",
        Scope.LABEL,
        can=Can.LABEL,
        query=shapes.AnswersQuery,
        answers=shapes.OwnAnswerShown,
        is_paged=True,
    )
    def get(self, call: Call) -> Page:
        """List what one answered, the newest first."""
        wanted = Wanted(
            search=call.query.get("search", ""),
            class_id=call.query.get("class_id"),
            before=call.after(),
        )
        return Page(*own_answers.of(call.project, call.user, wanted))


class OwnAnswer(Endpoint):
    tag = "labelling"

    @operation("read_own_answer", Scope.LABEL, can=Can.LABEL, answers=shapes.OwnAnswerShown)
    def get(self, call: Call, item_id: int) -> own_answers.Own:
        """Read one's own last word on an item."""
        return _own(call, item_id)


class Correct(Endpoint):
    tag = "labelling"

    @operation(
        "correct_own_answer",
        Scope.LABEL,
        can=Can.LABEL,
        sends=shapes.CorrectSent,
        answers=shapes.OwnAnswerShown,
        has_own_key=True,
    )
    def post(self, call: Call, item_id: int) -> own_answers.Own:
        """Give another answer in the place of one's own. Sent twice, it happens once."""
        corrections.revise(_change(call, item_id), class_ids=call.sent["classes"])
        return _own(call, item_id)


class TakeBack(Endpoint):
    tag = "labelling"

    @operation(
        "take_back_own_answer",
        Scope.LABEL,
        can=Can.LABEL,
        sends=shapes.TakeBackSent,
        answers=shapes.OwnAnswerShown,
        has_own_key=True,
    )
    def post(self, call: Call, item_id: int) -> own_answers.Own:
        """Take one's own answer back: its item lies on one's desk again."""
        corrections.take_back(_change(call, item_id), now=call.now)
        return _own(call, item_id)


class Notes(Endpoint):
    tag = "labelling"

    @operation("read_notes", Scope.LABEL, can=Can.LABEL, answers=shapes.NotesShown)
    def get(self, call: Call) -> dict[str, Any]:
        """Read what the lead says of one's answers: to look at again, decided, known."""
        asked = (call.project, call.user)
        return {
            "waiting": notes.waiting(*asked),
            "decided": notes.decided(*asked),
            "known": notes.known(*asked),
        }


class SettleNote(Endpoint):
    tag = "labelling"

    @operation(
        "settle_note",
        Scope.LABEL,
        can=Can.LABEL,
        sends=shapes.SettleSent,
        status=204,
    )
    def post(self, call: Call, returned_id: int) -> None:
        """Let a returned answer stand, or give another in its place."""
        sent = call.sent
        who = {"project": call.project, "returned_id": returned_id, "annotator": call.user}
        if sent["keeps"]:
            notes.confirm(**who, now=call.now)  # type: ignore[arg-type]
            return
        notes.correct(
            **who,  # type: ignore[arg-type]
            class_ids=sent["classes"],
            token=sent["client_token"],
            now=call.now,
        )


class OwnWork(Endpoint):
    tag = "labelling"

    @operation("read_own_work", Scope.LABEL, can=Can.LABEL, answers=shapes.OwnWorkShown)
    def get(self, call: Call) -> own_work.OwnWork:
        """Read one's own work here: answers, time, earnings. There is no ranking."""
        return own_work.of(call.project, call.user)


def seat_of(call: Call) -> desk.Seat:
    return desk.Seat(call.project, call.user, call.now, frozenset(call.sent.get("have", ())))


def terms(seat: desk.Seat) -> units.Terms:
    """Return what an answer of this person costs, read with their seat where there is one."""
    visit = seat.annotator.visit
    if visit is None:
        return budgets.terms_for(seat.project, seat.annotator)
    return budgets.terms_of(seat.project, own_rate=visit.pay_rate)


def shown(seat: desk.Seat, laid: desk.Desk) -> dict[str, Any]:
    """Return the desk as a program reads it; a closed project ends the work in hand too."""
    project, state = seat.project, end_state(seat.project, laid.nothing, laid.scope)
    classes = list(project.classes.all())
    is_closed = bool(state and state.is_closed)
    order = [] if is_closed else laid.order
    code = laid.nothing.value if laid.nothing else ""
    return {
        "order": order,
        "cards": [] if is_closed else [card(project, each, classes) for each in laid.cards],
        "counts": laid.counts,
        "nothing": nothing(code, state) if state and not order else None,
        "answered": _answered(laid.answered, classes),
    }


def nothing(code: str, state: Any) -> dict[str, str]:
    return {"code": code, "title": str(state.title), "text": str(state.text)}


def _answered(given: desk.Answered | None, classes: list[LabelClass]) -> dict[str, Any] | None:
    if given is None:
        return None
    return {"classes": list(given.class_ids), "reason": reasons.after(given.said, classes)}


def card(project: Project, card: desk.Card, classes: list[LabelClass]) -> dict[str, Any]:
    return {
        "assignment": card.assignment_id,
        "item": card.item.pk,
        "payload": payload(project, card.payload, card.item.pk),
        "ticket": card.ticket,
        "client_token": card.token,
        "remark_token": card.remark_token,
        "reason": reasons.before(card.said, classes),
        "answered": sorted(card.answered),
    }


def payload(project: Project, found: Any, item_id: int) -> dict[str, Any]:
    """Return what an item shows; an image is an address of the API."""
    image = reverse("api:image", args=[project.slug, item_id, "display"]) if found.file else None
    return {
        "text": found.text,
        "fields": found.fields,
        "image": image,
        "width": found.width,
        "height": found.height,
    }


def _change(call: Call, item_id: int) -> corrections.Change:
    """Return which answer is to be changed: the one to this item, and no other."""
    own = _own(call, item_id)
    label_id, token = call.sent["label"], call.sent["client_token"]
    if own.label.client_token != token and own.label.pk != label_id:
        label_id = 0
    return corrections.Change(call.project, label_id, call.user, token)


def _own(call: Call, item_id: int) -> own_answers.Own:
    own = own_answers.one(call.project, call.user, item_id)
    if own is None:
        raise Http404("No answer of theirs.")
    return own
