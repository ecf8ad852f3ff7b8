"""Where another opinion is worth most, and when it is worth nothing any more."""

from math import log

import numpy as np
import pytest

from annotation.quality import consensus, relabelling
from tests.annotation.quality.panels import crowd, votes_of


def test_worth_by_hand():
    """Even odds and somebody right three times in four: ln 2 less the noise of 0.75 to 0.25."""
    noise = -(0.75 * log(0.75) + 0.25 * log(0.25))

    even, sure = relabelling.worth(np.array([[0.5, 0.5], [1.0, 0.0]]), skill=0.75)

    assert even == pytest.approx(log(2) - noise)
    assert sure == pytest.approx(0)


def test_guessers_are_worth_nothing():
    assert relabelling.worth(np.array([[0.5, 0.5]]), skill=0.5) == pytest.approx([0])


def test_settled_items_are_not_asked_again():
    """Item 0 has five answers, item 1 agrees, item 2 is contested, nobody answered item 3."""
    rows = [(0, a, a % 3) for a in range(5)]
    rows += [(1, a, 0) for a in range(4)] + [(2, 0, 0), (2, 1, 1)]
    votes = votes_of(rows, n_items=4)
    found = consensus.one_coin(votes)
    assert found.certainty[1] > 0.95

    assert relabelling.wanted(votes, found, size=9, skill=0.8).tolist() == [2]
    assert relabelling.disputed(votes, found).tolist() == [0]


def test_adaptive_opinions_beat_even_ones():
    """Two answers each, then single ones where they tell most: at most three an item in all."""
    gains = []
    for seed in range(5):
        votes, truth = crowd(
            np.random.default_rng(seed), skills=[0.85] * 6 + [0.6] * 4, n_items=300,
            n_classes=3, per_item=9,
        )  # fmt: skip
        place = np.arange(len(votes)) - np.searchsorted(votes.items, votes.items)
        limit = np.full(300, 2)
        while limit.sum() < 900:
            now = votes.only(place < limit[votes.items])
            asked = relabelling.wanted(now, consensus.one_coin(now), size=15, skill=0.75)
            limit[asked if len(asked) else np.flatnonzero(limit < 9)[:15]] += 1
        chosen = votes.only(place < limit[votes.items])
        even = votes.only(place < 3)
        gains.append(
            (consensus.one_coin(chosen).labels == truth).mean()
            - (consensus.one_coin(even).labels == truth).mean()
        )

    assert np.mean(gains) > 0.02


@pytest.mark.parametrize(
    ("skill", "share"), [(0.5, 0.5), (0.8, 0.5), (0.875, 0.35), (0.95, 0.2), (1.0, 0.2)]
)
def test_share_follows_skill(skill, share):
    assert relabelling.share_of(skill) == pytest.approx(share)
