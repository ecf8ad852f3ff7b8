"""Many similar items at once: claimed together, answered together, each with a label of its own.

The rules are those of one item after the other: the same leases, budgets, shares and roles. What
measures (audit items, gold) is never among them, for a group that says what its items are thought
to be sways whoever answers it; it comes one by one. So does a fixed part of all other items, so
that nobody can tell what comes one by one for being measured (docs/decisions/0025).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from annotation.models import Assignment, Batch, Project, State
from annotation.services import budgets, desk, ledger, overlap, policy, queue
from annotation.services.queue import Nothing

# As many as fit on a wide page; so many leases are out with one person at most.
MAX_TOGETHER = 24
# Of the newest batch, the first so many are looked through for similar ones.
LOOKED_THROUGH = 1_000
# How much of all items comes one by one only, beside what measures.
ONE_BY_ONE_PERCENT = 25
TRIES = 5


@dataclass(frozen=True)
class Candidate:
    """An item that may be answered together with others, by what is stored of it."""

    assignment_id: int
    item_id: int
    class_id: int | None


@dataclass(frozen=True)
class Group:
    """Similar items of the newest batch: thought to be of one class. `n` includes those held."""

    class_id: int
    n: int


@dataclass(frozen=True)
class Table:
    """What lies before the annotator: held items of one group, in order; why there is no more."""

    order: list[int]
    cards: list[desk.Card]
    counts: desk.Counts
    groups: list[Group]
    group: int | None
    nothing: Nothing | None = None
    message: str = ""


def open_table(seat: desk.Seat, *, class_id: int | None = None) -> Table:
    """Return the items of a group, filled up to 24; without one, of the largest.

    Those held already come first, so that a refresh or a second tab shows them again. Nobody else
    is handed them meanwhile.
    """
    held, waiting = _held(seat), _waiting(seat) if seat.project.is_active else []
    groups = _groups([*held, *waiting])
    chosen = _choose(groups, class_id)
    mine = [each.assignment_id for each in held if each.class_id == chosen]
    if not seat.project.is_active:
        return _lay(seat, mine, groups, chosen, Nothing(seat.project.status))
    fits = [each for each in waiting if each.class_id == chosen and chosen is not None]
    try:
        mine += _claim(seat, fits, wanted=MAX_TOGETHER - len(mine))
    except budgets.BudgetFrozen as error:
        return _lay(seat, mine, groups, chosen, Nothing.FROZEN, str(error))
    except budgets.BudgetExhausted as error:
        return _lay(seat, mine, groups, chosen, Nothing.BUDGET, str(error))
    return _lay(seat, mine, groups, chosen)


def _choose(groups: Sequence[Group], class_id: int | None) -> int | None:
    known = [each.class_id for each in groups]
    if class_id in known:
        return class_id
    return known[0] if known else None


def _groups(candidates: Iterable[Candidate]) -> list[Group]:
    """Return the classes with what is thought to be of them, the largest first."""
    counts = Counter(each.class_id for each in candidates if each.class_id is not None)
    return [Group(pk, n) for pk, n in sorted(counts.items(), key=lambda row: (-row[1], row[0]))]


def _held(seat: desk.Seat) -> list[Candidate]:
    mine = Assignment.objects.filter(
        project=seat.project, annotator=seat.annotator, state=State.LEASED
    )
    return _candidates(seat.project, mine.order_by("leased_at", "position", "pk"))


def _waiting(seat: desk.Seat) -> list[Candidate]:
    """Return what of the newest batch may be handed to this person, one slot of each item."""
    newest = Batch.objects.filter(project=seat.project, number__gte=0).order_by("-number")
    rows = queue.waiting_for(seat.project, seat.annotator).filter(batch=newest.values("pk")[:1])
    slots: dict[int, Candidate] = {}
    for each in _candidates(seat.project, rows):
        slots.setdefault(each.item_id, each)
    return list(slots.values())


def _candidates(project: Project, rows: QuerySet[Assignment]) -> list[Candidate]:
    told = rows.exclude(purpose__in=overlap.MEASURING)
    values = told.values_list("pk", "item", "prediction", "item__content_hash")[:LOOKED_THROUGH]
    return [
        Candidate(pk, item_id, _class_of(prediction))
        for pk, item_id, prediction, content_hash in values
        if not comes_one_by_one(project, content_hash)
    ]


def _class_of(prediction: Any) -> int | None:
    return prediction.get("class_id") if prediction else None


def comes_one_by_one(project: Project, content_hash: str) -> bool:
    """Say whether the item is of the fixed part that is never answered together with others."""
    key = str(project.seed).encode()
    digest = blake2b(content_hash.encode(), key=key, digest_size=7, person=b"together").digest()
    return 100 * int.from_bytes(digest) / 2**56 < ONE_BY_ONE_PERCENT


def _claim(seat: desk.Seat, fits: Sequence[Candidate], *, wanted: int) -> list[int]:
    """Lease up to `wanted` of these; those somebody else was handed meanwhile are passed over."""
    if not fits or wanted <= 0:
        return []
    try:
        return _lease_some(seat, fits, wanted)
    except budgets.BudgetExhausted:
        if not queue.release_expired(project=seat.project, now=seat.now):
            raise
        return _lease_some(seat, fits, wanted)


def _lease_some(seat: desk.Seat, fits: Sequence[Candidate], wanted: int) -> list[int]:
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                return _lease_within(seat, fits, wanted)
        except IntegrityError:
            # Another tab of the same person has just leased a second slot of one of the items.
            fits = [each for each in _waiting(seat) if each.class_id == fits[0].class_id]
            if not fits:
                break
    return []


def _lease_within(seat: desk.Seat, fits: Sequence[Candidate], wanted: int) -> list[int]:
    """Lease as many as budgets and the share of the batch allow, by one conditional update.

    Accounts are locked first, then rows that are free at once, so that nobody waits in a circle.
    """
    left = policy.share_left(seat.project, seat.annotator)
    wanted = wanted if left is None else min(wanted, left)
    room = ledger.room(project=seat.project, annotator=seat.annotator, now=seat.now)
    open_ = Assignment.objects.filter(
        pk__in=[each.assignment_id for each in fits], state=State.OPEN
    ).order_by("in_reserve", "position", "slot")
    free = open_.select_for_update(skip_locked=True)
    ids = list(free.values_list("pk", flat=True)[: max(room.fit(wanted), 0)])
    Assignment.objects.filter(pk__in=ids, state=State.OPEN).update(
        state=State.LEASED,
        annotator=seat.annotator,
        leased_at=seat.now,
        leased_until=seat.now + timedelta(seconds=seat.project.lease_seconds),
    )
    ledger.reserve_many(room=room, assignment_ids=ids)
    return ids


def _lay(
    seat: desk.Seat,
    mine: list[int],
    groups: list[Group],
    chosen: int | None,
    nothing: Nothing | None = None,
    message: str = "",
) -> Table:
    found = desk.look(seat)
    cards = {each.assignment_id: each for each in found.cards}
    return Table(
        order=mine,
        cards=[cards[pk] for pk in mine if pk in cards],
        counts=found.counts,
        groups=groups,
        group=chosen,
        nothing=nothing or (None if mine else Nothing.EMPTY),
        message=message,
    )
