"""How much of a claimed time can be true, by hand."""

from datetime import UTC, datetime

from annotation import worktime
from annotation.worktime import Worked, fit


def test_time_since_the_hand_out_is_believed():
    # Handed out at 1,000, answered at 9,000: 8,000 ms at most, and they began when it came.
    assert fit(5_000, handed_out_ms=1_000, worked_until_ms=0, now_ms=9_000) == Worked(5_000, 6_000)
    assert fit(9_999, handed_out_ms=1_000, worked_until_ms=0, now_ms=9_000) == Worked(8_000, 9_000)


def test_time_of_another_answer_is_not_counted_twice():
    # The other answer's time reaches to 6,000: 3,000 are left of the 8,000.
    assert fit(8_000, handed_out_ms=1_000, worked_until_ms=6_000, now_ms=9_000) == Worked(
        3_000, 9_000
    )


def test_answers_that_come_all_at_once_keep_the_time_they_took():
    # Three items handed out at 0, ten seconds each, sent together at 40,000 when the line is back.
    until, active = 0, []
    for _ in range(3):
        worked = fit(10_000, handed_out_ms=0, worked_until_ms=until, now_ms=40_000)
        until, active = worked.until_ms, [*active, worked.active_ms]

    assert active == [10_000, 10_000, 10_000]
    assert until == 30_000


def test_claiming_all_of_the_time_for_each_of_two_items_gives_it_once():
    # The next item lies behind the one in front: each is handed out two answers before its own.
    # Answers at 10,000, 20,000, ... all claim the 20,000 since their hand-out: 10,000 are true.
    until, total = 0, 0
    for now in range(10_000, 110_000, 10_000):
        handed_out = max(now - 20_000, 0)
        worked = fit(20_000, handed_out_ms=handed_out, worked_until_ms=until, now_ms=now)
        until, total = worked.until_ms, total + worked.active_ms

    assert total == 100_000


def test_clocks_that_disagree_give_nothing_and_forget_nothing():
    assert fit(5_000, handed_out_ms=9_000, worked_until_ms=0, now_ms=8_000) == Worked(0, 9_000)
    assert fit(-5, handed_out_ms=0, worked_until_ms=7_000, now_ms=8_000) == Worked(0, 7_000)
    assert fit(10**12, handed_out_ms=0, worked_until_ms=0, now_ms=10**12).active_ms == 86_400_000


def test_moment_is_in_milliseconds():
    assert worktime.moment(datetime(1970, 1, 1, 0, 0, 2, 345_999, UTC)) == 2_345
