"""The pool read in pieces: the same numbers as read whole, in whatever order and precision."""

import numpy as np
import pytest

from selection.core.chunks import map_rows, predict, rows, widened
from selection.core.linear import LinearModel

N = 9000


def matrix(n=N, width=4, seed=0):
    """More than two pieces of 4,096 rows."""
    return np.random.default_rng(seed).standard_normal((n, width)).astype(np.float32)


def model(width=4, n_classes=3, task="single"):
    coef = np.random.default_rng(1).standard_normal((n_classes, width))
    return LinearModel(coef, np.zeros(n_classes), np.arange(n_classes), n_classes, task)


POSITIONS = pytest.mark.parametrize(
    "positions",
    [
        np.arange(N),
        np.arange(40, 6130),
        np.setdiff1d(np.arange(N), [0, 7, 150, 4095, 4096, N - 1]),
        np.arange(0, N, 3),
        np.array([5, N - 1, 0, 17]),
        np.array([9]),
        np.empty(0, dtype=np.int64),
    ],
    ids=["all", "run", "gaps", "sparse", "unsorted", "one", "none"],
)


def test_every_half_precision_number_widens_exactly():
    halves = np.arange(2**16, dtype=np.uint16).view(np.float16).reshape(-1, 16)

    wide = widened(halves)

    # Bit by bit, so that -0 and NaN count too; 4,096 rows of 16 go by in blocks of 256.
    expected = halves.astype(np.float32)
    np.testing.assert_array_equal(wide.view(np.uint32), expected.view(np.uint32))


def test_rows_of_every_other_column_widen_too():
    halves = matrix(50, 8).astype(np.float16)[:, ::2]

    np.testing.assert_array_equal(widened(halves), halves.astype(np.float32))


@POSITIONS
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_rows_are_a_copy_of_what_is_stored(positions, dtype):
    X = matrix().astype(dtype)
    before = X.copy()

    found = rows(X, positions)
    expected = X[positions].astype(np.float32)
    found += 0
    found[:] = 7

    np.testing.assert_array_equal(expected, before[positions].astype(np.float32))
    np.testing.assert_array_equal(X, before)
    assert found.dtype == np.float32


@POSITIONS
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_chunks_predict_what_the_model_says_of_each_row(positions, dtype):
    X, predicts = matrix().astype(dtype), model()

    found = predict(predicts, X, positions)

    expected = predicts.predict_proba(X[positions].astype(np.float32))
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert found.dtype == np.float64


@POSITIONS
def test_numbers_of_rows_come_back_in_the_order_of_positions(positions):
    X = matrix()

    found = map_rows(lambda piece: piece.sum(axis=1), X, positions)

    np.testing.assert_allclose(found, X[positions].sum(axis=1), atol=1e-5)


def test_position_outside_the_matrix_is_an_error():
    with pytest.raises(IndexError):
        rows(matrix(), np.array([3, N]))


@pytest.mark.parametrize("task", ["single", "multi"])
def test_probabilities_of_far_away_items_are_finite(task):
    X = matrix() * 1e4

    proba = model(task=task).predict_proba(X)

    assert proba.min() >= 0
    assert proba.max() <= 1


def test_classes_the_model_never_saw_have_probability_zero():
    knows = LinearModel(np.zeros((2, 4)), np.zeros(2), np.array([0, 3]), 5)

    proba = knows.predict_proba(matrix(2))

    # Equal scores for the two classes it knows.
    assert proba.tolist() == [[0.5, 0, 0, 0.5, 0]] * 2
