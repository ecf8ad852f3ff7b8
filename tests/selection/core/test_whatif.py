"""Replays of other settings: curves, intervals and differences one may believe."""

import numpy as np
import pytest

from selection.core import whatif
from selection.core.config import LoopConfig
from selection.core.simulation import Oracle
from selection.core.types import CoreError
from selection.core.whatif import Gain, Known, Trial


def rng():
    return np.random.default_rng(5)


def two_kinds(n_pool=120, n_test=60, seed=1) -> Known:
    """Two classes that lie apart along the first of four directions."""
    draw = np.random.default_rng(seed)
    n = n_pool + n_test
    kind = draw.integers(0, 2, n)
    X = draw.normal(size=(n, 4)) + np.outer(kind * 2.5, [1, 0, 0, 0])
    targets = np.eye(2)[kind]
    X = X.astype(np.float32)
    oracle = Oracle(X[:n_pool], targets[:n_pool], X[n_pool:], targets[n_pool:])
    return Known(oracle)


def config(**given):
    return LoopConfig(**({"batch_size": 10, "estimator": "logistic"} | given))


def test_replay_learns_from_the_labels_so_far_up_to_two_thirds_of_them():
    told = []
    found = whatif.trial(two_kinds(), config(), seed=1, progress=told.append)

    # A fifth of ten are audit items: eight to train on; two thirds of 120 are 80.
    assert found.labels.tolist() == list(range(8, 81, 8))
    assert found.hits.shape == (10, 60)
    assert found.hits[-1].mean() > 0.8
    assert told == [0, *found.labels.tolist()]


def test_replay_is_the_same_every_time():
    one, two = (whatif.trial(two_kinds(), config(), seed=3, progress=len_of) for _ in range(2))

    assert np.array_equal(one.hits, two.hits)


def len_of(labels):
    return labels


def test_test_items_are_never_asked():
    known = two_kinds()
    # Wrong answers in the test part alone: whoever learnt from them would be right on them.
    wrong = Known(
        Oracle(
            known.oracle.features,
            known.oracle.targets,
            known.oracle.test_features,
            1 - known.oracle.test_targets,
        )
    )

    found = whatif.trial(wrong, config(), seed=1, progress=len_of)

    assert found.hits[-1].mean() < 0.2


def test_what_is_replayed_has_training_labels_only():
    replayed = whatif.replayed(config(batch_size=50, audit_share=0.2, relabel_share=0.3))

    assert (replayed.batch_size, replayed.audit_share, replayed.relabel_share) == (40, 0.0, 0.0)
    assert replayed.stopping == {}


def test_halves_of_the_audit_items_share_nothing():
    known = two_kinds(n_test=21)
    half = whatif.halves(known, seed=2)

    learn, test = half.oracle.features, half.oracle.test_features
    assert (len(learn), len(test)) == (10, 11)
    rows = {tuple(row) for row in learn} | {tuple(row) for row in test}
    assert rows == {tuple(row) for row in known.oracle.test_features}


def test_too_few_audit_items_are_not_halved():
    with pytest.raises(CoreError, match="3 audit labels"):
        whatif.halves(two_kinds(n_test=3), seed=1)


def test_last_model_with_at_most_so_many_labels_counts():
    trial = Trial(np.array([10, 30]), np.array([[True, False], [True, True]]))

    found = whatif.on_grid([trial], np.array([5, 10, 20, 30]))

    # Before the first model there is nothing; at 20 the model of 10 labels.
    assert np.isnan(found[0, 0]).all()
    assert found[0, 1:].tolist() == [[1, 0], [1, 0], [1, 1]]


def test_grid_ends_where_the_shortest_replay_does():
    trials = [Trial(np.array([10, end]), np.zeros((2, 1), bool)) for end in (50, 40)]

    assert whatif.grid_of(trials, 10, 100).tolist() == [10, 20, 30, 40]
    assert len(whatif.grid_of(trials, 10, 0)) == 0


def test_interval_holds_the_value_and_narrows_with_test_items():
    draw = rng()
    few, many = (draw.random((4, 3, n)) < 0.8 for n in (25, 400))

    wide, narrow = (whatif.line(hits.astype(float), rng=rng()) for hits in (few, many))

    assert (wide.low <= wide.value).all()
    assert (wide.value <= wide.high).all()
    # A sixteenth of the items: about four times as wide.
    assert (wide.high - wide.low).mean() > 2.5 * (narrow.high - narrow.low).mean()


def test_interval_of_a_line_covers_the_true_accuracy():
    covered = 0
    for seed in range(60):
        draw = np.random.default_rng(seed)
        # 100 items of differing difficulty, tried by 3 seeds: 0.75 right on average.
        ease = draw.uniform(0.5, 1.0, 100)
        hits = (draw.random((3, 1, 100)) < ease).astype(float)
        found = whatif.line(hits, rng=draw)
        covered += bool(found.low[0] <= 0.75 <= found.high[0])

    # 95 % of 60 are 57; 52 or fewer have a chance below one in a hundred.
    assert covered >= 53


def test_paired_difference_is_told_where_single_intervals_overlap():
    draw = rng()
    easy = draw.random((3, 4, 200)) < np.where(np.arange(200) < 150, 0.98, 0.02)
    better = easy | (draw.random((3, 4, 200)) < 0.2)

    found = whatif.gain(better.astype(float), easy.astype(float), rng=rng())

    # A fifth of the quarter that is wrong: five points.
    assert found.value == pytest.approx(0.05, abs=0.02)
    assert found.low > 0


def test_no_difference_is_no_gain():
    hits = (rng().random((3, 4, 100)) < 0.8).astype(float)

    assert whatif.gain(hits, hits, rng=rng()) == Gain(0.0, 0.0, 0.0)


def test_gains_of_other_shapes_are_refused():
    with pytest.raises(CoreError, match="cannot be paired"):
        whatif.gain(np.zeros((3, 4, 5)), np.zeros((3, 4, 6)), rng=rng())


def test_best_is_the_largest_gain_that_is_sure():
    gains = {"a": Gain(0.05, -0.01, 0.1), "b": Gain(0.02, 0.01, 0.03), "c": Gain(0.01, 0.005, 0.02)}

    assert whatif.best(gains) == "b"
    assert whatif.best({"a": gains["a"]}) is None
