"""The assisted estimate: numbers worked by hand, exactness where it must be, honest intervals."""

import numpy as np
import pytest
from scipy.stats import binomtest

from selection.core.assisted import (
    Reference,
    assisted_accuracy,
    effective_interval,
    reference_of,
)
from selection.core.types import CoreError
from tests.support.chances import wrong_too_often


def test_reference_is_mean_and_variance_of_what_the_model_expects():
    # mean of 0.5 and 1.0 is 0.75, variance 0.25^2 = 0.0625
    assert reference_of(np.array([0.5, 1.0])) == Reference(0.75, 0.0625, 2)


def test_estimate_by_hand():
    # Ten labels, two errors exactly where the model expects 0.5 instead of 1: mean hits 0.8, mean
    # expected 0.9, slope 2 by least squares. Two rare outcomes give it a trust of 1 / (1 + 5), so
    # 1/3. The pool expects 0.95: 0.8 + 1/3 (0.95 - 0.9) = 0.81667; the reference is huge.
    hits = np.array([True] * 8 + [False] * 2)
    expected = np.where(hits, 1.0, 0.5)

    found = assisted_accuracy(hits, expected, Reference(0.95, 0.0, 10**9))

    assert found.value == pytest.approx(0.8 + 0.05 / 3)
    assert found.low < found.value < found.high
    assert found.n == 10


@pytest.mark.parametrize("n_errors", [0, 1])
def test_without_two_rare_outcomes_it_is_the_exact_interval(n_errors):
    hits = np.arange(40) >= n_errors
    expected = np.linspace(0.5, 1, 40)

    found = assisted_accuracy(hits, expected, Reference(0.9, 0.1, 5000))

    exact = binomtest(40 - n_errors, 40).proportion_ci(0.95, method="exact")
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high))


def test_constant_expectations_help_nothing():
    hits = np.arange(50) >= 10

    found = assisted_accuracy(hits, np.full(50, 0.9), Reference(0.9, 0.0, 5000))

    exact = binomtest(40, 50).proportion_ci(0.95, method="exact")
    assert (found.value, found.low, found.high) == pytest.approx((0.8, exact.low, exact.high))


def test_small_reference_is_worth_less_than_a_large_one():
    rng = np.random.default_rng(3)
    expected = rng.uniform(0.4, 1, 200)
    hits = rng.random(200) < expected

    small = assisted_accuracy(hits, expected, Reference(0.7, 0.03, 250))
    large = assisted_accuracy(hits, expected, Reference(0.7, 0.03, 20_000))

    assert large.high - large.low < small.high - small.low


def test_effective_interval_with_whole_numbers_is_the_exact_one():
    exact = binomtest(7, 10).proportion_ci(0.95, method="exact")

    assert effective_interval(0.7, 10, 0.025) == pytest.approx((exact.low, exact.high))
    assert effective_interval(1.0, 10, 0.025)[1] == 1.0
    assert effective_interval(0.0, 10, 0.025)[0] == 0.0


def test_lengths_that_differ_are_refused():
    with pytest.raises(CoreError, match="2 audit labels with 3 expectations"):
        assisted_accuracy(np.ones(2, bool), np.ones(3), Reference(1.0, 0.0, 10))
    with pytest.raises(CoreError):
        reference_of(np.empty(0))
    with pytest.raises(CoreError):
        effective_interval(0.5, 0, 0.025)


@pytest.mark.parametrize("n", [20, 60, 200])
@pytest.mark.parametrize(("low", "high"), [(0.3, 1.0), (0.85, 1.0)])
def test_interval_covers_the_truth_as_often_as_it_says(n, low, high):
    rng = np.random.default_rng([n, int(100 * low)])
    pool = rng.uniform(low, high, 5000)
    truth = pool.mean()  # hits are drawn with the expected chance, so this is the true accuracy
    reference = reference_of(pool)

    missed = 0
    for _ in range(600):
        expected = rng.uniform(low, high, n)
        found = assisted_accuracy(rng.random(n) < expected, expected, reference)
        missed += not found.low <= (low + high) / 2 <= found.high

    assert abs(truth - (low + high) / 2) < 0.02
    assert not wrong_too_often(missed, 600, 0.05)
