"""Further opinions where they tell most, against the same number for every item, on real answers.

Starts at two answers an item, then asks for 5 % of the items at a time; prints accuracy at three
and five answers an item, and the answers an item at which the mean over seeds is that of five even
ones (in brackets: seed by seed).
"""

import argparse
import os
import time
from pathlib import Path

import numpy as np

from annotation.quality import consensus, relabelling
from benchmarks.quality.panels import Panel, load

FIRST, MOST = 2, 9
STEPS = (3.0, 5.0)


def places(panel: Panel, *, seed: int) -> np.ndarray:
    """Return each answer's place in its item's random order: (n,)."""
    votes = panel.votes
    order = np.random.default_rng(seed).permutation(len(votes))
    order = order[np.argsort(votes.items[order], kind="stable")]
    place = np.empty(len(votes), dtype=np.int64)
    place[order] = np.arange(len(order)) - np.searchsorted(votes.items[order], votes.items[order])
    return place


def accuracy(panel: Panel, keep: np.ndarray) -> float:
    return float((consensus.agree(panel.votes.only(keep)).labels == panel.truth).mean())


def adaptive(panel: Panel, place: np.ndarray, *, upto: float) -> list[tuple[float, float]]:
    """Return (answers an item, accuracy) after every step."""
    votes, n = panel.votes, panel.votes.n_items
    there = np.bincount(votes.items, minlength=n)
    limit = np.minimum(np.full(n, FIRST), there)
    curve = []
    while True:
        now = votes.only(place < limit[votes.items])
        found = consensus.agree(now)
        curve.append((len(now) / n, float((found.labels == panel.truth).mean())))
        if curve[-1][0] >= upto:
            return curve
        skill = float(np.average(found.skills, weights=np.maximum(now.per_annotator, 1e-9)))
        asked = relabelling.wanted(now, found, size=n, skill=skill, sure=1.0, most=MOST)
        asked = asked[limit[asked] < there[asked]][: max(n // 20, 1)]
        if len(asked) == 0:
            return curve
        limit[asked] += 1


def matched(curve: list[tuple[float, float]], level: float) -> float:
    """Return the answers an item at which the level is first reached; NaN if it never is."""
    return next((n for n, value in curve if value >= level), float("nan"))


def mean_curve(curves: list[list[tuple[float, float]]]) -> list[tuple[float, float]]:
    """Return the mean over seeds, step by step; every run asks for as much in a step."""
    rows = list(zip(*curves, strict=False))
    return [(float(np.mean([n for n, _ in r])), float(np.mean([v for _, v in r]))) for r in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of bluebird, weather, ...")
    parser.add_argument("--seeds", type=int, default=10)
    args = parser.parse_args()
    print(f"Load {os.getloadavg()[0]:.1f}\n")
    print("| set | even, 3 / 5 | where it tells most, 3 / 5 | answers to match 5 even | CPU s |")
    print("|---|---|---|---|---|")
    for name in ("weather", "bluebird"):
        panel, start = load(args.data, name), time.process_time()
        even, curves = [], []
        for seed in range(args.seeds):
            place = places(panel, seed=seed)
            even.append([accuracy(panel, place < n) for n in STEPS])
            curves.append(adaptive(panel, place, upto=STEPS[-1]))
        told = [[next((v for n, v in c if n >= s), c[-1][1]) for s in STEPS] for c in curves]
        cells = [" / ".join(f"{v:.3f}" for v in np.mean(rows, axis=0)) for rows in (even, told)]
        level = float(np.mean([row[-1] for row in even]))
        each = ", ".join(f"{matched(c, e[-1]):.2f}" for c, e in zip(curves, even, strict=True))
        needed = f"{matched(mean_curve(curves), level):.2f} ({each})"
        print(
            f"| {name} | {cells[0]} | {cells[1]} | {needed} | {time.process_time() - start:.1f} |"
        )


if __name__ == "__main__":
    main()
