"""From answers to consensus and reliabilities, for a whole project: one class per item or several.

With several classes every pair of item and class that somebody named is a yes-or-no item of its
own, so that each class is decided by itself and one skill covers them all; what nobody named is
no. Only items with two answers or more tell anything of skill.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from annotation.quality import consensus
from annotation.quality.consensus import Reliability
from annotation.quality.single import ENOUGH, RIGHT, WRONG
from annotation.quality.votes import BoolArray, FloatArray, IntArray, Votes

Answer = tuple[int, ...]


@dataclass(frozen=True)
class Said:
    """One annotator's standing answer to one item; `label` is its number, which rises with time.

    `tells` of the giver's skill: not if the answer was why somebody else was asked.
    """

    item: int
    annotator: int
    answer: Answer
    label: int = 0
    tells: bool = True


@dataclass(frozen=True)
class Opinions:
    """What models that saw no label of these items think of them: items (n,), proba (n, C) of
    these classes. Of audit items there must be none: they measure the models."""

    items: IntArray
    classes: Sequence[int]
    proba: FloatArray


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
    opinions: Opinions | None = None,
) -> Settled:
    """Agree on every item; `said` is ordered by item, one row per item and annotator.

    Unit: probability. Raises QualityError when an annotator answered an item twice. `truths` are
    decisions and known answers: final, and what people are held against. Answers of people left
    out count for nothing, neither for an item nor for anybody's skill, but how they compare with
    the others is still told. `opinions` are asked where people differ; they say nothing of people.
    """
    items = {item: list(rows) for item, rows in groupby(said, key=lambda each: each.item)}
    known = truths or {}
    panel = _panel(items, known, classes, is_multi=is_multi)
    heard = panel.heard(leave_out)
    agreed = consensus.agree(
        panel.votes.only(heard),
        opinions=None if opinions is None else _word(panel, opinions),
        truths=panel.truths,
        telling=panel.telling[heard],
    )
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


def mean_skill(people: Iterable[tuple[float, int]]) -> float:
    """The chance that an answer of somebody is right, by all shared answers together: each one's
    skill and number of shared answers.

    Unit: share. Source: posterior mean under one Beta(4, 2) for everybody; each skill leans on a
    Beta(4, 2) of its own, which is taken out first: many who share little would look alike bad.
    """
    right, n = RIGHT, RIGHT + WRONG
    for skill, shared in people:
        right += min(max(skill * (shared + RIGHT + WRONG) - RIGHT, 0.0), float(shared))
        n += shared
    return right / n


@dataclass(frozen=True)
class Panel:
    """Items that tell of skill, as votes: one row per item, or one per class that was named.

    cells of an item are its rows with the class each asks about; None asks which class it is.
    classes are numbered in the project's order.
    labels (n,) says of which answer each vote is, telling (n,) whether it tells of its giver.
    """

    votes: Votes
    truths: IntArray
    annotators: list[int]
    cells: dict[int, list[tuple[int, int | None]]]
    classes: Mapping[int, int]
    labels: IntArray
    telling: BoolArray

    def heard(self, leave_out: frozenset[int]) -> BoolArray:
        """Return which votes count: (n,)."""
        out = np.array([each in leave_out for each in self.annotators], dtype=np.bool_)
        return np.asarray(~out[self.votes.annotators])


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
    rows_of: list[tuple[int, int, int, int, bool]] = []
    cells: dict[int, list[tuple[int, int | None]]] = {}
    known: list[int] = []
    for item, rows in telling.items():
        truth = truths.get(item)
        cells[item] = []
        for asked in _asked(rows, truth, is_multi=is_multi):
            cells[item].append((len(known), asked))
            said = [(places[each.annotator], _vote(each.answer, asked, numbers)) for each in rows]
            rows_of += [
                (len(known), who, vote, each.label, each.tells or truth is not None)
                for (who, vote), each in zip(said, rows, strict=True)
            ]
            known.append(-1 if truth is None else _vote(truth, asked, numbers))
    columns = np.array(rows_of, dtype=np.int64).reshape(-1, 5).T
    k = 2 if is_multi else max(len(numbers), 2)
    votes = Votes(columns[0], columns[1], columns[2], len(known), len(annotators), k)
    truth_of, tells = np.array(known, dtype=np.int64), columns[4].astype(np.bool_)
    return Panel(votes, truth_of, annotators, cells, numbers, columns[3], tells)


def _word(panel: Panel, opinions: Opinions) -> FloatArray:
    """The opinions in the panel's rows: (I, K); NaN where there is none."""
    found = np.full((panel.votes.n_items, panel.votes.n_classes), np.nan)
    places = {item: place for place, item in enumerate(opinions.items.tolist())}
    columns = {each: place for place, each in enumerate(opinions.classes)}
    known = [(n, columns[each]) for each, n in panel.classes.items() if each in columns]
    for item in panel.cells.keys() & places.keys():
        said = opinions.proba[places[item]]
        for row, asked in panel.cells[item]:
            if asked is None:
                found[row] = 0.0
                found[row, [n for n, _ in known]] = said[[column for _, column in known]]
            elif asked in columns:
                found[row] = 1 - said[columns[asked]], said[columns[asked]]
    return found


def _asked(rows: Sequence[Said], truth: Answer | None, *, is_multi: bool) -> Sequence[int | None]:
    if not is_multi:
        return [None]
    return sorted({c for each in rows for c in each.answer} | set(truth or ()))


def _vote(answer: Answer, asked: int | None, numbers: Mapping[int, int]) -> int:
    return numbers[answer[0]] if asked is None else int(asked in answer)


def _people(panel: Panel, agreed: consensus.Agreed, said: Sequence[Said]) -> dict[int, Reliability]:
    """Everybody who answered; who shares no item is known by the prior alone."""
    measured = consensus.reliabilities(panel.votes, agreed, telling=panel.telling)
    known = dict(zip(panel.annotators, measured, strict=True))
    nothing = consensus.reliability_of_nothing()
    return {who: known.get(who, nothing) for who in sorted({each.annotator for each in said})}


def _mean(people: Mapping[int, Reliability], leave_out: frozenset[int]) -> float:
    """Mean skill of those who count."""
    return mean_skill([(e.value, e.n) for who, e in people.items() if who not in leave_out])


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
    sure = [float(agreed.believed[p, n]) for (p, _), n in zip(cells, labels, strict=True)]
    answer = tuple(
        classes[label] if asked is None else asked
        for (_, asked), label in zip(cells, labels, strict=True)
        if asked is None or label
    )
    tied = any(bool(agreed.is_tied[place]) for place, _ in cells)
    # Nobody named any class: all said "none", and what nobody named is no.
    certainty = min(max(min(sure, default=1.0), 1e-6), 1.0)
    return Verdict(answer, certainty, n, is_tied=tied)
