"""The rows of each export, a page at a time, in the order of the columns in `tables`."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from annotation.formats.writing import ITEMS, LABELS, PREDICTIONS, RESULTS, SOFT, Chunk, Row
from annotation.models import Item, Label
from annotation.services.exports import results, soft
from annotation.services.exports.ground import (
    NOT_ASKED,
    Asked,
    Ground,
    asked_as,
    first_asked,
    pages,
)
from annotation.services.exports.orders import LABELLED, UNLABELLED
from annotation.services.exports.origins import PickOrigin, Predicted

ANSWER = (
    "pk", "item", "annotator", "value", "superseded_by", "supersedes", "origin", "created_at",
    "active_ms", "wall_ms", "is_correction", "is_extra", "prediction",
)  # fmt: skip
ASKED = (
    "purpose", "assignment__batch__number", "assignment__score", "assignment__reason",
    "model_version",
)  # fmt: skip
CONTENT = ("payload__text", "payload__fields", "payload__file")
AGREED = (
    "consensus__value", "consensus__certainty", "consensus__n_labels", "consensus__is_tied",
    "consensus__is_final",
)  # fmt: skip
STANDING, SUPERSEDED, TAKEN_BACK = "standing", "superseded", "taken back"
NESTED_NAMES = (
    "annotator", "label", "state", "number", "replaces", "origin", "answered_at",
    "active_seconds", "seconds", "is_correction", "is_extra", "predicted", "predicted_confidence",
)  # fmt: skip


@dataclass(frozen=True)
class Page:
    """Rows to write, and how many were looked at for them."""

    rows: Chunk
    n_read: int


def count(ground: Ground) -> int:
    """Return how many rows will be looked at."""
    return (_labels(ground) if ground.order.contents == LABELS else _items(ground)).count()


def read(ground: Ground) -> Iterator[Page]:
    """Yield every row that is wanted, in order of item or, for answers, of time."""
    yield from _label_pages(ground) if ground.order.contents == LABELS else _item_pages(ground)


# Answers


def _labels(ground: Ground) -> QuerySet[Label]:
    order = ground.order
    rows = Label.objects.filter(project=ground.project)
    if order.standing_only:
        rows = rows.current()
    if order.purposes:
        rows = rows.filter(purpose__in=order.purposes)
    if order.since_moment:
        rows = rows.filter(created_at__gte=order.since_moment)
    if order.first_round is not None:
        rows = rows.filter(assignment__batch__number__gte=order.first_round)
    if order.last_round is not None:
        rows = rows.filter(assignment__batch__number__range=(0, order.last_round))
    if order.status == UNLABELLED:
        rows = rows.filter(item__consensus=None)
    elif order.status == LABELLED:
        rows = rows.exclude(item__consensus=None)
    return rows.order_by("pk")


def _label_pages(ground: Ground) -> Iterator[Page]:
    names = (*ANSWER, *ASKED, "item__key", "item__audit_rank", "item__consensus__item")
    content = [f"item__{name}" for name in CONTENT] if ground.order.with_content else []
    rows = _labels(ground).values_list(*names, *content)
    for page in pages(rows, size_of=len(names) if content else None):
        yield Page(_label_rows(ground, page), len(page))


def _label_rows(ground: Ground, page: Sequence[Row]) -> list[Row]:
    order, wanted = ground.order, set(ground.order.classes)
    kept = [row for row in page if not wanted or wanted.intersection(row[3] or ())]
    has_provenance = order.with_provenance
    picks = ground.origins.picks([row[1] for row in kept]) if has_provenance else {}
    splits = (
        ground.splits(
            {row[1]: row[19] for row in kept}, {row[1] for row in kept if row[20] is not None}
        )
        if has_provenance
        else {}
    )
    made = []
    for row in kept:
        asked = asked_as(*row[13:18])
        content = ground.content(*row[21:24]) if order.with_content else ()
        pick = None if asked.round is None else picks.get((row[1], asked.round))
        provenance = ground.provenance(splits.get(row[1], ""), asked, pick)
        made.append((row[18], row[1], *content, *_answer(ground, row), *provenance))
    return made


def _answer(ground: Ground, row: Row) -> Row:
    """Return the cells of one answer, from the values of ANSWER."""
    (
        number, _, annotator, value, superseded_by, supersedes, origin, at,
        active_ms, wall_ms, is_correction, is_extra, prediction,
    ) = row[:13]  # fmt: skip
    said = prediction or {}
    predicted = said.get("class_id")
    return (
        ground.people[annotator],
        ground.named(value),
        TAKEN_BACK if value is None else (SUPERSEDED if superseded_by else STANDING),
        number,
        supersedes,
        origin,
        at,
        active_ms / 1_000,
        wall_ms / 1_000,
        is_correction,
        is_extra,
        None if predicted is None else ground.classes.get(predicted, f"class {predicted}"),
        said.get("confidence"),
    )


# Items


def _items(ground: Ground) -> QuerySet[Item]:
    order = ground.order
    rows = Item.objects.filter(project=ground.project, withdrawn_at=None)
    if order.status == LABELLED:
        rows = rows.exclude(consensus=None)
    elif order.status == UNLABELLED:
        rows = rows.filter(consensus=None)
    if order.since_moment:
        answered = Label.objects.current().filter(item=OuterRef("pk"))
        rows = rows.filter(Exists(answered.filter(created_at__gte=order.since_moment)))
    return rows.order_by("pk")


def _item_pages(ground: Ground) -> Iterator[Page]:
    names = ("pk", "key", "audit_rank", *AGREED)
    content = CONTENT if ground.order.with_content else ()
    said = _Said(ground)
    rows = _items(ground).values_list(*names, *content)
    for page in pages(rows, size_of=len(names) if content else None):
        yield Page(_item_rows(ground, page, said), len(page))


class _Said:
    """The model's word on items asked for in order of their ids."""

    def __init__(self, ground: Ground) -> None:
        wants = ground.order.contents in (PREDICTIONS, ITEMS, RESULTS)
        self.model = ground.predictions.model if ground.predictions else ""
        self._rows = ground.predictions.rows() if wants and ground.predictions else iter(())
        self._next: Predicted | None = None

    def of(self, item_id: int) -> Predicted | None:
        while self._next is None or self._next.item_id < item_id:
            self._next = next(self._rows, None)
            if self._next is None:
                return None
        return self._next if self._next.item_id == item_id else None


def _item_rows(ground: Ground, page: Sequence[Row], said: _Said) -> list[Row]:
    order, ids = ground.order, [row[0] for row in page]
    needs_asked = order.with_provenance or order.has_rounds or order.purposes
    asked = first_asked(ids) if needs_asked else {}
    picks = ground.origins.picks(ids) if order.with_provenance else {}
    labelled = {row[0] for row in page if row[3] is not None}
    splits = ground.splits({row[0]: row[2] for row in page}, labelled)
    answers = _answers(ground, ids)
    chances = soft.chances(ground.project, ids) if order.contents == SOFT else {}
    made = []
    for row in page:
        word, how = said.of(row[0]), asked.get(row[0], NOT_ASKED)
        if not _is_wanted(ground, row, how, word):
            continue
        cells = _result if order.contents == RESULTS else _cells
        provenance = ground.provenance(splits[row[0]], how, _pick(row[0], how, picks))
        made.append((*cells(ground, row, word, said.model, answers, chances), *provenance))
    return made


def _cells(
    ground: Ground,
    row: Row,
    word: Predicted | None,
    model: str,
    answers: results.Answers,
    chances: dict[int, dict[int, float]],
) -> Row:
    return (
        *(row[1:2] if ground.is_bare else (row[1], row[0])),
        *(ground.content(*row[8:11]) if ground.order.with_content else ()),
        *_middle(ground, row, word, model, answers, chances),
    )


def _result(
    ground: Ground,
    row: Row,
    word: Predicted | None,
    model: str,
    answers: results.Answers,
    chances: dict[int, dict[int, float]],
) -> Row:
    return results.cells(
        ground,
        head=row[:2],
        content=row[8:11],
        agreed=row[3:5],
        word=_word(ground, word, model, row[3]),
        answers=answers,
    )


def _pick(item: int, how: Asked, picks: Any) -> PickOrigin | None:
    found: PickOrigin | None = None if how.round is None else picks.get((item, how.round))
    return found


def _is_wanted(ground: Ground, row: Row, how: Asked, word: Predicted | None) -> bool:
    order = ground.order
    if order.purposes and how.purpose not in order.purposes:
        return False
    if order.has_rounds:
        first, last = order.first_round or 0, order.last_round
        if how.round is None or how.round < first or (last is not None and how.round > last):
            return False
    if not order.classes:
        return True
    is_said = order.contents == PREDICTIONS or (order.contents == RESULTS and row[3] is None)
    value = word.classes if is_said and word else row[3]
    return bool(set(order.classes).intersection(value or ()))


def _middle(
    ground: Ground,
    row: Row,
    word: Predicted | None,
    model: str,
    answers: results.Answers,
    chances: dict[int, dict[int, float]],
) -> Row:
    value, certainty, n, is_tied, is_final = row[3:8]
    label = ground.named(value)
    agreed = (label,) if ground.is_bare else (label, certainty, n or 0, is_tied, is_final)
    contents = ground.order.contents
    if contents == PREDICTIONS:
        return (label, *_word(ground, word, model, value), *_model_chances(ground, word))
    if contents == SOFT:
        found = chances.get(row[0])
        return (*agreed, *[found.get(each, 0.0) if found else None for each in ground.classes])
    if contents == ITEMS:
        return (*agreed, *_word(ground, word, model, value), answers.get(row[0], []))
    return agreed


def _word(ground: Ground, word: Predicted | None, model: str, value: list[int] | None) -> Row:
    """Return the cells of a prediction; a label always goes before what was accepted."""
    if word is None:
        return (None, None, None, None)
    is_accepted = word.accepted is not None and value is None
    classes = word.accepted if is_accepted else word.classes
    return (ground.named(classes), round(word.confidence, 6), is_accepted, model)


def _model_chances(ground: Ground, word: Predicted | None) -> Row:
    said = ground.predictions
    if said is None or not said.has_probabilities:
        return ()
    if word is None:
        return (None,) * len(ground.classes)
    known = dict(zip(said.class_ids, word.probabilities, strict=True))
    return tuple(None if each not in known else round(known[each], 6) for each in ground.classes)


def _answers(ground: Ground, item_ids: Sequence[int]) -> results.Answers:
    """Return what an item's row holds of its answers: all of them, or those that stand."""
    if ground.order.contents == RESULTS:
        return results.standing_answers(ground, item_ids)
    if ground.order.contents != ITEMS:
        return {}
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = Label.objects.filter(item__in=item_ids).order_by("pk").values_list(*ANSWER)
    for row in rows:
        cells = _answer(ground, row)
        found[row[1]].append(dict(zip(NESTED_NAMES, cells, strict=True)))
    return found
