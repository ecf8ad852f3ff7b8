"""Whole runs of the loop, written down round by round: what every rule may look at, and the truth.

`python -m benchmarks.selection.recordings --data DATA --cache CACHE --out RUNS` makes a file per
set and seed, and one of random labels beside it; what is there is not made again. Forecasts,
stopping rules and the comparison with random labels are then judged on the files.
"""

import os
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.selection.sets import MOST_TEST, SETS, Arrays, load
from selection.core import evaluation
from selection.core.chunks import predict
from selection.core.config import LoopConfig
from selection.core.fitting import fit_model
from selection.core.loop import STOP_SET, audit_size
from selection.core.simulation import Oracle, play
from selection.core.types import BoolArray, FloatArray, IntArray, RoundFacts, RoundResult

BUDGET, LONGEST, STEP, TEST_SHARE = 800, 3000, 1.25, 0.3
CONFIG = LoopConfig(stopping={}, cold_start="typical")


@dataclass(frozen=True)
class Recording:
    """R rounds of one run. Rounds without a model have test 0 and no predictions.

    labels, n_train, n_audit (R,); test (R,) true accuracy on the test rows; audit (K,) positions
    of the reserved items in their order, of which the first n_audit are labelled; hits (R, K)
    whether the round's model answers each of them right; answers (R, S) what it says of the stop
    set; doubt and doubt_most (R,) mean and largest chance of error by its own account;
    batch_hits (R,) how often it was right about the batch it asked for.
    """

    labels: IntArray
    n_train: IntArray
    n_audit: IntArray
    test: FloatArray
    audit: IntArray
    hits: BoolArray
    answers: IntArray
    doubt: FloatArray
    doubt_most: FloatArray
    batch_hits: FloatArray


def mixed(data: Arrays, seed: int) -> Arrays:
    """Return the set split anew: pool and test rows of one distribution, as audit items have it."""
    X = np.concatenate([data.X, data.X_test])
    targets = np.concatenate([data.targets, data.test_targets])
    order = np.random.default_rng([seed, 4]).permutation(len(X))
    test, pool = np.split(order, [min(MOST_TEST, round(TEST_SHARE * len(X)))])
    return Arrays(data.name, X[pool], targets[pool], X[test], targets[test])


def record(data: Arrays, seed: int, *, budget: int = BUDGET) -> Recording:
    """Play the loop with its defaults, and note every round."""
    oracle = Oracle(data.X, data.targets, data.X_test, data.test_targets)
    lines = [_line(result, data) for result in play(oracle, CONFIG, budget=budget, seed=seed)]
    columns = {name: np.array([line[name] for line in lines]) for name in lines[0]}
    order = np.random.default_rng([seed, 1]).permutation(len(data.targets))
    return Recording(audit=order[: audit_size(len(order), CONFIG)], **columns)


def _line(result: RoundResult, data: Arrays) -> dict[str, Any]:
    past, model = result.past, result.model
    line = {
        "labels": past.n_labels + past.n_audit,
        "n_train": past.n_labels,
        "n_audit": past.n_audit,
    }
    if model is None:
        size = audit_size(len(data.X), CONFIG)
        nothing = np.full(min(STOP_SET, len(data.X)), -1, np.int16)
        return line | {
            "test": 0.0, "hits": np.zeros(size, bool), "answers": nothing,
            "doubt": 1.0, "doubt_most": 1.0, "batch_hits": 0.0,
        }  # fmt: skip
    doubts = evaluation.doubts(predict(model, data.X, past.stop_positions), "single")
    batch = np.array([pick.position for pick in result.batch], dtype=np.int64)
    return line | {
        "test": float(_right(model, data.X_test, data.test_targets).mean()),
        "hits": past.audit_predictions == data.targets[past.audit_positions].argmax(axis=1),
        "answers": past.stop_predictions.astype(np.int16),
        "doubt": float(doubts.mean()),
        "doubt_most": float(doubts.max()),
        "batch_hits": float(_right(model, data.X[batch], data.targets[batch]).mean())
        if len(batch)
        else 0.0,
    }


def _right(model: Any, X: Any, targets: FloatArray) -> BoolArray:
    return np.asarray(model.predict_proba(X).argmax(axis=1) == targets.argmax(axis=1))


def random_curve(data: Arrays, seed: int) -> FloatArray:
    """Labels and true accuracy (m, 2) of the same learner on random labels outside the audit."""
    order = np.random.default_rng([seed, 1]).permutation(len(data.targets))
    kept, rest = np.split(order, [audit_size(len(order), CONFIG)])
    rest = np.random.default_rng([seed, 2]).permutation(rest)
    points, n, facts = [], 10, facts_of(data, order, seed)
    while n <= min(LONGEST, len(rest)):
        taken = rest[:n]
        facts = replace(
            facts, train_positions=taken, train_targets=data.targets[taken],
            train_weights=np.ones(n),
        )  # fmt: skip
        learnt, _ = fit_model(facts, CONFIG, kept)
        if learnt is not None:
            right = _right(learnt.model, data.X_test, data.test_targets)
            points.append((n, float(right.mean())))
        n = max(n + 5, round(n * STEP))
    return np.array(points)


def facts_of(data: Arrays, order: IntArray, seed: int) -> RoundFacts:
    n, n_classes = data.targets.shape
    none, no_targets = np.empty(0, np.int64), np.empty((0, n_classes))
    return RoundFacts(
        features=data.X, n_classes=n_classes, train_positions=none, train_targets=no_targets,
        train_weights=np.empty(0), audit_order=order, audit_positions=none,
        audit_targets=no_targets, unavailable=np.zeros(n, bool), pending=none, number=0, seed=seed,
    )  # fmt: skip


def read(path: Path) -> Recording:
    """Return what a file holds."""
    with np.load(path) as found:
        return Recording(**{each.name: found[each.name] for each in fields(Recording)})


def main() -> None:
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    print(f"load {os.getloadavg()}", flush=True)
    for seed in range(options.seeds):
        for name in options.sets.split(","):
            _make(name, seed, options)
    print(f"done, load {os.getloadavg()}")


def _make(name: str, seed: int, options: Namespace) -> None:
    run, random = (options.out / f"{name}-{seed}{end}" for end in (".npz", "-random.npy"))
    if run.exists() and random.exists():
        return
    data = mixed(load(name, data=options.data, cache=options.cache, seed=seed), seed)
    if not run.exists():
        found = record(data, seed)
        np.savez(run, **{each.name: getattr(found, each.name) for each in fields(Recording)})
        print(f"{run.name}: {len(found.labels)} rounds, test {found.test[-1]:.3f}", flush=True)
    if not random.exists():
        np.save(random, random_curve(data, seed))


def _options() -> Namespace:
    parser = ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder with a folder per data set")
    add("--cache", type=Path, required=True, help="folder for encoded features")
    add("--out", type=Path, required=True, help="folder for the runs")
    add("--sets", default=",".join(SETS))
    add("--seeds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
