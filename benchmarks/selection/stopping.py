"""Where stopping rules stop: labels, accuracy lost, regret; ours beside published ones.

`python -m benchmarks.selection.stopping --runs RUNS` judges the runs that `recordings` wrote.
"""

import os
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.selection.forecast import curve_at
from benchmarks.selection.recordings import Recording, read
from selection.core import stopping
from selection.core.agreement import kappa
from selection.core.holding import counted
from selection.core.types import FloatArray, PastRound, StopFacts, Verdict

# Labels that a lead would give for one point more: the price by which a stop is judged.
PRICES = (20, 100)
NEAR = 0.01

# says(run, t) -> whether to stop at round t, by what is known then
Says = Callable[[Recording, int], bool]


@dataclass(frozen=True)
class Stop:
    """Where a rule stopped a run, None for never; `best` is the stop nobody can know beforehand.

    lost: points of accuracy below the best of the run; regret: by price, what label cost and lost
    points come to above the best possible stop, in points.
    """

    labels: int | None
    ratio: float
    lost: float
    regret: Mapping[int, float]


def three_in_a_row(run: Recording, t: int, *, least: float = 0.99) -> bool:
    """Stabilising predictions as published: three successive models, mean pairwise kappa."""
    if t < 2 or not (run.test[t - 2 : t + 1] > 0).all():
        return False
    models = [run.answers[at].astype(np.int64) for at in (t - 2, t - 1, t)]
    return bool(np.mean([kappa(a, b) for a, b in combinations(models, 2)]) >= least)


def no_change(run: Recording, t: int) -> bool:
    """Classification change: two successive models answer the same."""
    known = t >= 1 and run.test[t - 1] > 0
    return bool(known and (run.answers[t] == run.answers[t - 1]).all())


def uncertainty(run: Recording, t: int, *, most: float) -> bool:
    """Overall uncertainty: the mean chance of error by the model's own account."""
    return bool(run.doubt[t] <= most)


def confidence(run: Recording, t: int, *, most: float = 0.1) -> bool:
    """Maximum confidence: even the most doubtful item is nearly sure."""
    return bool(run.doubt_most[t] <= most)


def batch_accuracy(run: Recording, t: int, *, least: float = 0.9) -> bool:
    """Oracle accuracy: the model before was right about the batch just labelled."""
    return bool(t >= 1 and run.test[t - 1] > 0 and run.batch_hits[t - 1] >= least)


PUBLISHED: dict[str, Says] = {
    "stabilising predictions, 0.99 (Bloodgood 2009)": three_in_a_row,
    "classification change (Zhu 2008)": no_change,
    "overall uncertainty, 0.01 (Zhu 2008)": partial(uncertainty, most=0.01),
    "overall uncertainty, 0.05": partial(uncertainty, most=0.05),
    "maximum confidence, 0.1 (Zhu 2007)": confidence,
    "accuracy on the batch, 0.9 (Zhu 2007)": batch_accuracy,
}
OURS: dict[str, Callable[..., Verdict]] = {
    "stabilised, one look": partial(stopping.stabilised, looks=1),
    "stabilised (default: two looks)": stopping.stabilised,
    "stabilised, three looks": partial(stopping.stabilised, looks=3),
    "plateau (default: two looks)": stopping.plateau,
    "plateau, 2 points": partial(stopping.plateau, gain=0.02),
    "little gain, 1 point": stopping.little_gain,
    "little gain, 2 points": partial(stopping.little_gain, gain=0.02),
    "price of the next point, 200 labels": partial(stopping.poor_value, labels=200),
}


def first_of(run: Recording, says: Says) -> int | None:
    """The first round at which a published rule says stop."""
    return next((t for t in range(len(run.labels)) if run.test[t] > 0 and says(run, t)), None)


def first_of_ours(run: Recording, rule: Callable[..., Verdict]) -> int | None:
    """The first round at which one of our rules says stop, its looks counted as in production."""
    rounds: tuple[PastRound, ...] = ()
    for t in range(len(run.labels)):
        rounds = (*rounds, _round(run, t))
        seen = StopFacts(rounds, n_candidates=1000, audit_size=300, curve=curve_at(run, t))
        verdict = rule(seen)
        if verdict.stop:
            return t
        rounds = (*rounds[:-1], replace(rounds[-1], held=counted(rounds, (verdict,))))
    return None


def judged(run: Recording, at: int | None) -> Stop:
    """What stopping there costs, beside the best possible stop; never = at the run's end."""
    truth = smooth(run)
    place = len(truth) - 1 if at is None else at
    near = int(np.flatnonzero(truth >= truth.max() - NEAR)[0])
    regret = {
        price: float((costs := 100 * (1 - truth) + run.labels / price)[place] - costs.min())
        for price in PRICES
    }
    labels = None if at is None else int(run.labels[at])
    lost = 100 * float(truth.max() - truth[place])
    return Stop(labels, float(run.labels[place] / run.labels[near]), lost, regret)


def smooth(run: Recording) -> FloatArray:
    """The true accuracy at each round, the mean of it and its neighbours."""
    padded = np.pad(run.test, 1, mode="edge")
    return np.asarray(np.convolve(padded, np.ones(3) / 3, mode="valid"))


def table(runs: Mapping[str, Recording]) -> str:
    """One line per rule: medians over the runs."""
    heads = [
        "rule", "stopped", "labels (quartiles)", "x labels to within a point", "points lost",
        *(f"regret, a point worth {price} labels" for price in PRICES),
    ]  # fmt: skip
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    lines += [_line(name, stops) for name, stops in _all(runs)]
    return "\n".join(lines)


def _all(runs: Mapping[str, Recording]) -> Iterator[tuple[str, list[Stop]]]:
    for name, rule in OURS.items():
        yield f"**{name}**", [judged(run, first_of_ours(run, rule)) for run in runs.values()]
    for name, says in PUBLISHED.items():
        yield name, [judged(run, first_of(run, says)) for run in runs.values()]
    yield "all of the budget", [judged(run, None) for run in runs.values()]


def _line(name: str, stops: list[Stop]) -> str:
    fired = [stop.labels for stop in stops if stop.labels is not None]
    low, middle, high = np.quantile(fired, [0.25, 0.5, 0.75]) if fired else (np.nan,) * 3
    where = f"{middle:.0f} ({low:.0f} to {high:.0f})" if fired else "-"
    cells: list[Any] = [
        name, f"{len(fired)} of {len(stops)}", where,
        f"{np.median([stop.ratio for stop in stops]):.1f}",
        f"{np.mean([stop.lost for stop in stops]):.1f}",
        *(f"{np.mean([stop.regret[price] for stop in stops]):.1f}" for price in PRICES),
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _round(run: Recording, t: int) -> PastRound:
    return PastRound(
        number=t,
        n_labels=int(run.n_train[t]),
        n_audit=int(run.n_audit[t]),
        has_model=bool(run.test[t] > 0),
        stop_positions=np.arange(run.answers.shape[1]),
        stop_predictions=run.answers[t].astype(np.int64),
    )


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=Path, required=True, help="folder that recordings wrote")
    options = parser.parse_args()
    runs = {path.stem: read(path) for path in sorted(options.runs.glob("*-[0-9].npz"))}
    print(f"{len(runs)} runs of {len({each[:-2] for each in runs})} sets, load {os.getloadavg()}")
    print(table(runs))


if __name__ == "__main__":
    main()
