"""One item's consensus while people answer: the last step of the one-coin model, skills held fixed.

Plain Python, for web processes: `consensus` does the same for all items at once, in the worker.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

# Beta(4, 2): before any answer people are expected to be right four times in six.
RIGHT, WRONG = 4.0, 2.0
UNKNOWN = RIGHT / (RIGHT + WRONG)
# Below so many shared answers an annotator counts like all of them together.
ENOUGH = 20
# Beliefs that differ by less are equal.
TIE = 1e-9


@dataclass(frozen=True)
class Given:
    """One annotator's answer, and their chance of a right one; None while it is unknown."""

    answer: tuple[int, ...]
    skill: float | None = None

    @property
    def chance(self) -> float:
        return min(max(UNKNOWN if self.skill is None else self.skill, 1e-6), 1 - 1e-6)


@dataclass(frozen=True)
class Belief:
    """The likeliest answer, how likely it is, and whether another is as likely."""

    answer: tuple[int, ...]
    certainty: float
    is_tied: bool


def believe(answers: Sequence[Given], *, n_answers: int) -> Belief:
    """Return what one item's answers say, of n_answers that were possible (classes, mostly).

    Unit: probability. Raises ValueError without an answer. Ties go to the answer with the most
    skill behind it, then stay tied, the first given named. Source: one-coin Dawid-Skene with
    even errors and all answers alike before; a lone answer is its own consensus.
    """
    if not answers:
        raise ValueError("no answers to agree on")
    if len(answers) == 1:
        return Belief(answers[0].answer, max(answers[0].chance, 1 / max(n_answers, 2)), False)
    scores = _scores(answers, max(n_answers, 2))
    best = max(scores.values())
    equal = [answer for answer, score in scores.items() if best - score < TIE]
    behind = {a: sum(each.chance for each in answers if each.answer == a) for a in equal}
    most = max(behind.values())
    first = [answer for answer in equal if most - behind[answer] < TIE]
    return Belief(first[0], _certainty(scores, best, max(n_answers, 2)), len(first) > 1)


def believe_each(answers: Sequence[Given]) -> Belief:
    """As `believe`, each class decided by itself; as sure as of the least sure class.

    Source: as `believe`, two answers per class; a class nobody named is no.
    """
    if len(answers) == 1:
        return believe(answers, n_answers=2)
    chosen, certainty, is_tied = [], 1.0, False
    for class_id in sorted({named for each in answers for named in each.answer}):
        said = [Given((int(class_id in each.answer),), each.skill) for each in answers]
        belief = believe(said, n_answers=2)
        chosen += [class_id] * belief.answer[0]
        certainty, is_tied = min(certainty, belief.certainty), is_tied or belief.is_tied
    return Belief(tuple(chosen), certainty, is_tied)


def chances_of(answers: Sequence[Given], classes: Sequence[int]) -> dict[int, float]:
    """Return how likely each class is the right one of an item with one class; they sum to 1.

    Unit: probability. Raises ValueError without an answer. A class nobody named, and that is one
    of `classes`, has what is left. Source: as `believe`.
    """
    if not answers:
        raise ValueError("no answers to tell from")
    scores = _scores(answers, max(len(classes), 2))
    odds = {each: scores.get((each,), 0.0) for each in classes}
    best = max(odds.values())
    weights = {each: exp(score - best) for each, score in odds.items()}
    total = sum(weights.values())
    return {each: weight / total for each, weight in weights.items()}


def chances_each(answers: Sequence[Given], classes: Sequence[int]) -> dict[int, float]:
    """Return how likely each class is right for an item that may have several.

    Unit: probability, each class by itself. Raises ValueError without an answer. Source: as
    `believe_each`, and a class nobody named is judged by the same rule: everybody said no.
    """
    found = {}
    for class_id in classes:
        said = [Given((int(class_id in each.answer),), each.skill) for each in answers]
        found[class_id] = chances_of(said, [0, 1])[1]
    return found


def _scores(answers: Sequence[Given], n: int) -> dict[tuple[int, ...], float]:
    """Log odds of each given answer against one that nobody gave."""
    scores: dict[tuple[int, ...], float] = {}
    for each in answers:
        gain = log(each.chance * (n - 1) / (1 - each.chance))
        scores[each.answer] = scores.get(each.answer, 0.0) + gain
    return scores


def _certainty(scores: dict[tuple[int, ...], float], best: float, n: int) -> float:
    total = sum(exp(score - best) for score in scores.values())
    return 1 / (total + max(n - len(scores), 0) * exp(min(-best, 700.0)))
