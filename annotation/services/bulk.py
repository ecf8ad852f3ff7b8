"""Many similar items at once: claimed together, answered together, each with a label of its own.

What is similar is thought to be of one class by the model, or was found to be alike by a worker,
which takes no model: a group of either kind is handled alike, by its key.

The rules are those of one item after the other: the same leases, budgets, shares and roles. What
measures (audit items, gold) is never among them, for a group that says what its items are thought
to be sways whoever answers it; it comes one by one. So does a fixed part of all other items, so
that nobody can tell what comes one by one for being measured (docs/decisions/0025).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from annotation.models import Assignment, Batch, Group, Project, State
from annotation.services import budgets, desk, ledger, overlap, policy, queue
from annotation.services.queue import Nothing

# As many as fit on a wide page. With one person are at most so many of the group they look at, and
# so many of those they looked at before: in a second tab, or still to be sent.
MAX_TOGETHER = 24
# So many groups of alike items are offered, the largest.
MOST_ALIKE = 12
# Of the newest batch, the first so many are looked through for similar ones.
LOOKED_THROUGH = 1_000
# How much of all items comes one by one only, beside what measures.
ONE_BY_ONE_PERCENT = 25
TRIES = 5


class Kind(StrEnum):
    """What the items of a group have in common: what they are thought to be, or how they look."""

    CLASS = "class"
    ALIKE = "alike"


@dataclass(frozen=True)
class Key:
    """Which group: by a class's id, or by the number of a group that a worker found."""

    kind: Kind
    number: int

    def __str__(self) -> str:
        return f"{self.kind}-{self.number}"


@dataclass(frozen=True)
class Candidate:
    """An item that may be answered together with others, by what is stored of it."""

    assignment_id: int
    item_id: int
    keys: tuple[Key, ...]


@dataclass(frozen=True)
class Similar:
    """Similar items of the newest batch. `n` includes those held; `words` tell what is alike."""

    key: Key
    n: int
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """What lies before the annotator: held items of one group, in order; why there is no more."""

    order: list[int]
    cards: list[desk.Card]
    counts: desk.Counts
    groups: list[Similar]
    group: Key | None
    nothing: Nothing | None = None
    message: str = ""


def parse(sent: str) -> Key | None:
    """Return the key of a group as an address or a form holds it; None for anything else."""
    kind, _dash, number = sent.partition("-")
    is_key = kind in set(Kind) and number.isascii() and number.isdecimal() and len(number) < 20
    return Key(Kind(kind), int(number)) if is_key else None


def open_table(seat: desk.Seat, *, key: Key | None = None) -> Table:
    """Return the items of a group, filled up to 24; without one, of the first: the largest class.

    Those held already come first, so that a refresh or a second tab shows them again. Nobody else
    is handed them meanwhile.
    """
    held, waiting = _held(seat), _waiting(seat) if seat.project.is_active else []
    groups = _groups(seat.project, [*held, *waiting], key)
    chosen = _choose(groups, key)
    mine = [each.assignment_id for each in held if chosen in each.keys]
    _hand_back(seat, [each.assignment_id for each in held if chosen not in each.keys])
    if not seat.project.is_active:
        return _lay(seat, mine, groups, chosen, Nothing(seat.project.status))
    try:
        if chosen is not None:
            fits = [each for each in waiting if chosen in each.keys]
            mine += _claim(seat, chosen, fits, wanted=MAX_TOGETHER - len(mine))
    except budgets.BudgetFrozen as error:
        return _lay(seat, mine, groups, chosen, Nothing.FROZEN, str(error))
    except budgets.BudgetExhausted as error:
        return _lay(seat, mine, groups, chosen, Nothing.BUDGET, str(error))
    return _lay(seat, mine, groups, chosen)


def _choose(groups: Sequence[Similar], key: Key | None) -> Key | None:
    known = [each.key for each in groups]
    if key in known:
        return key
    return known[0] if known else None


def _groups(project: Project, candidates: Iterable[Candidate], asked: Key | None) -> list[Similar]:
    """Return the classes, then what is alike, the largest first of each; `asked` is among them."""
    counts = Counter(key for each in candidates for key in each.keys)
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0].number))
    classes = [Similar(key, n) for key, n in rows if key.kind is Kind.CLASS]
    words = _words(project, [key.number for key in counts if key.kind is Kind.ALIKE])
    alike = [
        Similar(key, n, words[key.number])
        for key, n in rows
        if key.kind is Kind.ALIKE and key.number in words
    ]
    return classes + [
        each for place, each in enumerate(alike) if place < MOST_ALIKE or each.key == asked
    ]


def _words(project: Project, numbers: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Return the telling words of groups; while a worker writes them anew, there is none."""
    if not numbers:
        return {}
    rows = Group.objects.filter(project=project, number__in=numbers)
    return {number: tuple(words) for number, words in rows.values_list("number", "words")}


def _hand_back(seat: desk.Seat, others: Sequence[int]) -> None:
    """Return what lies longest in groups looked at before, so that nobody gathers a whole batch."""
    if len(others) > MAX_TOGETHER:
        queue.release_these(
            project=seat.project, annotator=seat.annotator, ids=others[:-MAX_TOGETHER]
        )


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
    values = told.values_list(
        "pk", "item", "prediction", "item__guess__number", "item__content_hash"
    )
    return [
        Candidate(pk, item_id, _keys(prediction, number))
        for pk, item_id, prediction, number, content_hash in values[:LOOKED_THROUGH]
        if not comes_one_by_one(project, content_hash)
    ]


def _keys(prediction: Any, number: int | None) -> tuple[Key, ...]:
    class_id = prediction.get("class_id") if prediction else None
    found = ((Kind.CLASS, class_id), (Kind.ALIKE, number))
    return tuple(Key(kind, value) for kind, value in found if value is not None)


def comes_one_by_one(project: Project, content_hash: str) -> bool:
    """Say whether the item is of the fixed part that is never answered together with others."""
    key = str(project.seed).encode()
    digest = blake2b(content_hash.encode(), key=key, digest_size=7, person=b"together").digest()
    return 100 * int.from_bytes(digest) / 2**56 < ONE_BY_ONE_PERCENT


def _claim(seat: desk.Seat, key: Key, fits: Sequence[Candidate], *, wanted: int) -> list[int]:
    """Lease up to `wanted` of these; those somebody else was handed meanwhile are passed over."""
    if not fits or wanted <= 0:
        return []
    try:
        return _lease_some(seat, key, fits, wanted)
    except budgets.BudgetExhausted:
        if not queue.release_expired(project=seat.project, now=seat.now):
            raise
        return _lease_some(seat, key, fits, wanted)


def _lease_some(seat: desk.Seat, key: Key, fits: Sequence[Candidate], wanted: int) -> list[int]:
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                return _lease_within(seat, fits, wanted)
        except IntegrityError:
            # Another tab of the same person has just leased a second slot of one of the items.
            fits = [each for each in _waiting(seat) if key in each.keys]
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
    groups: list[Similar],
    chosen: Key | None,
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
