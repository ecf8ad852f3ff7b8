"""What a round lets annotators know of an item: the same for an item drawn and one chosen.

Audit items measure the model, so nobody may guess which they are. What is told of an item is
therefore a function of the item alone, and how often each thing is told does not depend on why
the item is asked: chosen items are doubtful more often than random ones, so most of their doubts
are told as of any other item. docs/decisions/0023 has the argument.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from selection.core.chunks import nearest_squared, predict, rows
from selection.core.outside import OutsideModel
from selection.core.types import BoolArray, FloatArray, IntArray, Model, RoundFacts, Task

# The model knows nothing; its two likeliest classes; it hesitates; it has learnt from nothing near.
UNKNOWN, BETWEEN, HESITATES, UNLIKE = "unknown", "between", "hesitates", "unlike"
# Told of a share of the items only, the same of all; every other item is told as between.
RATIONED = (HESITATES, UNLIKE)
# The model hesitates when its first class leads by less; of several classes, when one is this
# near to one half.
LEAD = 1 / 3
NEAR_HALF = 0.2
# So many random items in a hundred are farther from what was learnt than those called unlike.
FAR_PERCENT = 10


@dataclass(frozen=True)
class Told:
    """A code with the classes it speaks of, in order of their numbers. `expected` is what the
    model would have answered, None where that is not told."""

    code: str
    classes: tuple[int, ...] = ()
    expected: int | None = None


def tell(
    facts: RoundFacts,
    model: Model | None,
    task: Task,
    positions: IntArray,
    *,
    is_drawn: BoolArray,
    sample: IntArray,
    rng: Generator,
) -> list[Told]:
    """What may be told of each item: (n,), whether drawn at random or chosen in equal shares.

    Shapes: positions (n,), is_drawn (n,) true where chance alone decided, sample (s,) positions
    that are a random sample the model has not learnt from. Unit: none. Errors: none. Source:
    ours; thinning by the ratio of the rarer share to the own one, as in rejection sampling.
    """
    if model is None or len(positions) == 0 or not _is_opinion(model, positions):
        return [Told(UNKNOWN) for _ in positions]
    proba = predict(model, facts.features, positions)
    codes, usual = _codes(facts, model, task, np.concatenate([positions, sample]), len(positions))
    kept = _kept(codes, usual, is_drawn, rng)
    return [
        _told(code if keep else BETWEEN, row, task)
        for code, keep, row in zip(codes, kept, proba, strict=True)
    ]


def _is_opinion(model: Model, positions: IntArray) -> bool:
    """Whether the model speaks of all of them. If an outside one does not, nothing is told of any:
    what nobody spoke of is chosen less often, so that silence would tell the purpose."""
    return not isinstance(model, OutsideModel) or bool(model.is_known(positions).all())


def _codes(
    facts: RoundFacts, model: Model, task: Task, positions: IntArray, n: int
) -> tuple[list[str], list[str]]:
    """Each item's own code, and those of the random sample behind the first n."""
    far = _distances(facts, positions)
    doubtful = _is_doubtful(predict(model, facts.features, positions), task)
    usual = far[n:] if len(far) > n else far
    limit = float(np.percentile(usual, 100 - FAR_PERCENT)) if np.isfinite(usual).all() else np.inf
    codes = [
        UNLIKE if distance > limit else HESITATES if doubt else BETWEEN
        for distance, doubt in zip(far, doubtful, strict=True)
    ]
    return codes[:n], codes[n:]


def _distances(facts: RoundFacts, positions: IntArray) -> FloatArray:
    learnt = rows(facts.features, facts.train_positions)
    return nearest_squared(rows(facts.features, positions), learnt)


def _is_doubtful(proba: FloatArray, task: Task) -> BoolArray:
    if task == "multi":
        near: BoolArray = np.abs(proba - 0.5).min(axis=1) < NEAR_HALF
        return near
    top = np.sort(proba, axis=1)[:, -2:]
    narrow: BoolArray = top[:, -1] - top[:, 0] < LEAD
    return narrow


def _kept(
    codes: Sequence[str], usual: Sequence[str], is_drawn: BoolArray, rng: Generator
) -> BoolArray:
    """Which items keep their code, so that each code is as frequent among drawn and chosen."""
    here, sample = np.array(codes), np.array(usual or codes)
    chosen = here[~is_drawn]
    kept = np.ones(len(here), dtype=np.bool_)
    luck = rng.random(len(here))
    for code in RATIONED:
        drawn_share = float((sample == code).mean())
        chosen_share = float((chosen == code).mean()) if len(chosen) else drawn_share
        least = min(drawn_share, chosen_share)
        share = np.where(is_drawn, drawn_share, chosen_share)
        ratio = np.divide(least, share, out=np.zeros(len(here)), where=share > 0)
        kept &= (here != code) | (luck < ratio)
    return kept


def _told(code: str, proba: FloatArray, task: Task) -> Told:
    if code == UNLIKE:
        return Told(code)
    if task == "multi":
        return Told(code, (int(np.abs(proba - 0.5).argmin()),))
    first, second = (int(each) for each in np.argsort(-proba, kind="stable")[:2])
    told = Told(code, tuple(sorted((first, second))))
    return replace(told, expected=first) if code == HESITATES else told
