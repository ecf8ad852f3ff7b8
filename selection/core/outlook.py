"""What the fitted laws mean for a project: labels to the target, value at the budget's end, price.

The laws count training labels; people are asked for more: audit items, and further opinions.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtri

from selection.core.forecast import HIGH, LEAST_WOBBLE, LOW, SILVER, Curve, Range
from selection.core.types import LearningCurve

State = Literal["there", "reachable", "doubtful", "pool", "never"]
STEPS = 12
RECENT_SHARE, LEAST_RECENT = 0.5, 3
POINT = 0.01


@dataclass(frozen=True)
class Pace:
    """How many labels people give for one that trains.

    opinions: labels per item answered; audit_share of each batch measures, as long as audit_left
    audit items are left.
    """

    opinions: float
    audit_share: float
    audit_left: int

    def labels(self, train: float) -> float:
        """Labels that people give until so many more items train.

        Shapes: none. Unit: labels; inf stays inf. Errors: none. Source: definition.
        """
        share = self.audit_share / (1 - self.audit_share)
        beside = train * share if share else 0.0
        return self.opinions * (train + min(beside, float(self.audit_left)))

    def train(self, labels: float) -> float:
        """Items that train out of so many labels more: the inverse of `labels`.

        Shapes: none. Unit: items. Errors: none. Source: definition.
        """
        items = labels / self.opinions
        return items - min(items * self.audit_share, float(self.audit_left))


@dataclass(frozen=True)
class Step:
    """Value expected once people have given so many labels more."""

    labels: float
    value: Range


@dataclass(frozen=True)
class Outlook:
    """What may be expected. Ranges are (low, likely, high); labels are those people give.

    state: the target is "there" by the likeliest law, "reachable" (likely within the pool),
    "doubtful" (perhaps), beyond the "pool", or "never" by nearly every law; None without a target.
    to_target: labels more, inf for never. whole_pool: value with every item labelled. at_budget:
    at the end of the budget, None without one. path: ever more labels, to draw.
    """

    state: State | None
    to_target: Range | None
    now: Range
    doubling: Range
    next_point: Range
    whole_pool: Range
    at_budget: Step | None
    path: tuple[Step, ...]


@dataclass(frozen=True)
class Gain:
    """What the rounds from `first` to `last` training labels have gained: (low, likely, high)."""

    first: float
    last: float
    gain: Range


def look_ahead(
    laws: Curve,
    *,
    now: int,
    pool_left: int,
    pace: Pace,
    target: float | None,
    budget_left: int | None,
) -> Outlook:
    """Say what more labels promise.

    Shapes: none. Unit: now counts training labels, pool_left items that may still train,
    budget_left labels of people; values are shares. Errors: none. Source: `fit_curve`.
    """
    most = now + max(pool_left, 0)
    needed = None if target is None else laws.labels_to(target)
    bought = None if budget_left is None else min(pace.train(budget_left), float(pool_left))
    at_budget = None if bought is None else Step(pace.labels(bought), laws.at(now + bought))
    return Outlook(
        state=None if target is None else _state(laws, now, most, target),
        to_target=None if needed is None else _more(needed, now, pace),
        now=laws.at(now),
        doubling=laws.gain_of_doubling(now),
        next_point=_more(_ahead(laws.labels_for_gain(now, POINT), now), now, pace),
        whole_pool=laws.at(most),
        at_budget=at_budget,
        path=_path(laws, now, pool_left, pace, bought),
    )


def recent_gain(points: LearningCurve) -> Gain | None:
    """What the last doubling of the labels has gained; None with fewer than three models in it.

    Shapes: as in LearningCurve. Unit: share. Errors: none. Source: regression on the logarithm of
    the labels for each resample of the audit items, which all models share, so that the luck of
    the items cancels; the models' own wobble is added.
    """
    recent = np.flatnonzero(points.labels >= RECENT_SHARE * points.labels.max(initial=0))
    labels = points.labels[recent]
    if len(recent) < LEAST_RECENT or float(np.ptp(labels)) == 0:
        return None
    x = np.log(labels)
    away = x - x.mean()
    steps = float(x.max() - x.min()) / float(away @ away)
    likely = float(points.values[recent] @ away) * steps
    gains = points.samples[:, recent] @ away * steps
    errors = points.values[recent] - points.values[recent].mean() - likely / np.ptp(x) * away
    spread = max(float(np.sqrt(errors @ errors / max(len(x) - 2, 1))), LEAST_WOBBLE)
    even = (np.arange(len(gains)) + 0.5) * SILVER % 1
    gains = gains + ndtri(even) * spread * steps * np.sqrt(float(away @ away))
    low, high = np.quantile(gains, [LOW, HIGH])
    return Gain(
        float(labels.min()), float(labels.max()),
        (min(float(low), likely), likely, max(float(high), likely)),
    )  # fmt: skip


def per_point(amount: float, gain: Range) -> Range:
    """What a percentage point cost, from what was spent and gained: (low, likely, high).

    Shapes: none. Unit: of the amount per point; inf where nothing may have been gained. Errors:
    none. Source: definition; the most gain is the least price.
    """
    low, likely, high = (amount * POINT / each if each > 0 else np.inf for each in gain)
    return float(high), float(likely), float(low)


def _state(laws: Curve, now: int, most: int, target: float) -> State:
    low, likely, _ = laws.labels_to(target)
    if likely <= now:
        return "there"
    if likely <= most:
        return "reachable"
    if low <= most:
        return "doubtful"
    return "pool" if np.isfinite(low) else "never"


def _ahead(more: Range, now: int) -> Range:
    return more[0] + now, more[1] + now, more[2] + now


def _more(needed: Range, now: int, pace: Pace) -> Range:
    low, likely, high = (pace.labels(max(each - now, 0.0)) for each in needed)
    return low, likely, high


def _path(
    laws: Curve, now: int, pool_left: int, pace: Pace, bought: float | None
) -> tuple[Step, ...]:
    """Twice the labels, or the end of the budget if that is further, within the pool."""
    if pool_left <= 0:
        return ()
    furthest = now + min(max(float(now), bought or 0.0), float(pool_left))
    steps = np.geomspace(max(now, 1), furthest, STEPS + 1)[1:]
    return tuple(Step(pace.labels(float(each) - now), laws.at(float(each))) for each in steps)
