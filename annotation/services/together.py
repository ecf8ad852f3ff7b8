"""One answer to many items: a label each, an equal share of the time each, all in one transaction.

What is plain (a first answer to an item still leased) goes in statements that do not grow with the
number of items; whatever else an item is goes the longer way of a single answer, and one that is
refused does not keep the others from being recorded.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from alapp.errors import Conflict
from annotation.models import Assignment, Label, State
from annotation.services import desk, labels, ledger, quality, queue
from annotation.services.bulk import MAX_TOGETHER

# How far back a group of answers can be taken back: some groups, among single answers.
UNDO_ROWS = 2 * MAX_TOGETHER + 2 * labels.UNDO_DEPTH


@dataclass(frozen=True)
class Sent:
    """One of the items, with the token of the answer to it."""

    assignment_id: int
    token: UUID


@dataclass(frozen=True)
class Refused:
    """An item whose answer was not recorded, and why."""

    assignment_id: int
    why: str


@dataclass(frozen=True)
class Outcome:
    """What became of an answer to many items."""

    labels: list[Label]
    refused: list[Refused]


@transaction.atomic
def answer(
    seat: desk.Seat,
    sent: Sequence[Sent],
    *,
    class_ids: Sequence[int],
    active_ms: int,
    wall_ms: int,
) -> Outcome:
    """Record the same answer to every item; each is recorded once, however often it is sent.

    The time of the group is shared out to the millisecond. Raises ValidationError when the answer
    itself is wrong, or for none or too many items.
    """
    sent = list({each.assignment_id: each for each in sent}.values())
    if not 1 <= len(sent) <= MAX_TOGETHER:
        raise ValidationError(
            _("Choose between 1 and %(most)s items; %(n)s are not.")
            % {"most": MAX_TOGETHER, "n": len(sent)}
        )
    value = labels.checked(seat.project, class_ids)
    shares = zip(_shared(active_ms, len(sent)), _shared(wall_ms, len(sent)), strict=True)
    answers = {
        each.assignment_id: labels.Answer(value, each.token, active, wall)
        for each, (active, wall) in zip(sent, shares, strict=True)
    }
    recorded = _record_plainly(seat, answers, value)
    refused = []
    for assignment_id in answers.keys() - {each.assignment_id for each in recorded}:
        try:
            recorded.append(_record_at_length(seat, assignment_id, answers[assignment_id]))
        except (Conflict, ValidationError) as error:
            refused.append(Refused(assignment_id, _message(error)))
    return Outcome(recorded, refused)


def _shared(total: int, n: int) -> list[int]:
    """Return n whole parts of the total that differ by at most one: 10 of 3 are 4, 3, 3."""
    each, rest = divmod(labels.milliseconds(total), n)
    return [each + (place < rest) for place in range(n)]


def _record_plainly(
    seat: desk.Seat, answers: dict[int, labels.Answer], value: list[int]
) -> list[Label]:
    until_ms = labels.time_accounted_for(seat.annotator)
    mine = Assignment.objects.filter(
        project=seat.project, annotator=seat.annotator, state=State.LEASED, pk__in=answers
    )
    held = list(mine.select_for_update().order_by("pk"))
    said = Label.objects.filter(annotator=seat.annotator, item__in=[each.item_id for each in held])
    known = set(said.values_list("item", flat=True))
    plain = [each for each in held if each.item_id not in known]
    if not plain:
        return []
    ids = [each.pk for each in plain]
    Assignment.objects.filter(pk__in=ids).update(
        state=State.DONE, leased_until=None, closed_at=seat.now
    )
    recorded = Label.objects.bulk_create(_rows(seat, plain, answers, until_ms))
    items = [each.item_id for each in plain]
    quality.count_answers(project=seat.project, item_ids=items, value=value)
    ledger.settle_many(labels=dict(zip(ids, recorded, strict=True)))
    _look_if_complete(plain)
    return recorded


def _rows(
    seat: desk.Seat, held: Sequence[Assignment], answers: dict[int, labels.Answer], until_ms: int
) -> Iterator[Label]:
    """Yield a label for each, their times one behind the other."""
    for each in held:
        answer, person = answers[each.pk], seat.annotator
        worked = labels.fits(each, person, answer, until_ms=until_ms, now=seat.now)
        until_ms = worked.until_ms
        yield labels.first_of(each, person, answer, worked)


def _look_if_complete(closed: Sequence[Assignment]) -> None:
    """Look once at each batch that one of these was wanted by."""
    for each in {row.batch_id: row for row in closed if not row.in_reserve}.values():
        queue.look_if_complete(each)


def _record_at_length(seat: desk.Seat, assignment_id: int, answer: labels.Answer) -> Label:
    asked = labels.Asked(seat.project, assignment_id, seat.annotator, seat.now)
    return labels.record_at_length(asked, answer)


def _message(error: Conflict | ValidationError) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)


@transaction.atomic
def undo(seat: desk.Seat, tokens: Sequence[UUID], *, undo_token: UUID) -> int:
    """Take back these answers of the annotator, and lease their items to them again; how many.

    Each is taken back once, however often this is sent. Raises Conflict when none of them stands
    any more or all were given too long ago.
    """
    own = Label.objects.filter(project=seat.project, annotator=seat.annotator, origin="annotator")
    newest = list(own.order_by("-pk").values_list("pk", flat=True)[:UNDO_ROWS])
    given = own.filter(pk__in=newest, client_token__in=tokens[:MAX_TOGETHER], value__isnull=False)
    given = given.select_related("superseded_by", "annotator", "assignment").order_by("item")
    done = 0
    for each in given:
        token = uuid5(undo_token, str(each.pk))
        later = getattr(each, "superseded_by", None)
        if later is None:
            labels.take_back(each, project=seat.project, token=token, now=seat.now)
        done += later is None or later.client_token == token
    if not done:
        raise Conflict(_("There is no answer of yours to take back."))
    return done
