"""Known answers that measure people: when to warn, and when to ask no more. Plain Python."""

from dataclasses import dataclass
from typing import Literal

from annotation.quality.shares import wilson

# One-sided 95 %: the upper end of a 90 % interval.
Z = 1.6448536269514722
FLOOR = 0.70
WARN_AFTER, PAUSE_AFTER = 10, 20
Step = Literal["", "warn", "pause"]


@dataclass(frozen=True)
class GoldVerdict:
    """right of n known answers; `upper` is what the true share can hardly exceed."""

    right: int
    n: int
    upper: float
    floor: float
    step: Step


def judge(right: int, n: int, *, floor: float = FLOOR) -> GoldVerdict:
    """Judge the known answers of one annotator: nothing, warn after 10, pause after 20.

    Unit: shares; `floor` is the least share that is good enough, chance + 0.2 where a task is so
    hard that 0.70 is too much. Raises ValueError unless 0 <= right <= n. Source: the upper end of
    Wilson's 90 % interval below the floor.
    """
    if not 0 <= right <= n:
        raise ValueError(f"{right} right of {n} known answers is impossible")
    upper = wilson_upper(right, n)
    step: Step = ""
    if n >= WARN_AFTER and upper < floor:
        step = "pause" if n >= PAUSE_AFTER else "warn"
    return GoldVerdict(right, n, upper, floor, step)


def wilson_upper(right: int, n: int) -> float:
    """Upper end of Wilson's 90 % interval of a share; 1 when nothing is known."""
    return wilson(right, n, z=Z)[1]
