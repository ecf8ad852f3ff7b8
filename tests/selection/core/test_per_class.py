"""Precision, recall and F1 of each class: counts by hand, intervals from exact tables."""

import numpy as np
import pytest
from scipy.stats import binomtest

from selection.core import per_class
from selection.core.types import CoreError
from tests.support.chances import wrong_too_often

EYE = np.eye(3)


def test_precision_recall_and_f1_by_hand():
    truth = EYE[[0, 0, 1, 1]]
    predicted = np.array([0, 1, 1, 1])

    first, second, third = per_class.per_class(predicted, truth, "single")

    # class 0: given once, rightly; two are of it. class 1: given three times, two rightly.
    assert (first.precision.value, first.precision.n, first.recall.value, first.recall.n) == (
        1.0, 1, 0.5, 2,
    )  # fmt: skip
    assert second.precision.value == pytest.approx(2 / 3)
    assert second.recall.value == 1.0
    # F1 of class 0 is 2 * 1 * 0.5 / 1.5 = 2/3, of class 1 2 * 2/3 / (5/3) = 4/5
    assert first.f1.value == pytest.approx(2 / 3)
    assert second.f1.value == pytest.approx(4 / 5)
    assert (third.precision, third.recall, third.f1) == (None, None, None)


def test_intervals_are_the_exact_ones_among_the_items_that_speak():
    truth = EYE[[0] * 10 + [1] * 10]
    predicted = np.array([0] * 8 + [1] * 12)

    first = per_class.per_class(predicted, truth, "single")[0]

    exact = binomtest(8, 10).proportion_ci(0.95, method="exact")
    assert (first.recall.low, first.recall.high) == pytest.approx((exact.low, exact.high))
    # 8 of the 10 items given it or of it are both: F1 = 2 J / (1 + J) at each end of J's interval
    low, high = (2 * j / (1 + j) for j in (exact.low, exact.high))
    assert (first.f1.low, first.f1.high) == pytest.approx((low, high))


def test_multi_label_counts_each_class_by_itself():
    truth = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    predicted = np.array([[1, 0], [0, 1], [0, 0]])

    first, second = per_class.per_class(predicted, truth, "multi")

    assert (first.recall.value, second.recall.value) == (0.5, 0.5)
    assert (first.precision.value, second.precision.value) == (1.0, 1.0)


def test_macro_f1_is_the_mean_over_the_classes_seen():
    truth = EYE[[0, 0, 1, 1]]
    predicted = np.array([0, 1, 1, 1])

    found = per_class.macro_f1(predicted, truth, "single")

    # (2/3 + 4/5) / 2 = 11/15; class 2 occurs nowhere
    assert found.value == pytest.approx(11 / 15)
    assert 0 <= found.low < found.value < found.high <= 1


def test_macro_f1_of_two_classes_without_an_error_is_as_unsure_as_each_of_them():
    truth = np.eye(2)[[0] * 20 + [1] * 20]
    predicted = np.array([0] * 20 + [1] * 20)

    found = per_class.macro_f1(predicted, truth, "single")

    # An error of one class is an error of the other, so the doubts do not cancel. Each J is at
    # least 0.8316 (20 of 20: 0.025^(1/20)), F1 at least 2 * 0.8316 / 1.8316 = 0.9080.
    assert found.low == pytest.approx(0.9080, abs=1e-4)


def test_macro_f1_knows_nothing_where_no_class_occurs():
    nothing = np.zeros((3, 2))

    found = per_class.macro_f1(nothing.astype(int), nothing, "multi")

    assert (found.value, found.low, found.high, found.n) == (0.0, 0.0, 1.0, 3)
    with pytest.raises(CoreError, match="no audit labels"):
        per_class.macro_f1(nothing[:0].astype(int), nothing[:0], "multi")


def test_smaller_chance_of_error_lowers_the_bound():
    truth = EYE[np.arange(60) % 3]
    predicted = np.where(np.arange(60) % 7 == 0, 0, np.arange(60) % 3)

    lows = [per_class.macro_f1(predicted, truth, "single", alpha=a).low for a in (0.1, 0.01, 0.001)]

    assert lows == sorted(lows, reverse=True)


def test_lengths_that_differ_are_refused():
    with pytest.raises(CoreError, match="3 predictions for 2 audit labels"):
        per_class.per_class(np.array([0, 1, 2]), EYE[[0, 1]], "single")


@pytest.mark.parametrize(("n", "skew"), [(60, 0.0), (150, 1.0)])
def test_macro_f1_interval_covers_the_truth_as_often_as_it_says(n, skew):
    rng = np.random.default_rng([n, 5])
    shares = np.arange(1, 5) ** -skew
    shares /= shares.sum()
    table = np.full((4, 4), 0.05) * shares[:, None]
    table[np.diag_indices(4)] = 0.85 * shares
    truth = (2 * np.diag(table) / (table.sum(axis=0) + table.sum(axis=1))).mean()

    missed = 0
    for _ in range(400):
        drawn = rng.choice(16, n, p=table.ravel())
        found = per_class.macro_f1(drawn % 4, np.eye(4)[drawn // 4], "single")
        missed += not found.low <= truth <= found.high

    assert not wrong_too_often(missed, 400, 0.05)
