"""How often the ranges hold: forecasts made at each round, and random labels to be compared with.

`python -m benchmarks.selection.forecast --runs RUNS [--data DATA --cache CACHE]`
judges the runs that `recordings` wrote. The truth is the accuracy on rows that nothing saw.
"""

import os
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.selection.recordings import CONFIG, Recording, facts_of, mixed, read
from benchmarks.selection.sets import load
from selection.core.against import compare, random_lessons
from selection.core.fitting import fit_model
from selection.core.forecast import MIN_AUDIT, MIN_POINTS, fit_curve
from selection.core.learning_curve import resample
from selection.core.types import FloatArray, LearningCurve

AHEAD = (1.25, 1.5, 2.0, 3.0, 4.0)
GAINS = (0.01, 0.02, 0.05)
AUDITS = (50, 70, 100, 150)


@dataclass(frozen=True)
class Case:
    """One range beside the truth; what is asked: how far ahead, or a gain to be reached."""

    name: str
    asked: str
    low: float
    likely: float
    high: float
    truth: float

    @property
    def holds(self) -> bool:
        return self.low <= self.truth <= self.high


def curve_at(run: Recording, t: int, *, seed: int = 0) -> LearningCurve | None:
    """The learning curve as round t sees it; None while there is too little for a forecast."""
    n = int(run.n_audit[t])
    seen = np.flatnonzero((run.test[: t + 1] > 0) & (run.n_train[: t + 1] > 0))
    if n < MIN_AUDIT or len(seen) < MIN_POINTS:
        return None
    hits = run.hits[seen, :n].astype(np.float64)
    samples = resample(hits, rng=np.random.default_rng([seed, t]))
    counts = np.full(len(seen), n, np.int64)
    return LearningCurve(run.n_train[seen].astype(float), hits.mean(axis=1), samples, counts)


def values(name: str, run: Recording) -> Iterator[Case]:
    """Forecasts of the accuracy at more labels, from every round; the truth of three rounds."""
    for t in range(len(run.labels)):
        points = curve_at(run, t)
        if points is None:
            continue
        laws = fit_curve(points)
        for factor in AHEAD:
            then = int(np.searchsorted(run.n_train, factor * run.n_train[t]))
            if then < len(run.labels):
                truth = float(run.test[then - 1 : then + 2].mean())
                yield Case(name, f"{factor} x", *laws.at(float(run.n_train[then])), truth)


def labels(name: str, run: Recording) -> Iterator[Case]:
    """Forecasts of the labels to a gain; the truth where the smoothed curve first has it.

    Only gains that the run reaches: of others the truth is not known. The gain is one of true
    accuracy, so that the luck of the audit items counts.
    """
    smooth = np.maximum.accumulate(np.convolve(run.test, np.ones(3) / 3, mode="same")[:-1])
    for t in range(len(smooth)):
        points = curve_at(run, t)
        if points is None:
            continue
        laws = fit_curve(points)
        for gain in GAINS:
            reached = np.flatnonzero(smooth >= smooth[t] + gain)
            if len(reached):
                found = laws.labels_to(float(smooth[t] + gain))
                yield Case(name, f"+{gain:.0%}", *found, float(run.n_train[reached[0]]))


def against(name: str, seed: int, options: Namespace) -> Iterator[tuple[Case, str, int, float]]:
    """Random labels for the current value: range, verdict, labels of selection, CPU seconds."""
    data = load(name, data=options.data, cache=options.cache, seed=seed)
    data, run = mixed(data, seed), read(options.runs / f"{name}-{seed}.npz")
    random = truth_of_random(options.runs, name)
    order = np.random.default_rng([seed, 1]).permutation(len(data.targets))
    kept = order[: len(run.audit)]
    for n in AUDITS:
        t = int(np.searchsorted(run.n_audit, n))
        if t >= len(run.labels):
            continue
        audit = run.audit[: int(run.n_audit[t])]
        facts = facts_of(data, order, seed)
        facts = replace(
            facts, audit_reserved=len(kept), audit_positions=audit,
            audit_targets=data.targets[audit],
        )  # fmt: skip
        # The recording holds no settings: those that as many random labels lead to.
        some = order[len(kept) :][: len(audit)]
        taught = replace(
            facts, train_positions=some, train_targets=data.targets[some],
            train_weights=np.ones(len(some)),
        )  # fmt: skip
        learnt, _ = fit_model(taught, CONFIG, kept)
        start = time.process_time()
        choice = learnt.choice if learnt else {}
        lessons = random_lessons(facts, CONFIG, choice, rng=np.random.default_rng([seed, 5]))
        seconds = time.process_time() - start
        if lessons is None:
            continue
        hits = run.hits[t, : len(audit)]
        found = compare(lessons, hits, int(run.n_train[t]), rng=np.random.default_rng([seed, 6]))
        if found is not None:
            truth = needed_of_random(random, float(run.test[t]))
            case = Case(name, f"{len(audit)} audit labels", *found.labels, truth)
            yield case, found.verdict, int(run.n_train[t]), seconds


def truth_of_random(runs: Path, name: str) -> FloatArray:
    """Labels and accuracy of random labels, the mean over the seeds, on a fine grid (m, 2)."""
    curves = [np.load(path) for path in sorted(runs.glob(f"{name}-*-random.npy"))]
    last = min(float(curve[-1, 0]) for curve in curves)
    grid = np.geomspace(10, last, 300)
    means = np.mean([np.interp(np.log(grid), np.log(c[:, 0]), c[:, 1]) for c in curves], axis=0)
    return np.column_stack([grid, np.maximum.accumulate(means)])


def needed_of_random(curve: FloatArray, value: float) -> float:
    """Random labels for that accuracy; inf where the longest run does not get there."""
    at = int(np.searchsorted(curve[:, 1], value))
    return float(curve[at, 0]) if at < len(curve) else np.inf


def table(cases: list[Case]) -> str:
    """How often the ranges hold, by what was asked, and by set."""
    lines = ["| asked | forecasts | range holds the truth | median width | worst set |"]
    lines.append("|---|---|---|---|---|")
    for asked in dict.fromkeys(case.asked for case in cases):
        some = [case for case in cases if case.asked == asked]
        by_set = {
            name: np.mean([case.holds for case in some if case.name == name])
            for name in dict.fromkeys(case.name for case in some)
        }
        worst = min(by_set, key=lambda name: by_set[name])
        held = np.mean([case.holds for case in some])
        wide = [case.high - case.low if np.isfinite(case.high) else np.inf for case in some]
        width = np.quantile(wide, 0.5, method="inverted_cdf")
        lines.append(
            f"| {asked} | {len(some)} | {held:.0%} | {width:.3g} | {worst} {by_set[worst]:.0%} |"
        )
    return "\n".join(lines)


def main() -> None:
    options = _options()
    print(f"load {os.getloadavg()}")
    runs = {path.stem: read(path) for path in sorted(options.runs.glob("*-[0-9].npz"))}
    for kind in (values, labels):
        cases = [case for stem, run in runs.items() for case in kind(stem[:-2], run)]
        print(f"\n{kind.__name__}: {len(runs)} runs, {np.mean([c.holds for c in cases]):.1%} hold")
        print(table(cases))
    if options.data:
        _against(list(runs), options)


def _against(stems: list[str], options: Namespace) -> None:
    found = [line for stem in stems for line in against(stem[:-2], int(stem[-1]), options)]
    cases = [case for case, *_ in found]
    print(f"\nagainst random: {np.mean([case.holds for case in cases]):.0%} of {len(cases)} hold")
    print(table(cases))
    for verdict in ("fewer", "more", "unclear"):
        some = [(case, n) for case, said, n, _ in found if said == verdict]
        if some:
            right = np.mean([case.truth > n for case, n in some])
            print(f"{verdict}: {len(some)}, random truly needs more in {right:.0%}")
    print(f"CPU seconds of teaching, median: {np.median([s for *_, s in found]):.2f}")


def _options() -> Namespace:
    parser = ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--runs", type=Path, required=True, help="folder that recordings wrote")
    add("--data", type=Path, help="with it random labels are compared, too")
    add("--cache", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
