"""Estimates: numbers worked by hand, or known from exact tables."""

import numpy as np
import pytest
from scipy.stats import binomtest

from selection.core import evaluation
from selection.core.types import CoreError

EYE = np.eye(3)


def test_likeliest_class_wins_and_ties_go_to_the_lower_number():
    proba = np.array([[0.2, 0.5, 0.3], [0.4, 0.4, 0.2]])

    assert evaluation.decide(proba, "single").tolist() == [1, 0]
    assert evaluation.decide(proba, "multi").tolist() == [[0, 0, 0], [0, 0, 0]]


def test_multi_label_answer_is_right_only_when_every_class_is():
    predicted = np.array([[1, 0], [1, 1]])
    targets = np.array([[1.0, 0.0], [1.0, 0.0]])

    assert evaluation.correct(predicted, targets, "multi").tolist() == [True, False]


@pytest.mark.parametrize(("k", "n"), [(0, 10), (10, 10), (7, 10), (255, 300)])
def test_exact_interval_is_that_of_scipy(k, n):
    interval = binomtest(k, n).proportion_ci(0.95, method="exact")

    low, high = evaluation.clopper_pearson(k, n, 0.025)

    assert (low, high) == pytest.approx((interval.low, interval.high))


def test_lower_bound_of_all_right_is_the_root_of_alpha():
    # k = n: the bound solves p^n = alpha, so 59 right answers prove 0.95: 0.05^(1/59) = 0.9505
    low, _ = evaluation.clopper_pearson(59, 59, 0.05)

    assert low == pytest.approx(0.05 ** (1 / 59))


@pytest.mark.parametrize(("k", "n"), [(0, 0), (3, 2), (-1, 5)])
def test_impossible_share_is_refused(k, n):
    with pytest.raises(CoreError):
        evaluation.clopper_pearson(k, n, 0.05)


def test_macro_f1_by_hand():
    truth = EYE[[0, 0, 1, 1]]
    predicted = np.array([0, 1, 1, 1])

    # class 0: precision 1, recall 1/2, F1 2/3; class 1: precision 2/3, recall 1, F1 4/5;
    # class 2 is neither true nor predicted and does not count: (2/3 + 4/5) / 2 = 11/15
    assert evaluation.macro_f1_value(predicted, truth, "single") == pytest.approx(11 / 15)


def test_classes_are_counted_with_soft_labels():
    targets = np.array([[0.7, 0.3], [1.0, 0.0]])

    assert evaluation.class_counts(targets) == pytest.approx([1.7, 0.3])
