"""What each part of the default is worth: one thing changed at a time, on one set.

`python -m benchmarks.selection.ablations --data DATA --classes CLASSES --set NAME --out RUNS.jsonl`
"""

import argparse
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed

from benchmarks.selection.whole_runs import oracle_of
from selection.core.config import LoopConfig
from selection.core.people import People
from selection.core.simulation import Oracle, simulate

BUDGET, AT = 100, (20, 40, 60, 100)
DUPLICATES = 10


@dataclass(frozen=True)
class Variant:
    """The default with some settings changed, other people, or every item ten times."""

    name: str
    changes: dict[str, Any] = field(default_factory=dict)
    people: People = field(default_factory=People)
    copies: int = 1


VARIANTS = (
    Variant("default"),
    Variant("no descriptions", {"estimator_params": {"descriptions": False}}),
    Variant("plain logistic regression", {"estimator": "logistic"}),
    Variant("typical cold start", {"cold_start": "typical"}),
    Variant("random selection", {"strategy": "random", "cold_start": "random"}),
    Variant("margin", {"strategy": "margin"}),
    Variant("no calibration", {"calibrate": False}),
    Variant("no rare share", {"rare_share": 0.0}),
    Variant("audit share 10 %", {"audit_share": 0.1}),
    Variant("audit share 20 %", {"audit_share": 0.2}),
    Variant("batches of 1", {"batch_size": 1}),
    Variant("batches of 5", {"batch_size": 5}),
    Variant("batches of 50", {"batch_size": 50}),
    Variant("batches of 100", {"batch_size": 100}),
    Variant("every item ten times", copies=DUPLICATES),
    Variant("... near repeats allowed", {"duplicate_cosine": 1.0}, copies=DUPLICATES),
    Variant("5 % wrong answers", people=People(noise=0.05)),
    Variant("20 % wrong answers", people=People(noise=0.2)),
    Variant("4 annotators", {"reserve_size": 20}, People(annotators=4)),
    Variant("16 annotators", {"reserve_size": 20}, People(annotators=16)),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--classes", type=Path, required=True)
    parser.add_argument("--set", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    done = {(each["set"], each["variant"], each["seed"]) for each in _lines(args.out)}
    calls = (
        delayed(_run)(variant, args.set, seed, args.data, args.classes, args.out)
        for variant in VARIANTS
        for seed in range(args.seeds)
        if (args.set, variant.name, seed) not in done
    )
    Parallel(n_jobs=args.jobs, batch_size=1)(calls)
    _print([each for each in _lines(args.out) if each["set"] == args.set])


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if path.exists():
        yield from (json.loads(line) for line in path.read_text().splitlines() if line)


def _run(variant: Variant, name: str, seed: int, data: Path, classes: Path, out: Path) -> None:
    oracle = _repeated(oracle_of(name, False, data, classes), variant.copies)
    config = LoopConfig.from_dict({"batch_size": 10, "audit_share": 0.0, **variant.changes})
    points = simulate(oracle, config, budget=BUDGET, seed=seed, people=variant.people)
    found = [(each.labels, each.test_accuracy or 0.0) for each in points]
    line = {"set": name, "variant": variant.name, "seed": seed, "points": found}
    with out.open("a") as file:
        file.write(json.dumps({**line, "load": os.getloadavg()[0]}) + "\n")


def _repeated(oracle: Oracle, copies: int) -> Oracle:
    """The pool with every item several times, hardly moved."""
    if copies == 1:
        return oracle
    X = np.repeat(np.asarray(oracle.features[:], np.float32), copies, axis=0)
    X += 0.002 * np.random.default_rng(0).standard_normal(X.shape).astype(np.float32)
    targets = np.repeat(oracle.targets, copies, axis=0)
    return replace(oracle, features=X.astype(np.float16), targets=targets)


def _print(runs: list[dict[str, Any]]) -> None:
    print(f"| variant | {' | '.join(f'{n} labels' for n in AT)} |")
    print("|---" * (len(AT) + 1) + "|")
    for variant in VARIANTS:
        curves = [np.array(each["points"]) for each in runs if each["variant"] == variant.name]
        if curves:
            scores = [[np.interp(n, *curve.T) for n in AT] for curve in curves]
            cells = [f"{100 * value:.1f}" for value in np.mean(scores, axis=0)]
            print(f"| {variant.name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
