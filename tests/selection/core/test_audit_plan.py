"""How many audit items the next batch carries, and why."""

import pytest

from selection.core.audit_plan import plan
from selection.core.config import LoopConfig
from selection.core.types import Metric


def planned(n_audit, *, value=0.9, low=0.8, high=0.95, reserved=300, size=50, look=0, **config):
    accuracy = Metric("accuracy", value, low, high, n_audit) if n_audit else None
    return plan(
        LoopConfig(**config),
        accuracy=accuracy,
        n_audit=n_audit,
        reserved=reserved,
        batch_size=size,
        look=look,
    )


def test_first_fifty_come_at_the_usual_share():
    assert (planned(0).share, planned(0).reason) == (0.2, "first")
    assert planned(49, target_value=0.85).reason == "first"


def test_without_a_target_a_hundred_are_enough_and_a_few_go_on():
    assert (planned(99).share, planned(99).reason) == (0.2, "steady")
    assert (planned(100).share, planned(100).reason) == (0.1, "enough")


def test_target_near_by_asks_for_what_tells_it_within_three_batches():
    found = planned(60, value=0.95, target_value=0.9)

    # ln(320) / (0.95 ln(0.95/0.9) + 0.05 ln(0.05/0.1)) = 5.768 / 0.016706 = 345.3 at 1/16 of 5 %
    assert (found.needed, found.reason) == (346, "beyond")
    found = planned(60, value=0.95, target_value=0.88)
    # 5.768 / (0.95 ln(0.95/0.88) + 0.05 ln(0.05/0.12)) = 5.768 / 0.028935 = 199.4, so 140 more in
    # three batches: 47 of each 50, but at most half
    assert (found.needed, found.reason, found.share) == (200, "needed", 0.5)
    found = planned(170, value=0.95, target_value=0.88)
    # 30 more in three batches: 10 of 50
    assert found.share == pytest.approx(0.2)


def test_enough_labels_to_decide_leave_the_rest_to_learning():
    found = planned(210, value=0.95, target_value=0.88)

    assert (found.share, found.reason) == (0.1, "enough")


def test_enough_labels_to_decide_go_on_to_the_next_look():
    found = planned(210, value=0.95, target_value=0.88, look=225)

    # 15 more in three batches: 5 of 50
    assert (found.share, found.reason, found.look) == (0.1, "look", 225)
    assert planned(210, value=0.95, target_value=0.88, look=400).look == 300


def test_model_far_below_the_target_is_taught_not_measured():
    found = planned(80, value=0.7, high=0.8, target_value=0.9)

    assert (found.share, found.reason) == (0.1, "far")


def test_estimate_not_above_the_target_keeps_the_usual_share():
    found = planned(80, value=0.85, high=0.92, target_value=0.88)

    assert (found.share, found.reason, found.needed) == (0.2, "close", None)


def test_lead_who_wants_a_smaller_or_a_fixed_share_gets_it():
    assert planned(200, audit_share=0.05).share == 0.05
    assert planned(200, audit_share=0.8, value=0.95, target_value=0.88).share == 0.1
    assert planned(200, audit_adapts=False).reason == "fixed"
    assert planned(0, audit_share=0.0).reason == "off"
    assert planned(0, reserved=0).share == 0.0
