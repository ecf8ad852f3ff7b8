"""The queue as leads see it: how the batch stands, who holds what, what was skipped or said."""

from typing import Any

from annotation.api.endpoints import Call, Endpoint, operation
from annotation.api.serializers import items as item_shapes
from annotation.api.serializers import leading as shapes
from annotation.api.shapes import Count
from annotation.api.views.items import answer_of, item_of
from annotation.api.views.labelling import payload
from annotation.models import Label
from annotation.permissions import Can
from annotation.scopes import Scope
from annotation.services import deciding, leases, remarks, skipped, standing

SHOWN_LEASES, SHOWN = 200, 100


class Queue(Endpoint):
    tag = "queue"

    @operation("read_queue", Scope.READ, can=Can.LEAD, answers=shapes.QueueShown)
    def get(self, call: Call) -> dict[str, Any]:
        """Read how the newest batch stands, and who holds what: the oldest 200 leases."""
        stands = standing.of(call.project, now=call.now)
        return {
            "standing": stands,
            "remarks": standing.remarks(call.project, stands),
            "holders": leases.holders(call.project, now=call.now, limit=SHOWN_LEASES),
        }


class Release(Endpoint):
    tag = "queue"

    @operation("release_leases", Scope.LEAD, can=Can.LEAD, sends=shapes.ReleaseSent, answers=Count)
    def post(self, call: Call) -> dict[str, int]:
        """Take items back from who holds them; an answer under way is kept."""
        project, sent = call.project, call.sent
        if "person" in sent:
            person = sent["person"]
            return {
                "n": leases.take_back_all(project=project, annotator_id=person, actor=call.user)
            }
        ids = sent["assignments"]
        return {"n": leases.take_back(project=project, assignment_ids=ids, actor=call.user)}


class Skipped(Endpoint):
    tag = "queue"

    @operation("list_skipped", Scope.READ, can=Can.LEAD, answers=shapes.SkippedShown, is_list=True)
    def get(self, call: Call) -> list[dict[str, Any]]:
        """List items that too many skipped, the longest waiting first: at most 100."""
        return [
            {
                "item": each.item.pk,
                "payload": payload(call.project, each.payload, each.item.pk),
                "reasons": [f"{words}: {n}" for words, n in each.reasons],
                "people": each.people,
                "since": each.since,
            }
            for each in skipped.waiting(call.project, limit=SHOWN)
        ]


class PutBack(Endpoint):
    tag = "queue"

    @operation(
        "put_back_skipped", Scope.LEAD, can=Can.LEAD, sends=item_shapes.ItemIdsSent, answers=Count
    )
    def post(self, call: Call) -> dict[str, int]:
        """Offer skipped items to everybody again."""
        ids = call.sent["items"]
        n = deciding.put_back(project=call.project, item_ids=ids, actor=call.user, now=call.now)
        return {"n": n}


class AnswerSkipped(Endpoint):
    tag = "queue"

    @operation(
        "answer_skipped",
        Scope.LEAD,
        can=Can.LEAD,
        sends=item_shapes.OwnAnswerSent,
        answers=item_shapes.LabelShown,
        status=201,
        has_own_key=True,
    )
    def post(self, call: Call, item_id: int) -> Label:
        """Answer a skipped item oneself; nobody else is asked. Sent twice, done once."""
        item_of(call.project, item_id)
        return deciding.answer(
            project=call.project,
            item_id=item_id,
            actor=call.user,
            answer=answer_of(call),
            now=call.now,
        )


class Remarked(Endpoint):
    tag = "queue"

    @operation("list_remarks", Scope.READ, can=Can.LEAD, answers=shapes.RemarkedShown, is_list=True)
    def get(self, call: Call) -> list[dict[str, Any]]:
        """List items that somebody flagged or commented on: at most 100, the oldest first."""
        return [
            {
                "item": each.item.pk,
                "payload": payload(call.project, each.payload, each.item.pk),
                "remarks": each.remarks,
            }
            for each in remarks.waiting(call.project, limit=SHOWN)
        ]


class SettleRemarks(Endpoint):
    tag = "queue"

    @operation("settle_remarks", Scope.LEAD, can=Can.LEAD, answers=Count)
    def post(self, call: Call, item_id: int) -> dict[str, int]:
        """Tick off what was said about an item."""
        item_of(call.project, item_id)
        n = remarks.settle(project=call.project, item_id=item_id, actor=call.user, now=call.now)
        return {"n": n}
