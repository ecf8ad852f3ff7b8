"""The batch beside the pool, on blobs whose regions are known."""

from dataclasses import replace

import numpy as np
import pytest

from selection.core.config import LoopConfig
from selection.core.distribution import describe
from selection.core.loop import run_round
from selection.core.types import Picked, Reason
from tests.selection.core.worlds import blobs, facts_of


def asked(position, *, purpose="query", code="uncertain", score=0.5):
    return Picked(position, purpose, False, Reason(code), score=score)


def described(facts, picks, model=None, *, reserved=0, task="single"):
    rng = np.random.default_rng(3)
    return describe(facts, picks, model, task, reserved=reserved, rng=rng)


@pytest.fixture
def world():
    X, classes = blobs(n_per_class=60, n_classes=3, spread=0.05)
    return facts_of(X, classes), classes


def test_picks_are_counted_by_where_they_come_from(world):
    facts, _ = world
    picks = [
        asked(0), asked(1, code="random"), asked(2, code="rare", score=None),
        asked(3, purpose="audit", code="audit", score=None),
        asked(4, purpose="relabel", code="relabel"),
        asked(5, code="typical", score=None),
        replace(asked(6), in_reserve=True),
    ]  # fmt: skip

    found = described(facts, picks)

    assert found.sources == {
        "strategy": 1, "random": 1, "rare": 1, "audit": 1, "relabel": 1, "cold_start": 1,
    }  # fmt: skip
    # Audit items are drawn at random: they say nothing of the strategy.
    assert found.n_batch == 5


def test_picks_of_one_class_stand_against_a_balanced_pool(world):
    facts, classes = world
    train = np.array([np.flatnonzero(classes == c)[0] for c in range(3)])
    facts = facts_of(facts.features, classes, train=train)
    model = run_round(facts, LoopConfig(audit_share=0.0)).model
    of_second = np.flatnonzero(classes == 1)[1:9]

    found = described(facts, [asked(int(p)) for p in of_second], model)

    # 60 of each class, one of each labelled.
    assert found.pool.classes == (59, 59, 59)
    assert found.batch.classes == (0, 8, 0)
    assert sum(found.pool.doubts) == 177
    assert sum(found.batch.doubts) == 8


def test_regions_are_the_clouds_and_the_picks_lie_in_theirs(world):
    facts, classes = world
    picks = [asked(int(p)) for p in np.flatnonzero(classes == 2)[:6]]

    found = described(facts, picks)

    assert sum(region.pool for region in found.regions) == 180
    assert sum(region.batch for region in found.regions) == 6
    for region in found.regions:
        middle = classes[list(region.middle)]
        assert len(set(middle)) == 1
        assert region.batch == 0 or middle[0] == 2


def test_batch_of_one_cloud_is_more_alike_than_chance(world):
    facts, classes = world
    same = [asked(int(p)) for p in np.flatnonzero(classes == 0)[:10]]

    found = described(facts, same)

    assert found.alike > found.alike_random


def test_same_facts_give_the_same_numbers(world):
    facts, _ = world
    picks = [asked(n) for n in range(10)]

    assert described(facts, picks) == described(facts, picks)


def test_tiny_pool_without_picks_is_described_too():
    X, classes = blobs(n_per_class=2, n_classes=2)

    found = described(facts_of(X, classes), [])

    assert (found.n_pool, found.n_batch, found.regions) == (4, 0, ())
    assert found.alike is None


def test_cost_does_not_grow_with_the_pool():
    X, classes = blobs(n_per_class=4_000, n_classes=2)

    found = described(facts_of(X, classes), [asked(0), asked(1)])

    assert found.n_pool == 3_000
