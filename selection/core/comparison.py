"""Several variants of the loop over several seeds, and what they come to."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import product
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from selection.core.catalog import STRATEGIES
from selection.core.config import LoopConfig
from selection.core.executors import map_chunks
from selection.core.people import People
from selection.core.simulation import Oracle, Point, full_data_accuracy, labels_to, simulate
from selection.core.types import Executor, FloatArray

SHARES = (0.85, 0.90, 0.95)
ABSOLUTE = 0.85
ABSOLUTE_NAME = f"accuracy {ABSOLUTE:.0%}"


@dataclass(frozen=True)
class Run:
    """One variant with one seed: a point per batch."""

    strategy: str
    seed: int
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Curve:
    """Test accuracy of one variant over its seeds, per label count, and its mean macro-F1.

    low and high are the extremes, deviation the standard deviation over seeds. labels_to holds,
    per seed, the labels to shares of the ceiling and to an accuracy of 85 %; None = never.
    """

    strategy: str
    labels: tuple[int, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    deviation: tuple[float, ...]
    macro_f1: tuple[float, ...]
    labels_to: Mapping[str, tuple[int | None, ...]]


@dataclass(frozen=True)
class Plan:
    """What is replayed: every variant with every seed. data tells one pool from another."""

    variants: Mapping[str, LoopConfig]
    seeds: tuple[int, ...]
    budget: int
    people: People = field(default_factory=People)
    data: str = ""

    def tasks(self) -> list[tuple[str, int]]:
        return [(name, seed) for name in self.variants for seed in self.seeds]


def variants_of(
    config: LoopConfig,
    strategies: Sequence[str],
    cold_starts: Sequence[str] = (),
    models: Sequence[str] = (),
) -> dict[str, LoopConfig]:
    """Every combination, named by what differs.

    Shapes, unit: none. Raises ConfigError on an unknown name. Source: ours; a random strategy
    also starts at random, as a yardstick, so it has no other starts.
    """
    found: dict[str, LoopConfig] = {}
    starts, kinds = cold_starts or [config.cold_start], models or [config.estimator]
    for name, start, model in product(strategies, starts, kinds):
        params = config.cold_start_params if start == config.cold_start else {}
        each = replace(config, cold_start=start, cold_start_params=params)
        kept = config.estimator_params if model == config.estimator else {}
        each = with_strategy(replace(each, estimator=model, estimator_params=kept), name)
        parts = [name, each.cold_start if len(starts) > 1 else "", model if len(kinds) > 1 else ""]
        found["/".join(filter(None, parts))] = each
    return found


def with_strategy(config: LoopConfig, name: str) -> LoopConfig:
    """The configuration of one run; a random strategy also starts at random, as a yardstick.

    Shapes, unit: none. Raises ConfigError on an unknown name. Source: ours.
    """
    is_random = name in STRATEGIES and STRATEGIES[name].is_random
    if not is_random:
        return replace(config, strategy=name)
    return replace(config, strategy=name, cold_start="random", cold_start_params={})


def compare(
    oracle: Oracle,
    plan: Plan,
    *,
    journal: Path | None = None,
    executor: Executor | None = None,
    progress: Callable[[int], object] | None = None,
) -> list[Run]:
    """Replay every variant with every seed, in the order of the plan.

    Shapes: as in Oracle. Unit: labels. Errors: as `simulate`. Source: ours; variants share
    seeds, so that they start from the same audit order. In the folder `journal` each run writes
    a line per batch; a run found whole there, of the same plan and data, is not done again.
    progress gets the number of labels of each run that is through.
    """
    runs: list[Run] = []
    for run in map_chunks(_run, plan.tasks(), oracle, plan, journal, executor=executor):
        runs.append(run)
        if progress is not None:
            progress(run.points[-1].labels)
    return runs


def journal_of(folder: Path, task: tuple[str, int]) -> Path:
    """The file a run writes a line per batch to, in the folder of all journals.

    Shapes, unit: none. Errors: none. Source: ours.
    """
    name, seed = task
    return folder / f"{name.replace('/', '-')}-{seed}.jsonl"


def curves(runs: Sequence[Run], ceiling: float) -> list[Curve]:
    """One curve per variant, and the labels to 85, 90 and 95 % of the ceiling for each seed.

    Shapes: none. Unit: accuracy in [0, 1]. Errors: none. Source: ours; points without a model
    are left out.
    """
    names = dict.fromkeys(run.strategy for run in runs)
    return [_curve(name, [run for run in runs if run.strategy == name], ceiling) for name in names]


def report(
    runs: Sequence[Run], oracle: Oracle, plan: Plan, about: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything as plain values for JSON.

    Shapes: none. Unit: as in Point. Errors: as `full_data_accuracy`. Source: ours; where several
    models are compared, the best one's accuracy with all labels is the ceiling of all.
    """
    by_model = {}
    for config in plan.variants.values():
        key = json.dumps([config.estimator, dict(config.estimator_params)], sort_keys=True)
        if key not in by_model:
            by_model[key] = full_data_accuracy(oracle, config)
    ceiling = max(by_model.values())
    return {
        "about": dict(about),
        "configs": {name: config.to_dict() for name, config in plan.variants.items()},
        "people": asdict(plan.people),
        "full_data_accuracy": ceiling,
        "full_data_accuracy_by_model": by_model,
        "runs": [asdict(run) for run in runs],
        "summary": [asdict(curve) for curve in curves(runs, ceiling)],
    }


def _run(task: tuple[str, int], oracle: Oracle, plan: Plan, journal: Path | None) -> Run:
    name, seed = task
    if journal is None:
        return Run(name, seed, tuple(_points(task, oracle, plan, None)))
    path = journal_of(journal, task)
    key = _key(task, plan)
    found = _whole(path, key)
    if found is not None:
        return Run(name, seed, found)
    with path.open("w", encoding="utf-8") as file:
        _write(file, {"run": name, "seed": seed, "key": key})
        points = _points(task, oracle, plan, file)
        _write(file, {"end": len(points)})
    return Run(name, seed, tuple(points))


def _points(task: tuple[str, int], oracle: Oracle, plan: Plan, file: TextIO | None) -> list[Point]:
    name, seed = task
    return simulate(
        oracle,
        plan.variants[name],
        budget=plan.budget,
        seed=seed,
        people=plan.people,
        progress=None if file is None else lambda point: _write(file, asdict(point)),
    )


def _key(task: tuple[str, int], plan: Plan) -> str:
    """What a run depends on, so that one of other data or settings is not taken for it."""
    name, seed = task
    plain = [plan.variants[name].to_dict(), seed, plan.budget, asdict(plan.people), plan.data]
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def _write(file: TextIO, content: Mapping[str, Any]) -> None:
    file.write(json.dumps(content) + "\n")
    file.flush()


def _whole(path: Path, key: str) -> tuple[Point, ...] | None:
    """The points of a finished run; None when it is absent, cut short or of something else."""
    try:
        lines = list(_lines(path))
    except (OSError, ValueError):
        return None
    if len(lines) < 2 or lines[0].get("key") != key or lines[-1] != {"end": len(lines) - 2}:
        return None
    return tuple(_point(line) for line in lines[1:-1])


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            found: dict[str, Any] = json.loads(line)
            yield found


def _point(values: Mapping[str, Any]) -> Point:
    known = {each.name: _tupled(values[each.name]) for each in fields(Point)}
    return Point(**known)


def _tupled(value: Any) -> Any:
    return tuple(map(_tupled, value)) if isinstance(value, list) else value


def _curve(name: str, runs: Sequence[Run], ceiling: float) -> Curve:
    accuracy = _by_labels(runs, "test_accuracy")
    f1 = _by_labels(runs, "test_f1")
    wanted = {f"{share:.0%}": share * ceiling for share in SHARES} | {ABSOLUTE_NAME: ABSOLUTE}
    return Curve(
        strategy=name,
        labels=tuple(accuracy),
        mean=tuple(float(values.mean()) for values in accuracy.values()),
        low=tuple(float(values.min()) for values in accuracy.values()),
        high=tuple(float(values.max()) for values in accuracy.values()),
        deviation=tuple(float(values.std()) for values in accuracy.values()),
        macro_f1=tuple(float(f1[at].mean()) for at in accuracy),
        labels_to={
            what: tuple(labels_to(list(run.points), value) for run in runs)
            for what, value in wanted.items()
        },
    )


def _by_labels(runs: Sequence[Run], name: str) -> dict[int, FloatArray]:
    """One value per run at each label count of the first; straight lines where others differ."""
    measured = [
        {p.labels: getattr(p, name) for p in run.points if getattr(p, name) is not None}
        for run in runs
    ]
    measured = [each for each in measured if each]
    if not measured:
        return {}
    return {
        at: np.array(
            [np.interp(at, list(e), list(e.values())) for e in measured if min(e) <= at <= max(e)]
        )
        for at in sorted(measured[0])
    }
