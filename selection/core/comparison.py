"""Several strategies over several seeds, and what they come to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from selection.core.catalog import STRATEGIES
from selection.core.config import LoopConfig
from selection.core.simulation import Oracle, Point, full_data_accuracy, labels_to, simulate

SHARES = (0.85, 0.90, 0.95)


@dataclass(frozen=True)
class Run:
    """One strategy with one seed: a point per batch."""

    strategy: str
    seed: int
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Curve:
    """Test accuracy of one strategy over its seeds: mean, lowest and highest, per label count."""

    strategy: str
    labels: tuple[int, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    labels_to: Mapping[str, tuple[int | None, ...]]


def compare(
    oracle: Oracle,
    config: LoopConfig,
    strategies: Sequence[str],
    *,
    budget: int,
    seeds: Sequence[int],
    progress: Callable[[int], object] | None = None,
) -> list[Run]:
    """Replay every strategy with every seed; a random strategy also starts at random.

    Shapes: as in Oracle. Unit: labels. Errors: as `simulate`. Source: ours; strategies share
    seeds, so that they start from the same audit order.
    """
    return [
        Run(name, seed, tuple(simulate(oracle, each, budget=budget, seed=seed, progress=progress)))
        for name, each in ((name, with_strategy(config, name)) for name in strategies)
        for seed in seeds
    ]


def curves(runs: Sequence[Run], ceiling: float) -> list[Curve]:
    """One curve per strategy, and the labels to 85, 90 and 95 % of the ceiling for each seed.

    Shapes: none. Unit: accuracy in [0, 1]. Errors: none. Source: ours; points without a model
    are left out.
    """
    names = dict.fromkeys(run.strategy for run in runs)
    return [_curve(name, [run for run in runs if run.strategy == name], ceiling) for name in names]


def with_strategy(config: LoopConfig, name: str) -> LoopConfig:
    """The configuration of one run; a random strategy also starts at random, as a yardstick.

    Shapes, unit: none. Raises ConfigError on an unknown name. Source: ours.
    """
    is_random = name in STRATEGIES and STRATEGIES[name].is_random
    if not is_random:
        return replace(config, strategy=name)
    return replace(config, strategy=name, cold_start="random", cold_start_params={})


def report(
    runs: Sequence[Run], oracle: Oracle, config: LoopConfig, about: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything as plain values for JSON.

    Shapes: none. Unit: as in Point. Errors: as `full_data_accuracy`. Source: ours.
    """
    ceiling = full_data_accuracy(oracle, config)
    return {
        "about": dict(about),
        "configs": {
            name: with_strategy(config, name).to_dict()
            for name in dict.fromkeys(run.strategy for run in runs)
        },
        "full_data_accuracy": ceiling,
        "runs": [asdict(run) for run in runs],
        "summary": [asdict(curve) for curve in curves(runs, ceiling)],
    }


def _curve(name: str, runs: Sequence[Run], ceiling: float) -> Curve:
    tested: dict[int, list[float]] = {}
    for run in runs:
        for point in run.points:
            if point.test_accuracy is not None:
                tested.setdefault(point.labels, []).append(point.test_accuracy)
    labels = tuple(sorted(tested))
    return Curve(
        strategy=name,
        labels=labels,
        mean=tuple(float(np.mean(tested[at])) for at in labels),
        low=tuple(min(tested[at]) for at in labels),
        high=tuple(max(tested[at]) for at in labels),
        labels_to={
            f"{share:.0%}": tuple(labels_to(list(run.points), share * ceiling) for run in runs)
            for share in SHARES
        },
    )
