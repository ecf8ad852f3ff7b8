"""Which items a round asks about: a lead's picks, then by the strategy, or, without model, cold."""

from dataclasses import replace

import numpy as np
from numpy.random import Generator

from selection.core import health, picking, quotas
from selection.core.catalog import STRATEGIES, Strategy
from selection.core.config import LoopConfig
from selection.core.outside import OutsideModel, ranked
from selection.core.streams import Clock, stream
from selection.core.types import Badge, PoolView, RoundFacts

NO_LABELS, ONE_CLASS = "no labels yet", "the labels show only one class so far"


def queries(
    facts: RoundFacts, config: LoopConfig, view: PoolView, size: int, clock: Clock
) -> tuple[picking.Queries, list[Badge]]:
    """The seeds first; then by the strategy if it can run, else by the cold start with a badge."""
    sought, left = quotas.seeds_first(facts, view, size)
    others, badges = _others(facts, config, left, size - len(sought.positions), clock)
    return quotas.one_after_the_other(sought, others), badges


def _others(
    facts: RoundFacts, config: LoopConfig, view: PoolView, size: int, clock: Clock
) -> tuple[picking.Queries, list[Badge]]:
    """What outside predictions or scores rank first; what they say nothing of comes after it."""
    strategy = STRATEGIES[config.strategy]
    mask = ranked(view, by_answers=strategy.needs_proba, by_scores=strategy.needs_scores)
    if mask.all():
        return _ranked(facts, config, view, size, clock)
    told = replace(view, candidates=view.candidates[mask])
    core, badges = _ranked(facts, config, told, min(size, told.n), clock)
    left = size - len(core.positions)
    badges.append(health.not_ranked(int((~mask).sum()), view.n, left))
    if left == 0:
        return core, badges
    rest = replace(view, candidates=view.candidates[~mask], model=None)
    with clock.time("pick"):
        others = picking.start_cold(rest, left, config, stream(facts, "cold"))
    return quotas.one_after_the_other(core, others), badges


def _ranked(
    facts: RoundFacts, config: LoopConfig, view: PoolView, size: int, clock: Clock
) -> tuple[picking.Queries, list[Badge]]:
    strategy = STRATEGIES[config.strategy]
    why = _why_cold(facts, strategy, view)
    if why or size == 0:
        own = replace(view, model=None) if isinstance(view.model, OutsideModel) else view
        with clock.time("pick"):
            queries = picking.start_cold(own, size, config, stream(facts, "cold"))
        return queries, [health.fallback(strategy.name, config.cold_start, why)] if why else []
    rare, left = quotas.rare_first(facts, config, strategy, view, size, stream(facts, "rare"))
    among = _sampled(left, strategy, stream(facts, "sample"))
    with clock.time("score"):
        scores = picking.score_pool(strategy, among, config, stream(facts, "score"))
    with clock.time("pick"):
        wanted = size - len(rare.positions)
        core = picking.query(strategy, scores, among, wanted, config, stream(facts, "pick"))
        again = quotas.second_opinions(facts, config, view, core, size, stream(facts, "relabel"))
    badges = [] if strategy.is_flat else health.degenerate(scores)
    return quotas.blended(core, (rare, again), size), badges


def _why_cold(facts: RoundFacts, strategy: Strategy, view: PoolView) -> str:
    by_outside = strategy.needs_proba and isinstance(view.model, OutsideModel)
    if len(facts.train_positions) == 0 and not (by_outside or strategy.needs_scores):
        return NO_LABELS
    needs_model = strategy.needs_proba or strategy.needs_model
    return ONE_CLASS if needs_model and view.model is None else ""


def _sampled(view: PoolView, strategy: Strategy, rng: Generator) -> PoolView:
    """A random part of the candidates for strategies whose cost must not grow with the pool."""
    if not 0 < strategy.sample < view.n:
        return view
    some = np.sort(rng.choice(view.n, strategy.sample, replace=False))
    return replace(view, candidates=view.candidates[some])
