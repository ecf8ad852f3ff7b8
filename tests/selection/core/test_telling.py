"""What is told of items: true, in a fixed vocabulary, and the same for drawn and chosen ones."""

from collections import Counter

import numpy as np
import pytest

from selection.core.estimators import fit, logistic
from selection.core.telling import BETWEEN, HESITATES, UNKNOWN, UNLIKE, Told, tell
from tests.selection.core.worlds import blobs, facts_of

CODES = {BETWEEN, HESITATES, UNLIKE}


@pytest.fixture(scope="module")
def world():
    """600 items of three classes, 40 of them learnt; the 60 most doubtful ones are chosen, 60
    others drawn at random, 200 more are the random sample."""
    X, classes = blobs(200, spread=0.55, seed=3)
    train = np.arange(40)
    facts = facts_of(X, classes, train=train)
    weights = facts.train_weights
    model = fit(logistic, {}, X[train], facts.train_targets, weights, task="single").model
    rest = np.random.default_rng(1).permutation(np.arange(40, 600))
    sample, drawn, others = rest[:200], rest[200:260], rest[260:]
    top = np.sort(model.predict_proba(X[others]), axis=1)
    chosen = others[np.argsort(top[:, -1] - top[:, -2])[:60]]
    return facts, model, drawn, chosen, sample


def told(world, seed=0, model=...):
    facts, fitted, drawn, chosen, sample = world
    return tell(
        facts,
        fitted if model is ... else model,
        "single",
        np.concatenate([drawn, chosen]),
        is_drawn=np.arange(120) < 60,
        sample=sample,
        rng=np.random.default_rng(seed),
    )


def test_chosen_items_are_told_each_code_as_often_as_drawn_ones(world):
    drawn, chosen = Counter(), Counter()
    for seed in range(200):
        codes = [each.code for each in told(world, seed)]
        drawn.update(codes[:60])
        chosen.update(codes[60:])

    assert set(drawn) == set(chosen) == CODES
    for code in CODES:
        # 200 draws of 60 items: what is left is that the 60 drawn are not the 200 of the sample,
        # about 0.06 for a share of a third.
        assert abs(drawn[code] - chosen[code]) / 12_000 < 0.08


def test_without_thinning_they_would_be_told_apart(world):
    facts, model, drawn, chosen, _ = world

    def hesitations(positions):
        top = np.sort(model.predict_proba(facts.features[positions]), axis=1)
        return float((top[:, -1] - top[:, -2] < 1 / 3).mean())

    # Why it is done at all: nearly all chosen items are doubtful, of drawn ones less than half.
    assert hesitations(chosen) > 0.95
    assert hesitations(drawn) < 0.6


def test_what_is_told_is_true(world):
    facts, model, drawn, chosen, _ = world
    proba = model.predict_proba(facts.features[np.concatenate([drawn, chosen])])

    for said, row in zip(told(world), proba, strict=True):
        first, second = np.argsort(-row)[:2]
        if said.code == UNLIKE:
            assert said.classes == ()
            continue
        assert said.classes == tuple(sorted((first, second)))
        if said.code == HESITATES:
            assert row[first] - row[second] < 1 / 3
            assert said.expected == first
        else:
            assert said.expected is None


def test_without_a_model_all_are_told_the_same(world):
    assert told(world, model=None) == [Told(UNKNOWN)] * 120


def test_same_seed_tells_the_same(world):
    assert told(world, 4) == told(world, 4)


def test_before_anything_is_learnt_nothing_is_called_unlike(world):
    facts, model, drawn, chosen, sample = world
    bare = facts_of(facts.features, np.zeros(600, dtype=int), n_classes=3)

    codes = tell(
        bare,
        model,
        "single",
        np.concatenate([drawn, chosen]),
        is_drawn=np.arange(120) < 60,
        sample=sample,
        rng=np.random.default_rng(0),
    )

    assert {each.code for each in codes} == {BETWEEN, HESITATES}


def test_several_classes_name_the_least_sure_one_and_no_expectation():
    X, classes = blobs(60, spread=0.5, seed=2)
    train = np.arange(40)
    facts = facts_of(X, classes, train=train)
    weights = np.ones(40)
    model = fit(logistic, {}, X[train], facts.train_targets, weights, task="multi").model
    positions = np.arange(40, 100)

    said = tell(
        facts,
        model,
        "multi",
        positions,
        is_drawn=np.arange(60) % 5 == 0,
        sample=np.arange(100, 180),
        rng=np.random.default_rng(0),
    )

    least = np.abs(model.predict_proba(X[positions]) - 0.5).argmin(axis=1)
    for each, nearest in zip(said, least, strict=True):
        assert each.expected is None
        assert each.classes == (() if each.code == UNLIKE else (nearest,))


def test_no_items_are_told_nothing(world):
    facts, model, _, _, sample = world
    nothing = np.empty(0, dtype=np.int64)

    assert (
        tell(
            facts,
            model,
            "single",
            nothing,
            is_drawn=nothing.astype(bool),
            sample=sample,
            rng=np.random.default_rng(0),
        )
        == []
    )
