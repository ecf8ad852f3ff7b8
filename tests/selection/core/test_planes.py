"""Places on a plane: the same every time, true to the data, and small numbers for a page."""

import numpy as np
import pytest

from selection.core.planes.components import components
from selection.core.planes.quantised import quantised
from selection.core.types import CoreError


def rng():
    return np.random.default_rng(3)


def test_components_find_the_direction_in_which_items_differ_most():
    # Along the first column the items lie 0 .. 9, across it within 0.1.
    X = np.column_stack([np.arange(10), rng().uniform(0, 0.1, 10), np.zeros(10)])

    places = components(X.astype(np.float32), rng=rng())

    assert np.corrcoef(places[:, 0], X[:, 0])[0, 1] > 0.9999
    assert np.ptp(places[:, 0]) == pytest.approx(9, abs=0.01)
    assert np.ptp(places[:, 1]) < 0.2


def test_components_equal_the_exact_ones():
    X = rng().normal(size=(300, 20)) @ np.diag([5, 3, *[0.5] * 18])
    centred = X - X.mean(axis=0)
    exact = centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T

    places = components(X.astype(np.float32), rng=rng())

    # Directions may point the other way: ours are turned upright.
    np.testing.assert_allclose(np.abs(places), np.abs(exact), atol=0.01)


def test_components_are_the_same_every_time():
    X = rng().normal(size=(500, 8)).astype(np.float32)

    assert np.array_equal(components(X, rng=rng()), components(X, rng=rng()))


@pytest.mark.parametrize("shape", [(0, 4), (1, 4), (5, 0), (5, 1)])
def test_components_of_little_are_finite_places(shape):
    places = components(np.ones(shape, dtype=np.float32), rng=rng())

    assert places.shape == (shape[0], 2)
    assert np.isfinite(places).all()


def test_places_are_stretched_to_the_square_and_keep_their_proportions():
    # Twice as wide as high: the height fills the middle half, from 1/4 to 3/4 of 65,535.
    steps = quantised(np.array([[0.0, 0.0], [4.0, 2.0], [2.0, 1.0]]))

    assert steps.tolist() == [[0, 16384], [65535, 49151], [32768, 32768]]


def test_items_in_one_place_lie_in_the_middle():
    assert quantised(np.ones((3, 2))).tolist() == [[32768, 32768]] * 3


def test_places_that_are_not_finite_are_refused():
    with pytest.raises(CoreError, match="not a finite number"):
        quantised(np.array([[0.0, np.nan]]))
