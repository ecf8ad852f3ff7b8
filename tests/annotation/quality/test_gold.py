"""Known answers: warn after 10, pause after 20, and nobody for bad luck."""

import pytest

from annotation.quality import gold


@pytest.mark.parametrize(
    ("right", "n", "step"),
    [
        # Never on five, whatever they are.
        (0, 5, ""),
        (0, 9, ""),
        # Upper ends by Wilson at z 1.645: 4 of 10 is 0.648, 5 of 10 is 0.731.
        (4, 10, "warn"),
        (5, 10, ""),
        # 10 of 20 is 0.673, 11 of 20 is 0.717.
        (10, 20, "pause"),
        (11, 20, ""),
        (20, 20, ""),
    ],
)
def test_steps(right, n, step):
    assert gold.judge(right, n).step == step


# z = 1.644854, z^2 = 2.705543; 4 of 10: (0.4 + 0.135277 + 1.644854 * sqrt(0.024 + 0.006764)) over
# 1.270554 = 0.823778 / 1.270554.
@pytest.mark.parametrize(("right", "n", "upper"), [(4, 10, 0.64836), (5, 10, 0.73073), (0, 0, 1.0)])
def test_wilson_by_hand(right, n, upper):
    assert gold.wilson_upper(right, n) == pytest.approx(upper, abs=1e-5)


def test_hard_tasks_may_ask_for_less():
    assert gold.judge(8, 20, floor=0.5).step == ""
    assert gold.judge(8, 20).step == "pause"


def test_impossible_counts_are_refused():
    with pytest.raises(ValueError, match="3 right of 2 known answers is impossible"):
        gold.judge(3, 2)
