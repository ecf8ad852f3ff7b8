"""Answering many similar items at once by program: the table of that page."""

from typing import Any

from alapp.errors import Conflict
from annotation import tickets
from annotation.api.endpoints import Call, Endpoint, operation
from annotation.api.serializers import together as shapes
from annotation.api.views import labelling
from annotation.permissions import Can
from annotation.scopes import Scope
from annotation.services import bulk, desk, queue, together
from annotation.views.states import end_state


class ClaimTogether(Endpoint):
    tag = "labelling"

    @operation(
        "claim_together",
        Scope.LABEL,
        can=Can.LABEL,
        sends=shapes.ClaimTogetherSent,
        answers=shapes.TableShown,
        has_own_key=True,
    )
    def post(self, call: Call) -> dict[str, Any]:
        """Get similar items, up to 24 of a group, to be answered by one answer.

        Asked twice, the same items come back. 409 where a lead has items answered one by one.
        """
        if not call.project.bulk_allowed:
            raise Conflict("In this project items are answered one by one.")
        return _table(call, labelling.seat_of(call))


class AnswerTogether(Endpoint):
    tag = "labelling"

    @operation(
        "answer_together",
        Scope.LABEL,
        can=Can.LABEL,
        sends=shapes.AnswerTogetherSent,
        answers=shapes.AnsweredTogetherShown,
        has_own_key=True,
    )
    def post(self, call: Call) -> dict[str, Any]:
        """Give many items the same answer, a label each; sent twice, each is recorded once.

        One that cannot be recorded does not keep the others from it: `refused` says which, why.
        """
        seat, sent = labelling.seat_of(call), call.sent
        outcome = together.answer(
            seat,
            [_given(call, each) for each in sent["items"]],
            class_ids=sent["classes"],
            active_ms=sent["active_ms"],
            wall_ms=sent["wall_ms"],
        )
        return {
            "n_recorded": len(outcome.labels),
            "refused": outcome.refused,
            "table": _table_or_none(call, seat),
        }


class UndoTogether(Endpoint):
    tag = "labelling"

    @operation(
        "undo_together",
        Scope.LABEL,
        can=Can.LABEL,
        sends=shapes.UndoTogetherSent,
        answers=shapes.UndoneTogetherShown,
        has_own_key=True,
    )
    def post(self, call: Call) -> dict[str, Any]:
        """Take back answers given together; their items come back. One of the last few groups."""
        seat, token = labelling.seat_of(call), call.sent["client_token"]
        n = together.undo(seat, call.sent["answers"], undo_token=token)
        return {"n": n, "table": _table_or_none(call, seat)}


class LeaveTogether(Endpoint):
    tag = "labelling"

    @operation("leave_together", Scope.LABEL, can=Can.LABEL, status=204, has_own_key=True)
    def post(self, call: Call) -> None:
        """Give back to the queue at once whatever one holds."""
        queue.release(project=call.project, annotator=call.user)


def _given(call: Call, sent: dict[str, Any]) -> together.Sent:
    ticket = tickets.redeem(sent["ticket"], user_id=call.user.pk)
    return together.Sent(ticket, sent["client_token"])


def _table_or_none(call: Call, seat: desk.Seat) -> dict[str, Any] | None:
    return _table(call, seat) if call.project.bulk_allowed else None


def _table(call: Call, seat: desk.Seat) -> dict[str, Any]:
    laid = bulk.open_table(seat, key=bulk.parse(call.sent.get("group", "")))
    state = end_state(seat.project, laid.nothing)
    classes = list(seat.project.classes.all())
    is_closed = bool(state and state.is_closed)
    code = laid.nothing.value if laid.nothing else ""
    return {
        "order": [] if is_closed else laid.order,
        "cards": [
            labelling.card(seat.project, each, classes) for each in laid.cards if not is_closed
        ],
        "counts": laid.counts,
        "groups": [_similar(each) for each in laid.groups],
        "group": None if laid.group is None else str(laid.group),
        "nothing": labelling.nothing(code, state)
        if state and (is_closed or not laid.order)
        else None,
    }


def _similar(group: bulk.Similar) -> dict[str, Any]:
    is_class = group.key.kind is bulk.Kind.CLASS
    return {
        "key": str(group.key),
        "class_id": group.key.number if is_class else None,
        "words": group.words,
        "n": group.n,
    }
