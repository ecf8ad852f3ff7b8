"""Replay other settings on the labels so far, in the worker, within the CPU minutes allowed."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from time import process_time
from typing import Any

import numpy as np
from django.core.exceptions import ValidationError

from alapp.clock import database_now
from annotation import exchange
from annotation.exchange import Attempt
from selection import retraining
from selection.asking import WHAT_IF
from selection.core import whatif
from selection.core.config import LoopConfig
from selection.core.simulation import Oracle
from selection.core.types import FloatArray, IntArray
from selection.core.whatif import Known, Trial
from selection.encoding import Encoded, features_of
from selection.facts import Snapshot, assemble
from selection.models import WhatIf

MIN_TEST, MIN_POOL, MIN_SEEDS = 20, 30, 3
MAX_POOL = 10_000
# Half of the audit items must be enough to learn from and to test on.
MIN_HALVES = 40
RANDOM = "Random labels"


class Interrupted(Exception):  # noqa: N818 - a state of the world, caught as such
    """The replay in hand is given up: cancelled, out of time, or something else waits."""


@dataclass(frozen=True)
class Task:
    """One replay to do: a variant by its place, -1 for random labelling, and a seed."""

    variant: int
    seed: int


def run_what_if(attempt: Attempt) -> dict[str, Any]:
    """Do the replays that are missing, as far as the minutes go; each is kept as it is done.

    Gives way to any other run that waits: a lead's curiosity must not hold up the next batch.
    """
    row = WhatIf.objects.get(pk=attempt.params["what_if"], project=attempt.project_id)
    attempt.report_progress(step="Reading the items", progress=0, total=None)
    snapshot, selection = retraining.read(attempt.project_id)
    encoded = features_of(snapshot, selection, attempt)
    if not row.known:
        row.known = _known_labels(snapshot, encoded)
        row.save(update_fields=["known"])
    known = _known(row, snapshot, encoded)
    is_over = _work(attempt, row, known, snapshot.config)
    if not is_over:
        attempt.give_way(now=database_now())
        return {}
    _conclude(row, known)
    row.finished_at = database_now()
    row.save(update_fields=["finished_at"])
    return {"what_if": row.pk, "said": row.result["said"].rstrip(".")}


def _known_labels(snapshot: Snapshot, encoded: Encoded) -> dict[str, Any]:
    """Return what may be asked and what measures, as the next round would tell them apart.

    Raises ValidationError when there is too little of either.
    """
    facts = assemble(snapshot, encoded.matrix, ())
    n_pool, n_test = len(facts.train_positions), len(facts.audit_positions)
    if n_test < MIN_TEST or n_pool < MIN_POOL:
        raise ValidationError(
            f"A what-if needs {MIN_TEST} audit labels and {MIN_POOL} others; so far there are "
            f"{n_test} and {n_pool}."
        )
    if len(np.flatnonzero(facts.train_targets.sum(axis=0))) < 2:
        raise ValidationError("A what-if needs labels of at least two classes.")
    chosen = facts.train_positions
    if n_pool > MAX_POOL:
        rng = np.random.default_rng(snapshot.seed)
        chosen = np.sort(rng.choice(chosen, MAX_POOL, replace=False))
    answers = dict(zip(snapshot.answers.item_ids.tolist(), snapshot.answers.values, strict=True))
    ids = snapshot.pool.ids
    return {
        "pool": [[item, answers[item]] for item in ids[chosen].tolist()],
        "test": [[item, answers[item]] for item in ids[facts.audit_positions].tolist()],
        "classes": list(snapshot.project.class_ids),
    }


def _known(row: WhatIf, snapshot: Snapshot, encoded: Encoded) -> Known:
    """Return rows and targets of the labels kept; items that left the pool since are left out."""
    classes: list[int] = row.known["classes"]
    (pool, targets), (test, test_targets) = (
        _part(row.known[name], classes, snapshot) for name in ("pool", "test")
    )
    # A class added meanwhile has no column here.
    are_same = tuple(classes) == snapshot.project.class_ids
    oracle = Oracle(
        features=encoded.matrix[pool],
        targets=targets,
        test_features=encoded.matrix[test],
        test_targets=test_targets,
        blocks=encoded.blocks,
        class_vectors=encoded.class_vectors if are_same else None,
    )
    return Known(oracle, snapshot.config.task)


def _part(
    pairs: Sequence[tuple[int, list[int]]], classes: Sequence[int], snapshot: Snapshot
) -> tuple[IntArray, FloatArray]:
    inside = set(snapshot.pool.ids.tolist())
    kept = [(item, value) for item, value in pairs if item in inside]
    targets = np.zeros((len(kept), len(classes)))
    for place, (_, value) in enumerate(kept):
        targets[place, [classes.index(each) for each in value]] = 1.0
    return snapshot.positions([item for item, _ in kept]), targets


# The work


def _tasks(row: WhatIf, known: Known) -> list[Task]:
    """Return the replays that are missing, seed by seed: time running out leaves a fair picture."""
    done = {(each["variant"], each["seed"]) for each in row.trials}
    wanted = list(range(len(row.variants)))
    if len(known.oracle.test_targets) >= MIN_HALVES:
        wanted.append(-1)
    return [
        Task(variant, seed)
        for seed in range(row.n_seeds)
        for variant in wanted
        if (variant, seed) not in done
    ]


def _work(attempt: Attempt, row: WhatIf, known: Known, current: LoopConfig) -> bool:
    """Work through the replays; False when something else waits for this worker."""
    before, start = row.cpu_seconds, process_time()
    tasks = _tasks(row, known)
    n_all = len(tasks) + len(row.trials)

    def told(task: Task) -> Callable[[int], None]:
        done = len(row.trials) * known.most
        words = f"Replaying {_name(row, task)}, {task.seed + 1} of {row.n_seeds}"

        def tell(labels: int) -> None:
            attempt.report_progress(
                step=words[:80], progress=done + labels, total=n_all * known.most
            )
            _look_up(row, before + process_time() - start)

        return tell

    for task in tasks:
        try:
            found = _try(row, known, task, current, told(task))
        except Interrupted:
            _keep_time(row, before + process_time() - start)
            return _is_over(row)
        row.trials.append({"variant": task.variant, "seed": task.seed, **_packed(found)})
        _keep_time(row, before + process_time() - start)
        _conclude(row, known)
    return True


def _look_up(row: WhatIf, cpu_seconds: float) -> None:
    """Raise Interrupted when the lead, the clock or another run says so."""
    row.cpu_seconds = cpu_seconds
    if _is_over(row) or exchange.has_waiting_runs(besides=WHAT_IF, now=database_now()):
        raise Interrupted


def _is_over(row: WhatIf) -> bool:
    cancelled = WhatIf.objects.filter(pk=row.pk, is_cancelled=True).exists()
    return cancelled or row.cpu_seconds >= 60 * row.minutes


def _keep_time(row: WhatIf, cpu_seconds: float) -> None:
    row.cpu_seconds = cpu_seconds
    row.save(update_fields=["cpu_seconds", "trials"])


def _try(
    row: WhatIf, known: Known, task: Task, current: LoopConfig, tell: Callable[[int], None]
) -> Trial:
    if task.variant < 0:
        half = whatif.halves(known, seed=task.seed)
        random = LoopConfig.from_dict(
            {**row.config, "strategy": "random", "cold_start": "random", "task": current.task}
        )
        return whatif.trial(half, random, seed=task.seed, progress=tell)
    variant = row.variants[task.variant]
    given = {name: variant[name] for name in ("strategy", "batch_size")}
    is_own = given["strategy"] == row.config.get("strategy")
    reset: dict[str, Any] = {} if is_own else {"strategy_params": {}}
    config = LoopConfig.from_dict({**row.config, **reset, **given, "task": current.task})
    return whatif.trial(known, config, seed=task.seed, progress=tell)


def _name(row: WhatIf, task: Task) -> str:
    return RANDOM if task.variant < 0 else row.variants[task.variant]["name"]


def _packed(found: Trial) -> dict[str, Any]:
    hits = base64.b64encode(np.packbits(found.hits).tobytes()).decode()
    return {"labels": found.labels.tolist(), "n_tests": found.hits.shape[1], "hits": hits}


def _unpacked(given: dict[str, Any]) -> Trial:
    labels = np.array(given["labels"], dtype=np.int64)
    shape = (len(labels), given["n_tests"])
    bits = np.unpackbits(np.frombuffer(base64.b64decode(given["hits"]), dtype=np.uint8))
    return Trial(labels, bits[: shape[0] * shape[1]].reshape(shape).astype(np.bool_))


# What came of it


def _conclude(row: WhatIf, known: Known) -> None:
    """Draw the curves of the seeds that every variant has, and say what they tell."""
    by_variant = {n: _trials(row, n) for n in range(len(row.variants))}
    n_seeds = min(map(len, by_variant.values()))
    result: dict[str, Any] = {
        "n_seeds": n_seeds,
        "n_pool": known.n_pool,
        "n_test": len(known.oracle.test_targets),
        "lines": [],
        "gains": {},
        "said": f"{n_seeds} of at least {MIN_SEEDS} replays of each: too few to compare.",
    }
    if n_seeds >= MIN_SEEDS:
        fair = {n: trials[:n_seeds] for n, trials in by_variant.items()}
        result |= _compared(row, known, fair)
    row.result = result
    row.save(update_fields=["result"])


def _trials(row: WhatIf, variant: int) -> list[Trial]:
    """Return a variant's trials in the order of seeds."""
    own = (each for each in row.trials if each["variant"] == variant)
    return [_unpacked(each) for each in sorted(own, key=lambda each: each["seed"])]


def _compared(row: WhatIf, known: Known, fair: dict[int, list[Trial]]) -> dict[str, Any]:
    step = min(round(each["batch_size"] * 0.8) or 1 for each in row.variants)
    every = [trial for trials in fair.values() for trial in trials]
    grid = whatif.grid_of(every, step, known.most)
    hits = {n: whatif.on_grid(trials, grid) for n, trials in fair.items()}
    names = [each["name"] for each in row.variants]
    lines = [
        {"name": names[n], **_drawn(grid, whatif.line(each, rng=_rng(n)))}
        for n, each in hits.items()
    ]
    random = _trials(row, -1)
    if len(random) >= MIN_SEEDS:
        lines.append({"name": RANDOM, **_random_line(random, step)})
    gains = {names[n]: whatif.gain(each, hits[0], rng=_rng(n)) for n, each in hits.items() if n > 0}
    return {
        "lines": lines,
        "gains": {name: asdict(each) for name, each in gains.items()},
        "said": _said(names[0], gains),
    }


def _random_line(trials: Sequence[Trial], step: int) -> dict[str, Any]:
    grid = whatif.grid_of(trials, step, max(int(each.labels[-1]) for each in trials))
    # The halves differ between seeds: what is resampled are seeds with their items.
    return _drawn(grid, whatif.line(whatif.on_grid(trials, grid), rng=_rng(99)))


def _drawn(grid: IntArray, found: whatif.Line) -> dict[str, Any]:
    has = ~np.isnan(found.value)
    return {
        "labels": grid[has].tolist(),
        "value": np.round(found.value[has], 5).tolist(),
        "low": np.round(found.low[has], 5).tolist(),
        "high": np.round(found.high[has], 5).tolist(),
    }


def _rng(place: int) -> np.random.Generator:
    return np.random.default_rng([2_029, place])


def _said(current: str, gains: dict[str, whatif.Gain]) -> str:
    """Say in a sentence whether anything beats what is in force."""
    winner = whatif.best(gains)
    if winner is None:
        return f"Nothing tried here is better than {current} for sure."
    found = gains[winner]
    return (
        f"{winner} was {100 * found.value:.1f} points better than {current} on average "
        f"({100 * found.low:.1f} to {100 * found.high:.1f})."
    )
