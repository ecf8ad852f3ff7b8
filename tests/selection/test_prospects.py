"""Forecast and price in words a lead can act on, whatever the numbers are."""

import pytest

from selection.prospects import (
    about,
    against_told,
    amount,
    forecast_told,
    path_of,
    price_told,
    random_path_of,
)

FORECAST = {
    "state": "reachable", "metric": "accuracy", "target": 0.9, "n_labels": 240,
    "rate": {"hours": 0.01, "money": 0.25}, "to_target": [90.0, 160.0, 310.0],
    "now": [0.81, 0.86, 0.9], "doubling": [0.01, 0.03, 0.05], "next_point": [30.0, 50.0, None],
    "whole_pool": [0.88, 0.93, 0.97], "at_budget": {"labels": 60.0, "value": [0.83, 0.87, 0.91]},
    "path": [{"labels": 240.0, "value": [0.85, 0.89, 0.93]}],
}  # fmt: skip
PRICE = {
    "spent": {"labels": 120, "hours": 1.2, "money": 30.0},
    "gain": [0.003, 0.021, 0.039],
    "per_point": {"labels": [31.0, 57.0, 400.0], "hours": [0.31, 0.57, 4.0], "money": None},
}
COST = {"n_labels": 240, "hours": 2.4, "money": 60.0, "currency": "EUR"}


def told(**changes):
    return forecast_told({"forecast": FORECAST | changes, "cost": COST})


def test_reachable_target_is_told_in_labels_hours_and_money():
    found = told()

    assert found.headline == "About 160 more labels (90 to 310)"
    assert "Then 0.90 accuracy." in found.lines
    # 160 x 0.01 h, 160 x 0.25
    assert (
        "That is about 1.6 h (54 min to 3.1 h) and about 40.00 EUR (22.50 to 77.50)." in found.lines
    )
    assert "At the end of the budget, after 60 labels more: 0.87 (0.83 to 0.91)." in found.lines


@pytest.mark.parametrize(
    ("state", "span", "headline", "words"),
    [
        ("never", [None, None, None], "0.90 accuracy is out of reach", "flattens"),
        ("pool", [5000.0, 9000.0, None], "0.90 accuracy is out of reach", "pool is too small"),
        ("doubtful", [90.0, None, None], "At least 90 more labels", "stay out of reach"),
        ("there", [0.0, 0.0, 20.0], "Probably at 0.90 accuracy", "prove"),
        ("open", None, "0.86 (0.81 to 0.90) accuracy now, by the curve", "Twice the labels"),
    ],
)
def test_each_state_is_told_honestly(state, span, headline, words):
    found = told(state=state, to_target=span)

    assert found.headline == headline
    assert any(words in line for line in found.lines)


def test_too_early_says_what_is_missing():
    early = {"state": "early", "models": 2, "models_needed": 4, "audit": 8, "audit_needed": 20}

    found = forecast_told({"forecast": early})

    assert found.headline == "Too early to tell"
    assert "4 models of different size and 20 audit labels; there are 2 and 8" in found.lines[0]


def test_price_of_a_point_comes_with_what_was_gained():
    found = price_told({"price": PRICE, "forecast": FORECAST, "cost": COST})

    assert found.headline == "About 57 labels (31 to 400) a point"
    assert "The last 120 labels gained 2.1 points (0.3 to 3.9)." in found.lines
    assert "The next point: about 50 labels (30 to no end in sight)." in found.lines


def test_labels_that_gained_nothing_have_no_price():
    nothing = PRICE | {"gain": [-0.02, -0.001, 0.01]}

    found = price_told({"price": nothing, "cost": COST})

    assert found.headline == "The last labels gained nothing that shows"


def test_rounds_made_before_there_were_forecasts_tell_nothing():
    assert forecast_told({}) is None
    assert price_told({}) is None
    assert path_of({}) == []


def test_path_starts_at_the_labels_there_are_and_adds_up_costs():
    first, last = path_of({"forecast": FORECAST, "cost": COST})

    assert (first.n_labels, first.likely) == (240, 0.86)
    # 2.4 h + 240 x 0.01 h, 60 + 240 x 0.25
    assert (last.n_labels, last.hours, last.money) == (480, pytest.approx(4.8), 120.0)


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0"), (7.4, "7"), (94, "94"), (163, "160"), (12_345, "12,000")]
)
def test_numbers_are_as_coarse_as_they_are_known(number, words):
    assert about(number) == words


def test_range_without_an_upper_end_says_so():
    assert amount("labels", [90.0, None, None], "") == "at least 90 labels"


AGAINST = {
    "state": "fewer", "value": 0.86, "n_train": 155, "labels": [300.0, 450.0, 700.0],
    "audit": 120, "opinions": 2.0, "sizes": [], "values": [],
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "headline"),
    [
        # two opinions an item: 310 labels and 600 to 1,400 instead
        ({}, "About 310 labels instead of about 900 labels"),
        ({"labels": [300.0, None, None]}, "About 310 labels instead of at least 600 labels"),
        ({"state": "more", "labels": [40.0, 60.0, 90.0]}, "Selection does worse than chance here"),
        ({"state": "unclear"}, "No difference can be told yet"),
    ],
)
def test_selection_beside_random_labels_is_told_whichever_way_it_went(changes, headline):
    assert against_told({"against_random": AGAINST | changes}).headline == headline


def test_range_of_random_labels_is_in_the_sentence_below():
    first = against_told({"against_random": AGAINST}).lines[0]

    assert "random labels would have needed about 900 labels (600 to 1,400)." in first


def test_too_few_audit_labels_to_compare_says_how_many_it_takes():
    found = against_told({"against_random": {"state": "early", "audit": 12, "audit_needed": 40}})

    assert found.headline == "Too early to tell"
    assert "It takes 40 audit labels; there are 12." in found.lines[0]


def test_numbers_beyond_all_planning_are_not_written_out():
    assert amount("labels", [80.0, 3.7e17, 1e21], "") == "at least 80 labels"
    assert amount("hours", [2.0, 4.0, 1e9], "") == "about 4.0 h (2.0 h to no end in sight)"
    assert amount("labels", [1e9, 1e12, None], "") == "no number"


def test_gain_that_no_page_shows_has_no_price():
    flat = PRICE | {"gain": [-0.02, 0.00001, 0.01]}

    assert price_told({"price": flat, "cost": COST}).headline.endswith("gained nothing that shows")


def test_end_of_a_spent_budget_is_no_forecast():
    spent = FORECAST | {"at_budget": {"labels": 0.0, "value": [0.8, 0.9, 0.95]}}

    found = forecast_told({"forecast": spent, "cost": COST})

    assert not any("end of the budget" in line for line in found.lines)


def test_random_labels_are_drawn_where_this_project_would_stand_with_as_many():
    facts = {
        "against_random": {
            "state": "fewer",
            "n_train": 160,
            "sizes": [20, 40],
            "values": [0.5, 0.7],
        },
        "cost": COST,
    }

    found = random_path_of(facts, n_labels=240)

    # 240 labels train on 160 items, so 20 items take 20 / 160 of 240 labels, 2.4 h and 60 EUR.
    assert [(p.n_labels, p.hours, p.money, p.value) for p in found] == [
        (30, pytest.approx(0.3), pytest.approx(7.5), 0.5),
        (60, pytest.approx(0.6), pytest.approx(15.0), 0.7),
    ]


@pytest.mark.parametrize("facts", [{}, {"against_random": {"state": "early", "audit": 12}}])
def test_no_random_curve_is_drawn_before_there_is_one(facts):
    assert random_path_of(facts, n_labels=240) == []
