import numpy as np
import pytest

from selection.core import grouping
from tests.selection.core.worlds import blobs

RNG = np.random.default_rng


def test_clouds_become_groups_the_largest_first():
    # Two clouds of 40 and one of 10 far apart: round(sqrt(90 / 4)) = 5 groups, none of two clouds.
    X, classes = blobs(n_per_class=40, n_classes=3, spread=0.02)
    kept = np.concatenate([np.flatnonzero(classes < 2), np.flatnonzero(classes == 2)[:10]])

    found = grouping.find(X[kept], rng=RNG(0))

    sizes = np.bincount(found.labels)
    assert len(sizes) == len(found.examples) == 5
    assert list(sizes) == sorted(sizes, reverse=True)
    for number in range(5):
        assert len(set(classes[kept][found.labels == number])) == 1


def test_examples_are_the_members_nearest_to_the_middle():
    X = np.array([[0.0], [1.0], [2.0], [10.0], [11.0]], dtype=np.float32)

    found = grouping.find(X, rng=RNG(0))

    # Middles 1 and 10.5: of the first group 1 comes first, then 0 before 2 by their places.
    assert found.labels.tolist() == [0, 0, 0, 1, 1]
    assert found.examples[0].tolist() == [1, 0, 2]
    assert found.examples[1].tolist() == [3, 4]


@pytest.mark.parametrize("n", [0, 1])
def test_hardly_any_items_make_one_group(n):
    found = grouping.find(np.ones((n, 3), dtype=np.float32), rng=RNG(0))

    assert found.labels.tolist() == [0] * n
    assert len(found.examples) == 1


def test_items_that_all_look_the_same_make_groups_without_an_error():
    found = grouping.find(np.ones((40, 3), dtype=np.float32), rng=RNG(0))

    assert len(found.labels) == 40
    assert sum(len(each) > 0 for each in found.examples) == len(found.examples)


def test_words_of_a_group_are_those_the_others_lack():
    texts = ["the card refund", "the refund", "the parcel late", "the parcel"]

    words = grouping.telling_words(texts, np.array([0, 0, 1, 1]), 2)

    # Group 0: refund 1 x log(1 / 0.5) = 0.69, card 0.5 x log(0.5 / 0.25) = 0.35, the 0.
    assert words == [["refund", "card"], ["parcel", "late"]]


def test_texts_without_words_have_none():
    assert grouping.telling_words(["", "1 2 3"], np.array([0, 1]), 2) == [[], []]


def test_same_seed_gives_the_same_groups():
    X, _ = blobs()

    first, again = (grouping.find(X, rng=RNG(3)).labels for _ in range(2))

    assert first.tolist() == again.tolist()
