"""Labels that are probably wrong: people's answers held against models that never saw them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from annotation.quality import consensus, opinions
from annotation.quality.settling import Answer, Said
from annotation.quality.votes import BoolArray, FloatArray, IntArray, Votes


@dataclass(frozen=True)
class Issue:
    """One label that is probably wrong, what the model says instead, and how sure each is."""

    item: int
    label: Answer
    predicted: Answer
    belief: float
    confidence: float


def issues(
    said: Sequence[Said],
    labels: Mapping[int, Answer],
    proba: FloatArray,
    *,
    classes: Sequence[int],
    is_multi: bool,
    size: int,
) -> list[Issue]:
    """Return the least believed labels, worst first, of those the model firmly contradicts.

    Shapes: proba (items, classes) by models that saw none of these labels, rows in the order of
    `labels`; `said` are the answers to these items that count. Unit: probability. Raises
    QualityError when an annotator answered an item twice. Source: belief as in CROWDLAB (Goh,
    Tkachenko and Mueller 2022); contradicted as in confident learning (Northcutt et al. 2021).
    With several classes each class of an item is a question of its own, the worst one counts.
    """
    if not labels:
        return []
    cells = _Cells(list(labels), classes, is_multi=is_multi)
    votes, stored = cells.votes(said), cells.stored(labels)
    thought = cells.thought(proba)
    agreed = replace(consensus.agree(votes), labels=stored)
    belief = opinions.with_model(votes, agreed, thought)[np.arange(len(stored)), stored]
    doubted = contradicted(stored, thought)
    found = [_issue(cells, place, labels, proba, belief) for place in cells.worst(belief, doubted)]
    return sorted(found, key=lambda each: (each.belief, each.item))[:size]


def contradicted(labels: IntArray, proba: FloatArray) -> BoolArray:
    """Where the model says another class, as surely as it says it of items labelled so: (I,).

    Shapes: labels (I,), proba (I, K) out of sample. Unit: none. Errors: none. Source: the
    off-diagonal of the confident joint, Northcutt, Jiang and Chuang 2021.
    """
    n, k = proba.shape
    counts = np.bincount(labels, minlength=k)
    own = np.bincount(labels, weights=proba[np.arange(n), labels], minlength=k)
    usual = np.where(counts > 0, own / np.maximum(counts, 1), np.inf)
    said = proba.argmax(axis=1)
    return np.asarray((said != labels) & (proba[np.arange(n), said] >= usual[said]))


class _Cells:
    """The questions behind the items: one per item, or one per item and class."""

    def __init__(self, items: Sequence[int], classes: Sequence[int], *, is_multi: bool) -> None:
        self.items, self.classes, self.is_multi = items, classes, is_multi
        self._width = len(classes) if is_multi else 1
        self._places = {item: place for place, item in enumerate(items)}
        self._numbers = {class_id: number for number, class_id in enumerate(classes)}

    def votes(self, said: Sequence[Said]) -> Votes:
        people = {who: n for n, who in enumerate(sorted({each.annotator for each in said}))}
        rows = np.array([self._places[each.item] for each in said], dtype=np.int64)
        who = np.array([people[each.annotator] for each in said], dtype=np.int64)
        return Votes(
            self._spread(rows),
            np.repeat(who, self._width),
            self._numbered([each.answer for each in said]),
            len(self.items) * self._width,
            len(people),
            2 if self.is_multi else max(len(self.classes), 2),
        )

    def stored(self, labels: Mapping[int, Answer]) -> IntArray:
        return self._numbered([labels[item] for item in self.items])

    def thought(self, proba: FloatArray) -> FloatArray:
        if not self.is_multi:
            return proba
        yes = proba.ravel()
        return np.column_stack([1 - yes, yes])

    def worst(self, belief: FloatArray, doubted: BoolArray) -> list[int]:
        """The doubted cell of each item that is believed least; items without one are left out."""
        table = np.where(doubted, belief, np.inf).reshape(len(self.items), self._width)
        first = table.argmin(axis=1) + np.arange(len(self.items)) * self._width
        return [int(cell) for cell in first[np.isfinite(table.min(axis=1))]]

    def place_of(self, cell: int) -> tuple[int, int]:
        """The item's place, and the number of the class a cell asks about (0 with one class)."""
        return divmod(cell, self._width)

    def _spread(self, rows: IntArray) -> IntArray:
        cells = rows[:, None] * self._width + np.arange(self._width)
        return np.asarray(cells.ravel())

    def _numbered(self, answers: Sequence[Answer]) -> IntArray:
        if not self.is_multi:
            return np.array([self._numbers[each[0]] for each in answers], dtype=np.int64)
        table = np.zeros((len(answers), self._width), dtype=np.int64)
        for row, answer in enumerate(answers):
            table[row, [self._numbers[each] for each in answer]] = 1
        return table.ravel()


def _issue(
    cells: _Cells, cell: int, labels: Mapping[int, Answer], proba: FloatArray, belief: FloatArray
) -> Issue:
    place, number = cells.place_of(cell)
    row, item = proba[place], cells.items[place]
    if cells.is_multi:
        said = tuple(sorted(c for c, p in zip(cells.classes, row, strict=True) if p >= 0.5))
        sure = max(float(row[number]), 1 - float(row[number]))
    else:
        said, sure = (cells.classes[int(row.argmax())],), float(row.max())
    return Issue(item, labels[item], said, float(belief[cell]), sure)
