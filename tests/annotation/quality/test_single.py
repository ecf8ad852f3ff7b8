"""One item's consensus in plain Python, beside that of all items at once."""

import numpy as np
import pytest

from annotation.quality import consensus
from annotation.quality.single import Given, believe, believe_each
from tests.annotation.quality.panels import crowd


def test_it_is_the_last_step_of_one_coin():
    votes, _ = crowd(
        np.random.default_rng(5), skills=[0.9, 0.8, 0.7, 0.6], n_items=200, n_classes=3, per_item=3
    )
    found = consensus.one_coin(votes)

    for item in range(50):
        mine = votes.items == item
        given = [
            Given((int(c),), float(found.skills[a]))
            for a, c in zip(votes.annotators[mine], votes.classes[mine], strict=True)
        ]
        belief = believe(given, n_answers=3)
        assert (belief.answer, belief.is_tied) == ((found.labels[item],), False)
        assert belief.certainty == pytest.approx(found.certainty[item], abs=1e-4)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([((2,), 0.9)], ((2,), 0.9, False)),
        # An unknown annotator counts as right four times in six.
        ([((1,), None)], ((1,), 4 / 6, False)),
        # Two equal opposites of two classes: one half, tied, the first is named.
        ([((1,), 0.8), ((0,), 0.8)], ((1,), 0.5, True)),
        # 0.9 against 0.6: odds 9 : 1.5, so 9 / 10.5.
        ([((0,), 0.6), ((1,), 0.9)], ((1,), 9 / 10.5, False)),
        # Someone who is always wrong speaks for the other class: odds 1 : 9.
        ([((0,), 0.5), ((1,), 0.1)], ((0,), 0.9, False)),
    ],
)
def test_by_hand(answers, expected):
    belief = believe([Given(*each) for each in answers], n_answers=2)

    assert (belief.answer, belief.is_tied) == (expected[0], expected[2])
    assert belief.certainty == pytest.approx(expected[1])


def test_answers_of_several_classes_are_compared_whole():
    belief = believe([Given((1, 2), 0.8), Given((2,), 0.8), Given((1, 2), 0.8)], n_answers=8)

    assert (belief.answer, belief.is_tied) == ((1, 2), False)
    # Odds against an answer nobody gave: 28^2 and 28, six others: 784 / (784 + 28 + 6).
    assert belief.certainty == pytest.approx(784 / 818)


def test_each_class_by_itself():
    """Class 1: three of three. Class 2: one of three, odds 4 : 16, so yes at 0.2."""
    belief = believe_each([Given((1,), 0.8), Given((1, 2), 0.8), Given((1,), 0.8)])

    assert (belief.answer, belief.is_tied) == ((1,), False)
    assert belief.certainty == pytest.approx(0.8)


def test_nobody_named_a_class():
    assert believe_each([Given((), 0.8), Given((), 0.7)]).answer == ()


def test_many_sure_answers_do_not_overflow():
    given = [Given((0,), 0.0)] * 100 + [Given((1,), 1.0)] * 100

    assert believe(given, n_answers=3).answer == (1,)


def test_no_answers_are_refused():
    with pytest.raises(ValueError, match="no answers"):
        believe([], n_answers=2)
