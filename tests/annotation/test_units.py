from decimal import Decimal

import pytest

from annotation import units
from annotation.units import HOURS, LABELS, MONEY, Terms


def test_label_costs_one_label_whatever_it_took():
    assert Terms().cost(LABELS, active_ms=9_000) == 1


def test_hours_are_charged_up_to_the_ceiling():
    terms = Terms(max_paid_seconds=60)

    assert terms.cost(HOURS, active_ms=7_250) == 7_250
    assert terms.cost(HOURS, active_ms=61_000) == terms.most(HOURS) == 60_000


def test_price_per_label_does_not_ask_how_long_it_took():
    # 0.04 EUR = 0.04 * 100,000 parts
    assert Terms("label", 4_000).cost(MONEY, active_ms=999_999) == 4_000


def test_hourly_rate_pays_active_time_to_the_nearest_part():
    # 18 EUR an hour is 1,800,000 parts in 3,600,000 ms: half a part each; 7 ms is 3.5, so 4.
    terms = Terms("hour", 1_800_000, max_paid_seconds=10)

    assert terms.cost(MONEY, active_ms=6) == 3
    assert terms.cost(MONEY, active_ms=7) == 4
    assert terms.cost(MONEY, active_ms=10**9) == terms.most(MONEY) == 5_000


@pytest.mark.parametrize("unit", units.UNITS)
@pytest.mark.parametrize("active_ms", [-1, 0, 1, 299_999, 300_000, 10**12])
def test_cost_is_never_above_what_is_reserved(unit, active_ms):
    terms = Terms("hour", 1_234_567)

    assert 0 <= terms.cost(unit, active_ms=active_ms) <= terms.most(unit)


@pytest.mark.parametrize(
    ("unit", "said", "amount"),
    [(LABELS, 12, 12), (HOURS, "1.5", 5_400_000), (MONEY, "12.34", 1_234_000)],
)
def test_what_people_say_and_what_is_counted_are_the_same(unit, said, amount):
    assert units.to_amount(unit, Decimal(said)) == amount
    assert units.to_said(unit, amount) == Decimal(said)


@pytest.mark.parametrize(
    ("unit", "amount", "words"),
    [
        (LABELS, 1, "1 label"),
        (LABELS, 1_200, "1,200 labels"),
        (HOURS, 3_600_000, "1 hour"),
        (HOURS, 27_000_000, "7.5 hours"),
        (MONEY, 123_456_000, "1,234.56 EUR"),
    ],
)
def test_amounts_in_words(unit, amount, words):
    assert units.in_words(unit, amount, currency="EUR") == words
