"""From a fitted model to an ordered batch: scores, queries, audit items, reserve, reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.random import Generator

from selection.core.apart import OFF, pick_apart
from selection.core.catalog import BATCHES, COLD_STARTS, Batch, Strategy, resolve
from selection.core.chunks import nearest_squared, pieces, predict_piece, rows, tasks
from selection.core.config import LoopConfig
from selection.core.executors import map_chunks
from selection.core.outside import OutsideModel, proba_of
from selection.core.types import (
    BoolArray,
    CoreError,
    FloatArray,
    IntArray,
    Params,
    Picked,
    PoolView,
    Purpose,
    Reason,
    ScoreError,
    Task,
)

DOUBTS = ("uncertain", "cover", "disputed", "informative")
OWN_PURPOSE: Mapping[str, Purpose] = {"relabel": "relabel", "seed": "seed"}


@dataclass(frozen=True)
class Queries:
    """Picked positions, best first, with what is known of each; scores NaN where there is none.

    classes are the class a rare or relabelled item was picked for, -1 where that says nothing.
    """

    positions: IntArray
    scores: FloatArray
    probabilities: FloatArray
    codes: tuple[str, ...]
    classes: IntArray


@dataclass(frozen=True)
class Slots:
    """How many audit items and queries go into the batch and into the reserve."""

    batch_audit: int
    batch_query: int
    reserve_audit: int
    reserve_query: int

    @property
    def queries(self) -> int:
        return self.batch_query + self.reserve_query


def plan_slots(
    config: LoopConfig, *, number: int, queries: int, audits: int, budget_left: int | None
) -> Slots:
    """Divide batch and reserve between audit items and queries, as far as both last.

    Shapes: none. Unit: items; queries and audits are how many may be picked. Errors: none.
    Source: design of the loop. What one kind lacks, the other fills.
    """
    budget = np.inf if budget_left is None else max(budget_left, 0)
    size = int(min(config.batch_size, budget))
    extra = int(min(config.reserve_size, budget - size))
    batch_audit, batch_query = _divide(size, config.audit_share, number, queries, audits)
    left = (queries - batch_query, audits - batch_audit)
    reserve_audit, reserve_query = _divide(extra, config.audit_share, number, *left)
    return Slots(batch_audit, batch_query, reserve_audit, reserve_query)


def score_pool(
    strategy: Strategy, view: PoolView, config: LoopConfig, rng: Generator
) -> FloatArray:
    """The strategy's score of every candidate: (n,) float64.

    Shapes: view.candidates (n,). Unit: the strategy's; higher = more wanted. Raises ScoreError
    on NaN, infinity or a wrong shape. Source: row by row strategies see the pool in chunks.
    """
    params = strategy.check_params(config.strategy_params, "strategy_params")
    if not strategy.rowwise:
        return _scored(view, strategy, params, rng)
    parts = tasks(view.candidates)
    with_chance = list(zip(parts, rng.spawn(len(parts)), strict=True))
    bare = replace(view, candidates=np.empty(0, np.int64), costs=None, executor=None)
    done = map_chunks(_score_task, with_chance, bare, strategy, params, executor=view.executor)
    return np.concatenate([np.empty(0), *done])


def checked(scores: FloatArray, n: int, name: str) -> FloatArray:
    """The scores themselves, or ScoreError when they cannot rank n items.

    Shapes: scores (n,). Unit: none. Raises ScoreError. Source: a NaN would sort anywhere.
    """
    if scores.shape != (n,):
        raise ScoreError(f"{name} gave scores of shape {scores.shape} for {n} items")
    wrong = int((~np.isfinite(scores)).sum())
    if wrong:
        raise ScoreError(f"{name} gave {wrong} scores of {n} that are not finite")
    return scores


def query(
    strategy: Strategy,
    scores: FloatArray,
    view: PoolView,
    size: int,
    config: LoopConfig,
    rng: Generator,
) -> Queries:
    """Pick by score, with the configured share of chance among them.

    Shapes: scores (n,) of view.candidates; returns min(size, n) picks. Unit: positions. Raises
    CoreError when a batch function returns other than distinct indices. Source: ours.
    """
    size = min(size, view.n)
    n_random = round(config.random_share * size)
    lots = rng.choice(view.n, n_random, replace=False)
    rest = np.delete(np.arange(view.n), lots)
    among = replace(view, candidates=view.candidates[rest], proba=None)
    choose = partial(_chosen, BATCHES[config.batch_name], config, rng)
    limit = OFF if strategy.is_random else config.duplicate_cosine
    picked = pick_apart(choose, scores[rest], among, size - n_random, limit=limit)
    indices, by_chance = _mixed(rest[picked], lots, rng)
    by_chance |= strategy.is_random
    chance = size / view.n if strategy.is_random else n_random / max(view.n, 1)
    return Queries(
        view.candidates[indices],
        scores[indices],
        np.where(by_chance, chance, np.nan),
        tuple("random" if lot else _code(strategy, config) for lot in by_chance),
        np.full(len(indices), -1, dtype=np.int64),
    )


def start_cold(view: PoolView, size: int, config: LoopConfig, rng: Generator) -> Queries:
    """Pick by the cold start: nothing has a score.

    Shapes: returns min(size, n) picks. Unit: positions. Raises CoreError as `query`. Source:
    the configured cold start.
    """
    entry = COLD_STARTS[config.cold_start]
    params = entry.check_params(config.cold_start_params, "cold_start_params")
    picked = resolve(entry)(view, size, rng=rng, **params)
    _check_distinct(picked, min(size, view.n), view.n, entry.name)
    is_random = entry.name == "random"
    chance = min(size, view.n) / max(view.n, 1) if is_random else np.nan
    unknown = np.full(len(picked), np.nan)
    code = "random" if is_random else "typical"
    chances = np.full(len(picked), chance)
    nobody = np.full(len(picked), -1, dtype=np.int64)
    return Queries(view.candidates[picked], unknown, chances, (code,) * len(picked), nobody)


def assemble(
    queries: Queries, audits: IntArray, slots: Slots, view: PoolView, chance: float, rng: Generator
) -> tuple[Picked, ...]:
    """Lay the batch out, audit items at random places, then the reserve likewise.

    Shapes: queries as planned in slots, audits (batch_audit + reserve_audit,). Unit: positions;
    chance is an audit item's probability of being one. Errors: none. Source: ours.
    """
    asked = [_asked(queries, index) for index in range(len(queries.positions))]
    measured = [
        Picked(int(position), "audit", False, Reason("audit"), probability=chance)
        for position in audits
    ]
    b_query, b_audit = min(slots.batch_query, len(asked)), slots.batch_audit
    batch = _shuffled_in(asked[:b_query], measured[:b_audit], rng)
    reserve = _shuffled_in(asked[b_query:], measured[b_audit:], rng)
    items = batch + [replace(item, in_reserve=True) for item in reserve]
    return tuple(_explained(items, view))


def _divide(size: int, share: float, number: int, queries: int, audits: int) -> tuple[int, int]:
    wanted = share * size
    if wanted < 1:  # tiny batches: one now and then, so that the share holds over rounds
        wanted = np.floor((number + 1) * wanted) - np.floor(number * wanted)
    audit = min(int(np.ceil(wanted - 1e-9)), audits)
    query = min(size - audit, queries)
    return min(size - query, audits), query


def _score_task(
    task: tuple[IntArray, Generator], view: PoolView, strategy: Strategy, params: Params
) -> FloatArray:
    """Scores of some candidates, wherever this runs: piece by piece, with their own chance."""
    positions, rng = task
    out = np.empty(len(positions))
    for part in pieces(len(positions)):
        piece = replace(view, candidates=positions[part])
        out[part] = _scored(piece, strategy, params, rng)
    return out


def _scored(view: PoolView, strategy: Strategy, params: Params, rng: Generator) -> FloatArray:
    scores: FloatArray = resolve(strategy)(_with_proba(view, strategy), rng=rng, **params)
    return checked(scores, view.n, strategy.name)


def _with_proba(view: PoolView, strategy: Strategy) -> PoolView:
    if not strategy.needs_proba or view.model is None:
        return view
    return replace(view, proba=predict_piece(view.model, view.features, view.candidates))


def _chosen(
    entry: Batch,
    config: LoopConfig,
    rng: Generator,
    scores: FloatArray,
    view: PoolView,
    size: int,
) -> IntArray:
    """What the batch function picks, costs weighed in where it does not weigh them itself."""
    costs = None if entry.weighs_costs else view.costs
    worth = scores if costs is None else _per_cost(scores, costs[view.candidates])
    picked: IntArray = resolve(entry)(worth, view, size, rng=rng, **config.batch_settings)
    _check_distinct(picked, min(size, view.n), view.n, entry.name)
    return picked


def _per_cost(scores: FloatArray, costs: FloatArray) -> FloatArray:
    """Scores above the lowest per unit of cost: a negative score must not gain by costing more."""
    return (scores - min(0.0, float(scores.min(initial=0.0)))) / costs


def _code(strategy: Strategy, config: LoopConfig) -> str:
    """The batch function's reason if it has one and scores to reason about, else the strategy's."""
    own = "" if strategy.is_flat else BATCHES[config.batch_name].reason
    return own or strategy.reason


def _check_distinct(picked: IntArray, size: int, n: int, name: str) -> None:
    inside = bool(((picked >= 0) & (picked < n)).all())
    if len(picked) != size or len(np.unique(picked)) != size or not inside:
        raise CoreError(f"{name} must pick {size} distinct items of {n}, got {len(picked)}")


def _mixed(ranked: IntArray, lots: IntArray, rng: Generator) -> tuple[IntArray, BoolArray]:
    """Chance picks at random places among the ranked ones, which keep their order."""
    size = len(ranked) + len(lots)
    by_chance = np.zeros(size, dtype=np.bool_)
    by_chance[rng.permutation(size)[: len(lots)]] = True
    indices = np.empty(size, dtype=np.int64)
    indices[by_chance], indices[~by_chance] = lots, ranked
    return indices, by_chance


def _shuffled_in(
    asked: Sequence[Picked], measured: Sequence[Picked], rng: Generator
) -> list[Picked]:
    size = len(asked) + len(measured)
    places = set(rng.permutation(size)[: len(measured)].tolist())
    queue, checks = iter(asked), iter(measured)
    return [next(checks) if place in places else next(queue) for place in range(size)]


def _asked(queries: Queries, index: int) -> Picked:
    code = queries.codes[index]
    purpose: Purpose = OWN_PURPOSE.get(code, "query")
    meant = int(queries.classes[index])
    score, chance = float(queries.scores[index]), float(queries.probabilities[index])
    return Picked(
        position=int(queries.positions[index]),
        purpose=purpose,
        in_reserve=False,
        reason=Reason(code, classes=() if meant < 0 else (meant,)),
        score=None if np.isnan(score) else score,
        probability=None if np.isnan(chance) else chance,
    )


def _explained(items: list[Picked], view: PoolView) -> list[Picked]:
    """Add the model's view of each item and the figures of its reason."""
    positions = np.array([item.position for item in items], dtype=np.int64)
    if len(items) == 0:
        return items
    X = rows(view.features, positions)
    proba = None if view.model is None else proba_of(view.model, X, positions)
    far = np.sqrt(nearest_squared(X, rows(view.features, view.covered)))
    known = _is_known(view, positions)
    return [
        _with_figures(
            item,
            proba[index] if proba is not None and known[index] else None,
            float(far[index]),
            view.task,
        )
        for index, item in enumerate(items)
    ]


def _is_known(view: PoolView, positions: IntArray) -> BoolArray:
    """Of which items the model has an opinion: an outside one may have none."""
    if isinstance(view.model, OutsideModel):
        return view.model.is_known(positions)
    return np.ones(len(positions), dtype=np.bool_)


def _with_figures(item: Picked, proba: FloatArray | None, far: float, task: Task) -> Picked:
    reason = item.reason
    if reason.code == "novel" and np.isfinite(far):
        reason = Reason("novel", numbers=(far,))
    if reason.code == "scored" and item.score is not None:
        reason = Reason("scored", numbers=(item.score,))
    if reason.code == "random" and item.probability is not None:
        reason = Reason("random", numbers=(item.probability,))
    if proba is None:
        return replace(item, reason=reason)
    if reason.code in DOUBTS:
        reason = _doubt(reason.code, proba, task)
    if reason.classes and reason.code in ("rare", "relabel"):
        reason = replace(reason, numbers=(float(proba[reason.classes[0]]),))
    first = int(proba.argmax())
    return replace(item, reason=reason, predicted=first, confidence=float(proba[first]))


def _doubt(code: str, proba: FloatArray, task: Task) -> Reason:
    """The two likeliest classes; for multi-label the one class nearest to one half."""
    if task == "multi":
        least = int(np.abs(proba - 0.5).argmin())
        return Reason(code, (least,), (float(proba[least]),))
    first, second = (int(each) for each in np.argsort(-proba, kind="stable")[:2])
    return Reason(code, (first, second), (float(proba[first]), float(proba[second])))
