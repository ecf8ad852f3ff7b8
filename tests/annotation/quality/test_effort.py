"""Quick answers are marked, random ones recognised, and neither by bad luck."""

import numpy as np
import pytest

from annotation.quality import consensus, effort
from tests.annotation.quality.panels import crowd, votes_of

NAN = float("nan")


def test_quick_is_a_third_of_the_items_median_or_under_a_second():
    votes = votes_of([(0, 0, 0), (0, 1, 0), (0, 2, 0), (1, 0, 0), (1, 1, 0), (2, 0, 0)])
    # Item 0: median 9, a third is 3. Items 1 and 2 have fewer than three answers: the median of
    # all (2, 9, 20, 0.5, 6, 3) is 4.5, a third of it 1.5.
    seconds = np.array([2.0, 9.0, 20.0, 0.5, 6.0, 3.0])

    assert effort.quick(votes, seconds).tolist() == [True, False, False, True, False, False]


def test_unknown_times_are_not_quick():
    votes = votes_of([(0, 0, 0), (0, 1, 0), (1, 0, 0)])
    seconds = np.array([NAN, 10.0, 0.2])

    assert effort.quick(votes, seconds).tolist() == [False, False, True]
    first, second = effort.paces(votes, seconds)
    assert (first.median, first.n, first.n_quick) == (pytest.approx(0.2), 1, 1)
    assert (second.median, second.n) == (10.0, 1)


def test_random_answerers_are_found_and_good_people_are_not():
    skills = [0.9] * 5 + [0.75] * 3 + [0.25] * 2
    flagged = np.zeros(10)
    for seed in range(20):
        votes, _ = crowd(
            np.random.default_rng(seed), skills=skills, n_items=300, n_classes=4, per_item=3
        )
        rows = consensus.reliabilities(votes, consensus.agree(votes))
        flagged += [effort.is_random(each, votes) for each in rows]

    # Each has about 90 shared answers: chance is 0.25, the bar 0.40.
    assert flagged[:8].tolist() == [0] * 8
    assert (flagged[8:] >= 18).all()


def test_nobody_is_called_out_on_nineteen_answers():
    votes = votes_of([(n, a, a) for n in range(19) for a in (0, 1)])
    each = consensus.Reliability(value=0.01, low=0.0, high=0.05, n=19)

    assert not effort.is_random(each, votes)
