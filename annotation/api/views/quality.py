"""Quality: agreement and reliability, disagreements and decisions, known answers, suspects."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile

from annotation.api.endpoints import (
    Call,
    Endpoint,
    FileEndpoint,
    Page,
    operation,
    wrong_cursor,
)
from annotation.api.serializers import items as item_shapes
from annotation.api.serializers import quality as shapes
from annotation.api.shapes import Count
from annotation.api.views.items import item_of
from annotation.api.views.labelling import payload
from annotation.models import Decision
from annotation.permissions import Can
from annotation.scopes import Scope
from annotation.services import (
    decisions,
    disputes,
    known_answers,
    known_file,
    known_view,
    quality_view,
    remarks,
    suspects,
)
from annotation.services.disputes import Place


class Quality(Endpoint):
    tag = "quality"

    @operation(
        "read_quality", Scope.READ, can=Can.LEAD, answers=shapes.QualityShown, is_costly=True
    )
    def get(self, call: Call) -> quality_view.Quality:
        """Read how far people agree and how reliable each is, as the worker found it last."""
        return quality_view.of(call.project)


class Disagreements(Endpoint):
    tag = "quality"

    @operation(
        "list_disagreements",
        Scope.READ,
        can=Can.DECIDE,
        query=shapes.DisagreementsQuery,
        answers=shapes.DisputeShown,
        is_paged=True,
    )
    def get(self, call: Call) -> Page:
        """List items that wait for a decision, the least sure first."""
        cursor = call.query.get("cursor", "")
        after = Place.read(cursor)
        if cursor and after is None:
            raise wrong_cursor()
        rows, more = disputes.page_of(call.project, reason=call.query["reason"], after=after)
        return Page(
            [
                {
                    "item": each.item.pk,
                    "payload": payload(call.project, each.payload, each.item.pk),
                    "certainty": each.certainty,
                    "n_labels": each.n_labels,
                    "reasons": each.reasons,
                }
                for each in rows
            ],
            more,
        )


class Disagreement(Endpoint):
    tag = "quality"

    @operation("read_disagreement", Scope.READ, can=Can.DECIDE, answers=shapes.CaseShown)
    def get(self, call: Call, item_id: int) -> dict[str, Any]:
        """Read one item with the answers side by side, names hidden until it is decided."""
        return _case(call, item_id)

    @operation(
        "decide_item",
        Scope.LEAD,
        can=Can.DECIDE,
        sends=shapes.DecideSent,
        answers=shapes.CaseShown,
    )
    def post(self, call: Call, item_id: int) -> dict[str, Any]:
        """Decide an item: final, whatever people said or will say."""
        item_of(call.project, item_id)
        decisions.decide(
            project=call.project,
            item_id=item_id,
            class_ids=call.sent["classes"],
            comment=call.sent["comment"],
            actor=call.user,
            now=call.now,
        )
        return _case(call, item_id)


class UndoDecision(Endpoint):
    tag = "quality"

    @operation("undo_decision", Scope.LEAD, can=Can.DECIDE, answers=shapes.CaseShown)
    def post(self, call: Call, item_id: int) -> dict[str, Any]:
        """Take a decision back: the item's answers count again."""
        item_of(call.project, item_id)
        decisions.undo(project=call.project, item_id=item_id, actor=call.user, now=call.now)
        return _case(call, item_id)


class ReturnAnswer(Endpoint):
    tag = "quality"

    @operation("return_answer", Scope.LEAD, can=Can.DECIDE, sends=shapes.ReturnSent, status=204)
    def post(self, call: Call, item_id: int) -> None:
        """Return one answer to who gave it, with a comment."""
        item_of(call.project, item_id)
        decisions.send_back(
            project=call.project,
            label_id=call.sent["label"],
            comment=call.sent["comment"],
            actor=call.user,
            now=call.now,
        )


class TickOff(Endpoint):
    tag = "quality"

    @operation("tick_off_item", Scope.LEAD, can=Can.DECIDE, answers=Count)
    def post(self, call: Call, item_id: int) -> dict[str, int]:
        """Leave an item as it is; what was said of it is read."""
        item_of(call.project, item_id)
        n = remarks.settle(project=call.project, item_id=item_id, actor=call.user, now=call.now)
        return {"n": n}


class Decisions(Endpoint):
    tag = "quality"

    @operation(
        "list_decisions", Scope.READ, can=Can.DECIDE, answers=shapes.DecisionShown, is_paged=True
    )
    def get(self, call: Call) -> Page:
        """List decisions that stand, the newest first."""
        rows, more = disputes.decided(call.project, before=call.after())
        found: list[Decision] = [each for each, _ in rows]
        return Page(found, more)


class KnownAnswers(Endpoint):
    tag = "quality"

    @operation(
        "list_known_answers", Scope.READ, can=Can.LEAD, answers=shapes.KnownShown, is_paged=True
    )
    def get(self, call: Call) -> Page:
        """List items whose answer is known, the newest first, and how they fare."""
        return Page(*known_view.page_of(call.project, before=call.after()))

    @operation(
        "add_known_answers",
        Scope.LEAD,
        can=Can.LEAD,
        sends=shapes.KnownAnswersSent,
        answers=Count,
        status=201,
    )
    def post(self, call: Call) -> dict[str, int]:
        """Let items measure people: all of them or none; each that cannot is named."""
        known = [
            known_answers.Known(each["item"], each["classes"], row)
            for row, each in enumerate(call.sent["answers"], start=1)
        ]
        return {"n": _add_known(call, known, "upload")}


class KnownCandidates(Endpoint):
    tag = "quality"

    @operation(
        "list_known_candidates",
        Scope.READ,
        can=Can.LEAD,
        answers=shapes.CandidateShown,
        is_list=True,
        is_costly=True,
    )
    def get(self, call: Call) -> Any:
        """List what may become known, because it was decided or surely agreed: the newest 50."""
        return known_view.candidates(call.project)[0]

    @operation(
        "accept_known_candidates",
        Scope.LEAD,
        can=Can.LEAD,
        sends=item_shapes.ItemIdsSent,
        answers=Count,
    )
    def post(self, call: Call) -> dict[str, int]:
        """Make some of them known, with what was decided or agreed."""
        found = known_answers.suggested(call.project, call.sent["items"])
        return {"n": _add_known(call, found, "adjudicated")}


class KnownAnswer(Endpoint):
    tag = "quality"

    @operation("retire_known_answer", Scope.LEAD, can=Can.LEAD, status=204)
    def delete(self, call: Call, item_id: int) -> None:
        """Ask an item no more; what it measured stays."""
        item_of(call.project, item_id)
        known_answers.retire(project=call.project, item_id=item_id, actor=call.user, now=call.now)


class RestoreKnown(Endpoint):
    tag = "quality"

    @operation("restore_known_answer", Scope.LEAD, can=Can.LEAD, status=204)
    def post(self, call: Call, item_id: int) -> None:
        """Ask a retired item again, from the next batch on."""
        item_of(call.project, item_id)
        known_answers.restore(project=call.project, item_id=item_id, actor=call.user)


class KnownFile(FileEndpoint):
    tag = "quality"

    @operation(
        "upload_known_answers",
        Scope.LEAD,
        can=Can.LEAD,
        sends=shapes.KnownFileSent,
        answers=Count,
        status=201,
        is_costly=True,
    )
    def post(self, call: Call) -> dict[str, int]:
        """Let the items of a file measure people: all of them or none; each bad row is named."""
        file = call.sent["file"]
        assert isinstance(file, UploadedFile)
        found = known_file.read_upload(call.project, filename=str(file.name), chunks=file.chunks())
        return {"n": _add_known(call, found, "upload")}


class Suspects(Endpoint):
    tag = "quality"

    @operation("list_suspects", Scope.READ, can=Can.LEAD, answers=shapes.DoubtShown, is_paged=True)
    def get(self, call: Call) -> Page:
        """List labels that are probably wrong, the least believed first."""
        page, doubts = suspects.page_of(call.project, str(call.after() or 1))
        more = page.next_page_number() if page.has_next() else None
        return Page([_doubt(call, each) for each in doubts], more)


class AskAgain(Endpoint):
    tag = "quality"

    @operation("ask_suspect_again", Scope.LEAD, can=Can.LEAD, status=204)
    def post(self, call: Call, item_id: int) -> None:
        """Ask somebody who has not seen the item."""
        item_of(call.project, item_id)
        suspects.ask_again(project=call.project, item_id=item_id, actor=call.user)


class FindRight(Endpoint):
    tag = "quality"

    @operation("find_suspect_right", Scope.LEAD, can=Can.LEAD, status=204)
    def post(self, call: Call, item_id: int) -> None:
        """Keep that a label is right: it is doubted no more unless it changes."""
        item_of(call.project, item_id)
        suspects.dismiss(project=call.project, item_id=item_id, actor=call.user, now=call.now)


def _add_known(call: Call, known: list[known_answers.Known], source: str) -> int:
    return known_answers.add(
        project=call.project, known=known, source=source, actor=call.user, now=call.now
    )


def _case(call: Call, item_id: int) -> dict[str, Any]:
    case = disputes.case_of(call.project, item_of(call.project, item_id))
    return {
        "item": case.item.pk,
        "payload": payload(call.project, case.payload, case.item.pk),
        "reasons": case.reasons,
        "opinions": case.opinions,
        "others": case.others,
        "decision": case.decision,
    }


def _doubt(call: Call, doubt: suspects.Doubt) -> dict[str, Any]:
    return {
        "item": doubt.item.pk,
        "payload": payload(call.project, doubt.item.payload, doubt.item.pk),
        "label": doubt.label,
        "predicted": doubt.predicted,
        "belief": doubt.suspect.belief,
        "confidence": doubt.suspect.confidence,
        "said": doubt.said,
        "is_asked": doubt.is_asked,
    }
