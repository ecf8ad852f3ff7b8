"""From answers to consensus and reliabilities, for a whole project: one class per item or several.

With several classes every pair of item and class that somebody named is a yes-or-no item of its
own, so that each class is decided by itself and one skill covers them all; what nobody named is
no. Only items with two answers or more tell anything of skill.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from annotation.quality import consensus
from annotation.quality.consensus import Reliability
from annotation.quality.single import ENOUGH, UNKNOWN
from annotation.quality.votes import IntArray, Votes

Answer = tuple[int, ...]


@dataclass(frozen=True)
class Said:
    """One annotator's standing answer to one item; `label` is its number, which rises with time."""

    item: int
    annotator: int
    answer: Answer
    label: int = 0


@dataclass(frozen=True)
class Verdict:
    """What an item's answers come to; certainty in (0, 1] that it is right."""

    answer: Answer
    certainty: float
    n_labels: int
    is_tied: bool = False
    is_final: bool = False


@dataclass(frozen=True)
class Settled:
    """The verdict of every item, the reliability of everybody who answered, and their mean
    skill."""

    verdicts: dict[int, Verdict]
    people: dict[int, Reliability]
    mean_skill: float
    panel: "Panel"
    agreed: consensus.Agreed


def settle(
    said: Sequence[Said],
    *,
    classes: Sequence[int],
    is_multi: bool,
    truths: Mapping[int, Answer] | None = None,
    leave_out: frozenset[int] = frozenset(),
) -> Settled:
    """Agree on every item; `said` is ordered by item, one row per item and annotator.

    Unit: probability. Raises QualityError when an annotator answered an item twice. `truths` are
    decisions and known answers: final, and what people are held against. Answers of people left
    out count for nothing, neither for an item nor for anybody's skill, but how they compare with
    the others is still told.
    """
    items = {item: list(rows) for item, rows in groupby(said, key=lambda each: each.item)}
    known = truths or {}
    panel = _panel(items, known, classes, is_multi=is_multi)
    agreed = consensus.agree(panel.heard(leave_out), truths=panel.truths)
    people = _people(panel, agreed, said)
    mean = _mean(people, leave_out)
    verdicts = {item: Verdict(answer, 1.0, 0, is_final=True) for item, answer in known.items()}
    for item, rows in items.items():
        counted = [each for each in rows if each.annotator not in leave_out]
        if item in known:
            verdicts[item] = replace(verdicts[item], n_labels=len(counted))
        elif len(counted) == 1:
            sure = _lone(people, mean, counted[0].annotator)
            verdicts[item] = Verdict(counted[0].answer, sure, 1)
        elif counted:
            verdicts[item] = _agreed_on(panel, agreed, item, len(counted), classes)
    return Settled(verdicts, people, mean, panel, agreed)


def weigh(certainty: float, mean_skill: float) -> float:
    """What an item counts for in training: its certainty, 1 at the mean skill of the annotators.

    Unit: weight in (0, 1]. So an answer nobody can judge counts whole, and one that others
    contradict, or of somebody known to err, counts less. Source: quality defaults.
    """
    return min(certainty / mean_skill, 1.0)


@dataclass(frozen=True)
class Panel:
    """Items that tell of skill, as votes: one row per item, or one per class that was named.

    cells of an item are its rows with the class each asks about; None asks which class it is.
    labels (n,) says of which answer each vote is.
    """

    votes: Votes
    truths: IntArray
    annotators: list[int]
    cells: dict[int, list[tuple[int, int | None]]]
    labels: IntArray

    def heard(self, leave_out: frozenset[int]) -> Votes:
        out = np.array([each in leave_out for each in self.annotators], dtype=np.bool_)
        return self.votes.only(~out[self.votes.annotators]) if out.any() else self.votes


def _panel(
    items: Mapping[int, Sequence[Said]],
    truths: Mapping[int, Answer],
    classes: Sequence[int],
    *,
    is_multi: bool,
) -> Panel:
    telling = {i: rows for i, rows in items.items() if len(rows) > 1 or i in truths}
    annotators = sorted({each.annotator for rows in telling.values() for each in rows})
    places = {annotator: place for place, annotator in enumerate(annotators)}
    numbers = {class_id: number for number, class_id in enumerate(classes)}
    triples: list[tuple[int, int, int, int]] = []
    cells: dict[int, list[tuple[int, int | None]]] = {}
    known: list[int] = []
    for item, rows in telling.items():
        truth = truths.get(item)
        cells[item] = []
        for asked in _asked(rows, truth, is_multi=is_multi):
            cells[item].append((len(known), asked))
            triples += [
                (len(known), places[each.annotator], _vote(each.answer, asked, numbers), each.label)
                for each in rows
            ]
            known.append(-1 if truth is None else _vote(truth, asked, numbers))
    columns = np.array(triples, dtype=np.int64).reshape(-1, 4).T
    k = 2 if is_multi else max(len(numbers), 2)
    votes = Votes(columns[0], columns[1], columns[2], len(known), len(annotators), k)
    return Panel(votes, np.array(known, dtype=np.int64), annotators, cells, columns[3])


def _asked(rows: Sequence[Said], truth: Answer | None, *, is_multi: bool) -> Sequence[int | None]:
    if not is_multi:
        return [None]
    return sorted({c for each in rows for c in each.answer} | set(truth or ()))


def _vote(answer: Answer, asked: int | None, numbers: Mapping[int, int]) -> int:
    return numbers[answer[0]] if asked is None else int(asked in answer)


def _people(panel: Panel, agreed: consensus.Agreed, said: Sequence[Said]) -> dict[int, Reliability]:
    """Everybody who answered; who shares no item is known by the prior alone."""
    measured = consensus.reliabilities(panel.votes, agreed)
    known = dict(zip(panel.annotators, measured, strict=True))
    nothing = consensus.reliability_of_nothing()
    return {who: known.get(who, nothing) for who in sorted({each.annotator for each in said})}


def _mean(people: Mapping[int, Reliability], leave_out: frozenset[int]) -> float:
    """Mean skill of those who count, each by their shared answers; the prior before any."""
    counted = [each for who, each in people.items() if who not in leave_out and each.n]
    if not counted:
        return UNKNOWN
    return float(np.average([e.value for e in counted], weights=[e.n for e in counted]))


def _lone(people: Mapping[int, Reliability], mean: float, annotator: int) -> float:
    """What a lone answer is believed with: their own skill once it is known, else the mean."""
    known = people[annotator]
    return known.value if known.n >= ENOUGH else mean


def _agreed_on(
    panel: Panel, agreed: consensus.Agreed, item: int, n: int, classes: Sequence[int]
) -> Verdict:
    """The verdict of an item with two answers that count; as sure as of its least sure class."""
    cells = panel.cells[item]
    labels = [int(agreed.labels[place]) for place, _ in cells]
    sure = [float(agreed.posteriors[p, n]) for (p, _), n in zip(cells, labels, strict=True)]
    answer = tuple(
        classes[label] if asked is None else asked
        for (_, asked), label in zip(cells, labels, strict=True)
        if asked is None or label
    )
    tied = any(bool(agreed.is_tied[place]) for place, _ in cells)
    # Nobody named any class: all said "none", and what nobody named is no.
    certainty = min(max(min(sure, default=1.0), 1e-6), 1.0)
    return Verdict(answer, certainty, n, is_tied=tied)
