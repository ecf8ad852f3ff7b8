"""Where a curve crosses a level, and tables of how much sooner one curve does than another."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from selection.core.types import FloatArray

SHARES = (0.90, 0.95)
ABSOLUTE = 0.85
DRAWS = 1000
Runs = Sequence[Mapping[str, Any]]


def print_tables(runs: Runs) -> None:
    """One table per way but random: labels to a share of the anchor's full score, and ratios."""
    ways = sorted({each["way"] for each in runs} - {"random"})
    names = list(dict.fromkeys(each["set"] for each in runs))
    for way in ways:
        print(f"\n{way}\n")
        print(
            "| set | full | at 0 / 30 / 100 labels | to 90 %: random / alapp = ratio |"
            " to 95 %: random / alapp = ratio | to 85 % itself | CPU s per run |"
        )
        print("|---|---|---|---|---|---|---|")
        ratios: dict[float, list[float]] = {share: [] for share in SHARES}
        for name in names:
            ours, theirs = _of(runs, name, way), _of(runs, name, "random")
            if ours and theirs:
                print(_row(name, ours, theirs, ratios))
        for share, found in ratios.items():
            if found:
                print(
                    f"\nmedian ratio to {share:.0%}: {np.median(found):.1f}, least {min(found):.1f}"
                )


def _of(runs: Runs, name: str, way: str) -> Runs:
    return [each for each in runs if each["set"] == name and each["way"] == way]


def _row(name: str, ours: Runs, theirs: Runs, ratios: dict[float, list[float]]) -> str:
    full = next(each["full"] for each in theirs if each["full"] is not None)
    mean = _mean(ours, range(len(ours)))
    at = [float(np.interp(n, mean[:, 0], mean[:, 1])) for n in (0, 30, 100)]
    seen = " / ".join(f"{100 * score:.1f}" for score in at)
    cells = [name, f"{100 * full:.1f}", seen]
    for share in SHARES:
        text, ratio = _compared(ours, theirs, share * full)
        cells.append(text)
        ratios[share].append(ratio)
    cells.append(_compared(ours, theirs, ABSOLUTE)[0] if full > ABSOLUTE else "-")
    cells.append(f"{np.mean([each['cpu_seconds'] for each in ours]):.0f}")
    return "| " + " | ".join(cells) + " |"


def _compared(ours: Runs, theirs: Runs, level: float) -> tuple[str, float]:
    """Labels both need, their ratio with a 95 % bootstrap interval over seeds."""
    a, b = (crossing(_mean(runs, range(len(runs))), level) for runs in (theirs, ours))
    if not np.isfinite(b):
        return f"{_shown(a)} / never", 0.0
    rng = np.random.default_rng(0)
    drawn = []
    for _ in range(DRAWS):
        one = crossing(_mean(theirs, rng.integers(0, len(theirs), len(theirs))), level)
        other = crossing(_mean(ours, rng.integers(0, len(ours), len(ours))), level)
        drawn.append(one / other)
    known = [each for each in drawn if np.isfinite(each)]
    low, high = np.percentile(known or [np.nan], [2.5, 97.5])
    return f"{_shown(a)} / {b:.0f} = **{a / b:.1f}** ({low:.1f} to {high:.1f})", a / b


def _shown(labels: float) -> str:
    return f"{labels:.0f}" if np.isfinite(labels) else "more than measured"


def _mean(runs: Runs, which: Any) -> FloatArray:
    """(points, 2): labels and the mean score of these runs, which share their label counts."""
    chosen = [runs[int(each)] for each in which]
    length = min(len(each["points"]) for each in chosen)
    points = np.array([each["points"][:length] for each in chosen], np.float64)
    return np.asarray(points.mean(axis=0))


def crossing(curve: FloatArray, level: float) -> float:
    """Labels at which a curve (n, 2) first reaches the level, straight in log labels between.

    The first batch is the least that counts: a curve that starts above the level crosses there.
    """
    reached = np.flatnonzero(curve[:, 1] >= level)
    if not len(reached):
        return float("inf")
    at = int(reached[0])
    first = float(curve[curve[:, 0] > 0][0, 0])
    if at == 0 or curve[at - 1, 0] <= 0:
        return max(float(curve[at, 0]), first)
    (x0, y0), (x1, y1) = curve[at - 1], curve[at]
    share = (level - y0) / max(y1 - y0, 1e-12)
    return float(np.exp(np.log(x0) + share * (np.log(x1) - np.log(x0))))
