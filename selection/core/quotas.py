"""How a round's queries are shared: seeds, the strategy's picks, rare classes, second opinions."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.random import Generator

from selection.core.apart import without
from selection.core.catalog import Strategy
from selection.core.chunks import predict
from selection.core.config import LoopConfig
from selection.core.picking import Queries
from selection.core.rare import rare_picks
from selection.core.relabel import UNKNOWN, Opined, doubtful_labels
from selection.core.types import FloatArray, IntArray, PoolView, RoundFacts

CHEAP, DEAR = 0.1, 0.9


def places(share: float, size: int, number: int) -> int:
    """How many of `size` queries a share is worth in round `number`.

    Shapes: none. Unit: items. Errors: none. Source: ours; below one place it comes up now and
    then, so that the share holds over rounds of tiny batches.
    """
    wanted = share * size
    if wanted < 1:
        return int(np.floor((number + 1) * wanted) - np.floor(number * wanted))
    return round(wanted)


def seeds_first(facts: RoundFacts, view: PoolView, size: int) -> tuple[Queries, PoolView]:
    """What a lead sought out, in their order, and what is left to choose from after it.

    Shapes: facts.seeds (s,); at most `size` picks. Unit: positions. Errors: none. Source: ours;
    seeds that may not be picked are passed over, the others count as covered.
    """
    ranked = np.argsort(view.candidates, kind="stable")
    seeds = facts.seeds[np.isin(facts.seeds, view.candidates)][:size]
    if len(seeds) == 0:
        return _plain(seeds, "seed", seeds), view
    indices = ranked[np.searchsorted(view.candidates, seeds, sorter=ranked)]
    return _plain(seeds, "seed", np.full(len(seeds), -1, dtype=np.int64)), without(view, indices)


def one_after_the_other(first: Queries, second: Queries) -> Queries:
    """All of the first, then all of the second.

    Shapes: as Queries. Unit: none. Errors: none. Source: none.
    """
    return _joined((first, second)) if len(first.positions) else second


def rare_first(
    facts: RoundFacts,
    config: LoopConfig,
    strategy: Strategy,
    view: PoolView,
    size: int,
    rng: Generator,
) -> tuple[Queries, PoolView]:
    """The picks for classes short of labels, and what is left to the strategy after them.

    Shapes: at most rare_share x size picks. Unit: positions. Errors: none. Source: as
    `rare_picks`; a strategy without quota gets the view back as it is.
    """
    wanted = places(config.rare_share, size, facts.number) if strategy.has_quota else 0
    vectors, limit = facts.class_vectors, config.duplicate_cosine
    found = rare_picks(view, wanted, class_vectors=vectors, limit=limit, rng=rng)
    picks = _plain(view.candidates[found.indices], "rare", found.classes)
    return picks, without(view, found.indices) if len(found.indices) else view


def second_opinions(
    facts: RoundFacts,
    config: LoopConfig,
    view: PoolView,
    new: Queries,
    size: int,
    rng: Generator,
) -> Queries:
    """Labelled items that another answer helps more than a new item would.

    Shapes: at most relabel_share x size picks; items out with annotators are left out. Unit:
    positions; the score is as in `doubtful_labels`. Errors: none; empty without a model. Source:
    as `doubtful_labels`.
    """
    wanted = places(config.relabel_share if config.relabels else 0.0, size, facts.number)
    if wanted == 0 or view.model is None or len(new.positions) == 0:
        return _plain(np.empty(0, np.int64), "relabel", np.empty(0, np.int64))
    proba = predict(view.model, view.features, new.positions)
    free = np.flatnonzero(~np.isin(view.labelled, _not_again(facts)))
    known, gained = doubtful_labels(view, _opined(facts), proba, wanted, free=free, rng=rng)
    picks = _plain(view.labelled[known], "relabel", view.targets[known].argmax(axis=1))
    return replace(picks, scores=gained)


def _opined(facts: RoundFacts) -> Opined:
    """What people make of the training items; like strangers where nothing is known of them."""
    answers, sure = facts.train_answers, facts.train_sure
    n = len(facts.train_positions)
    return Opined(
        np.ones(n, dtype=np.int64) if answers is None else answers,
        np.full(n, UNKNOWN) if sure is None else sure,
        UNKNOWN if facts.skill is None else facts.skill,
    )


def _not_again(facts: RoundFacts) -> IntArray:
    """Positions nobody is to be asked about again: out with annotators, or settled."""
    if facts.train_settled is None:
        return facts.pending
    return np.union1d(facts.pending, facts.train_positions[facts.train_settled])


def blended(core: Queries, others: Sequence[Queries], size: int) -> Queries:
    """At most `size` queries: each kind in its order, evenly spread among the strategy's picks.

    Shapes: as Queries. Unit: none. Errors: none. Source: ours; any beginning of the answer holds
    about the same mix, so that batch and reserve do, and a single other pick comes first.
    """
    extra = sum(len(each.positions) for each in others)
    kinds = [_first(core, max(size - extra, 0)), *others]
    places = [_places(kinds[0], 0.5), *(_places(each, 0.0) for each in others)]
    order = np.argsort(np.concatenate(places), kind="stable")
    return _taken(_joined(kinds), order[:size])


def costs(facts: RoundFacts, config: LoopConfig) -> FloatArray | None:
    """What an answer to each item costs beside the median one: (n,), None when costs are off.

    Shapes: facts.seconds (n,). Unit: 1 = the median item; cut at the 10 % and 90 % quantiles,
    or items would be chosen for being short alone. Errors: none. Source: Settles et al. 2008;
    cut ours.
    """
    if not config.per_second or facts.seconds is None or facts.n_items == 0:
        return None
    low, middle, high = np.quantile(facts.seconds, [CHEAP, 0.5, DEAR])
    return np.asarray(np.clip(facts.seconds, low, high) / middle)


def _plain(positions: IntArray, code: str, classes: IntArray) -> Queries:
    unknown = np.full(len(positions), np.nan)
    return Queries(positions, unknown, unknown, (code,) * len(positions), classes)


def _first(queries: Queries, size: int) -> Queries:
    return _taken(queries, np.arange(min(size, len(queries.positions)), dtype=np.int64))


def _joined(kinds: Sequence[Queries]) -> Queries:
    return Queries(
        np.concatenate([each.positions for each in kinds]),
        np.concatenate([each.scores for each in kinds]),
        np.concatenate([each.probabilities for each in kinds]),
        tuple(code for each in kinds for code in each.codes),
        np.concatenate([each.classes for each in kinds]),
    )


def _places(queries: Queries, start: float) -> FloatArray:
    """Evenly spread in [0, 1): kinds that start at 0 come before the strategy's first pick."""
    n = len(queries.positions)
    return np.asarray((np.arange(n) + start) / max(n, 1))


def _taken(queries: Queries, indices: IntArray) -> Queries:
    return Queries(
        queries.positions[indices],
        queries.scores[indices],
        queries.probabilities[indices],
        tuple(queries.codes[index] for index in indices),
        queries.classes[indices],
    )
