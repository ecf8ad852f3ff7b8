"""What lies before one annotator, ready to be drawn; and the turn: an answer, then the next item.

Nothing here tells why an item was asked: purposes stay on the server.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from annotation import tickets, units
from annotation.models import Item, ItemPayload, Label, Project, Run, ShowReason, User
from annotation.services import labels, queue, runs, statements
from annotation.services.queue import Nothing

# The item on screen, and the next one behind it.
WANTED = 2


@dataclass(frozen=True)
class Card:
    """One item as an annotator sees it. The ticket proves it was theirs; the token names the
    answer, so that sending it twice records it once."""

    assignment_id: int
    item: Item
    payload: ItemPayload
    ticket: str
    token: UUID = field(default_factory=uuid4)
    remark_token: UUID = field(default_factory=uuid4)
    # What the project may show of why it is asked: see annotation.reasons.
    said: dict[str, Any] | None = None
    # What they answered before taking it back.
    answered: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Counts:
    """How far the batch and the budget are. `batch_size` is 0 before the first batch."""

    batch_done: int
    batch_size: int
    spent: int
    limit: int | None


@dataclass(frozen=True)
class Desk:
    """What an annotator holds, in order; cards of what their page lacks; if nothing more is to
    come, why. `batch` is the newest one's id."""

    order: list[int]
    cards: list[Card]
    counts: Counts
    batch: int | None
    is_due: bool
    nothing: Nothing | None = None
    message: str = ""
    # Whose budget refused, when one did.
    scope: str = ""
    # Of the item just answered: what the project may show of why it was asked.
    answered: "Answered | None" = None


@dataclass(frozen=True)
class Answered:
    """An answer just recorded, and what may be told of its item now."""

    class_ids: Sequence[int]
    said: dict[str, Any] | None


@dataclass(frozen=True)
class Seat:
    """Whose desk it is, at which moment, and the cards their page has already."""

    project: Project
    annotator: User
    now: datetime
    have: frozenset[int] = frozenset()


def open_desk(seat: Seat) -> Desk:
    """Return what lies before the annotator, filled up to the current item and the next."""
    found = look(seat)
    if seat.project.is_active and len(found.order) >= WANTED and not found.is_due:
        return found
    return _fill(seat)


def _fill(seat: Seat) -> Desk:
    """Renew what the annotator holds, lease what is wanted, and look again."""
    sat = queue.sit_down(
        project=seat.project, annotator=seat.annotator, now=seat.now, wanted=WANTED
    )
    found = look(seat, nothing=sat.nothing, message=sat.message)
    return replace(found, scope=sat.scope)


def take_turn(seat: Seat, *, assignment_id: int, answer: labels.Answer, terms: units.Terms) -> Desk:
    """Record an answer and lease the next item, in one short transaction; return the desk.

    The plain case takes ten statements with the look at the desk. Whatever else it is (sent
    again, late, a budget at its end) is rolled back and done at length, step by step. Raises what
    `labels.record` raises.
    """
    asked = labels.Asked(seat.project, assignment_id, seat.annotator, seat.now)
    try:
        with transaction.atomic():
            recorded = labels.record_plainly(asked, answer, terms=terms)
            if seat.project.is_active and recorded.n_held < WANTED:
                queue.claim_plainly(
                    project=seat.project, annotator=seat.annotator, terms=terms, now=seat.now
                )
    except (statements.NotPlain, IntegrityError):
        label = labels.record_at_length(asked, answer)
        return replace(open_desk(seat), answered=_answered_at_length(seat, label))
    found = look(seat)
    _wake_if_complete(recorded.closed, found)
    is_full = seat.project.is_active and len(found.order) >= WANTED
    found = found if is_full and not found.is_due else _fill(seat)
    return replace(found, answered=_answered(seat, recorded.label, _loaded(recorded.closed.said)))


def _answered_at_length(seat: Seat, label: Label) -> Answered:
    return _answered(seat, label, label.assignment.said if label.assignment else None)


def _answered(seat: Seat, label: Label, said: dict[str, Any] | None) -> Answered:
    is_shown = seat.project.show_reason == ShowReason.AFTER
    return Answered(label.value or (), said if is_shown else None)


def _loaded(said: str | None) -> dict[str, Any] | None:
    loaded: dict[str, Any] | None = json.loads(said) if said else None
    return loaded


def _wake_if_complete(closed: statements.Closed, found: Desk) -> None:
    """As queue.look_if_complete, of the counts that were read anyway."""
    counts = found.counts
    if closed.batch_id == found.batch and not closed.in_reserve:
        if counts.batch_done >= counts.batch_size:
            runs.look_at.enqueue(closed.project_id)
    else:
        queue.look_if_complete(closed)


def look(seat: Seat, *, nothing: Nothing | None = None, message: str = "") -> Desk:
    """Return the desk as it is, in one statement; nothing is leased."""
    lease = timedelta(seconds=seat.project.lease_seconds)
    rows = statements.look(
        project_id=seat.project.pk,
        annotator_id=seat.annotator.pk,
        have=seat.have,
        # The page's heartbeat renews long before: half a lease gone means that it does not beat.
        due=seat.now + lease / 2,
    )
    batch, n_wanted, n_out, limit, spent = rows[0][:5]
    held = [statements.Held(*row[5:]) for row in rows if row[5] is not None]
    return Desk(
        order=[each.assignment_id for each in held],
        cards=[_card(each, seat) for each in held if each.content_hash is not None],
        counts=Counts(n_wanted - n_out, n_wanted, spent or 0, limit),
        batch=batch,
        is_due=any(each.is_due for each in held),
        nothing=nothing,
        message=message,
    )


def _card(held: statements.Held, seat: Seat) -> Card:
    is_shown = seat.project.show_reason == ShowReason.BEFORE
    return Card(
        assignment_id=held.assignment_id,
        item=Item(pk=held.item_id, content_hash=held.content_hash or ""),
        payload=ItemPayload(
            item_id=held.item_id,
            text=held.text,
            fields=json.loads(held.fields),
            file=held.file,
            width=held.width,
            height=held.height,
        ),
        ticket=tickets.issue(assignment_id=held.assignment_id, user_id=seat.annotator.pk),
        # Not on the page, not in its source, before the project shows it.
        said=_loaded(held.said) if is_shown else None,
        answered=frozenset(json.loads(held.taken_back) if held.taken_back else ()),
    )


def is_round_running(project: Project) -> bool:
    return project.runs.filter(kind="round", state__in=Run.OPEN_STATES).exists()
