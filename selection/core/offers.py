"""Which predictions may be accepted without a human. No numpy: web processes ask as well."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log

from selection.core.basics import CoreError

LEAST_LIMIT, MOST_LIMIT = 0.001, 0.5


@dataclass(frozen=True)
class Level:
    """The surest predictions of the pool, down to a threshold, and how often such ones err.

    share of the pool wanted, n_pool predictions with a confidence of at least threshold; of the
    audit items above it n_audit, n_errors of them wrong; error is at most bound.
    """

    share: float
    threshold: float
    n_pool: int
    n_audit: int
    n_errors: int
    bound: float


def best(levels: Sequence[Level], limit: float) -> Level | None:
    """The largest set whose error is proved to be at most limit; None where none is.

    Shapes: none. Unit: share of wrong predictions. Raises CoreError unless limit is in
    [0.001, 0.5]. Source: the bounds of `acceptance.levels` hold all together, so that any limit
    may be tried, and any number of them.
    """
    checked(limit)
    proved = [each for each in levels if each.bound <= limit and each.n_pool > 0]
    return max(proved, key=lambda each: each.n_pool, default=None)


def labels_missing(
    levels: Sequence[Level], limit: float, *, alpha: float, n_audit: int
) -> int | None:
    """About how many more audit labels would prove the limit for some level.

    Shapes: none. Unit: labels; None where every level seems to err more often than that. Raises
    CoreError as `best`. Source: ln(1 / alpha) over the relative entropy of what is seen and the
    limit (Chernoff), over the level's share of the audit items.
    """
    checked(limit)
    found = [_missing(each, limit, alpha / max(len(levels), 1), n_audit) for each in levels]
    return min((each for each in found if each is not None), default=None)


def alpha_of_look(look: int, alpha: float = 0.05) -> float:
    """The error probability of the look-th final model of a project; all together at most alpha.

    Shapes: none. Unit: probability; 1/2, 1/6, 1/12 ... of it. Raises CoreError unless look is at
    least 1. Source: union bound; the sum of 1 / (k (k + 1)) is 1.
    """
    if look < 1:
        raise CoreError(f"look {look} must be at least 1")
    return alpha / (look * (look + 1))


def checked(limit: float) -> float:
    """The limit itself, or CoreError when it is none.

    Shapes: none. Unit: share. Raises CoreError unless it is in [0.001, 0.5]. Source: ours.
    """
    if not LEAST_LIMIT <= limit <= MOST_LIMIT:
        raise CoreError(
            f"{limit:g} is no limit: it must be between {LEAST_LIMIT:.1%} and {MOST_LIMIT:.0%}"
        )
    return limit


def _missing(level: Level, limit: float, alpha: float, n_audit: int) -> int | None:
    """As if the share of errors above the threshold were what was seen there."""
    if level.n_audit == 0 or n_audit == 0:
        return None
    seen = level.n_errors / level.n_audit
    if seen >= limit:
        return None
    distance = (1 - seen) * log((1 - seen) / (1 - limit))
    if seen > 0:
        distance += seen * log(seen / limit)
    needed = log(1 / alpha) / distance
    return max(ceil((needed - level.n_audit) * n_audit / level.n_audit), 1)
