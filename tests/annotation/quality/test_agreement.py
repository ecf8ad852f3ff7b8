"""Agreement against published values, and what is said where there is no value."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.quality import agreement
from annotation.quality.votes import QualityError, Votes
from tests.annotation.quality.panels import counted, grid, pair, votes_of

# The table of Fleiss 1971 as it is mostly printed: 10 items, 5 classes, 14 raters.
FLEISS = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip
GAPS = grid(
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . .",
    ". 3 3 3 2 3 4 2 2 5 1 3",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
# Krippendorff's example of three coders and fifteen units.
CODERS = grid(
    ". . . . . 3 4 1 2 1 1 3 3 . 3",
    "1 . 2 1 3 3 4 3 . . . . . . .",
    ". . 2 1 3 4 4 . 2 1 1 3 3 . 4",
)


@pytest.fixture
def rng():
    return np.random.default_rng(1)


@pytest.mark.parametrize(
    ("table", "percent", "cohen", "ac1", "alpha"),
    [
        ([[13, 0, 0], [0, 20, 7], [0, 4, 56]], 0.89, 0.796409, 0.849331, 0.797258),
        ([[20, 5], [10, 15]], 0.70, 0.4, 0.405941, 0.4),
        ([[45, 15], [25, 15]], 0.60, 0.130435, 0.266055, 0.125275),
        ([[25, 35], [5, 35]], 0.60, 0.259259, 0.207921, 0.195960),
        # The kappa paradox: nearly all agree, and kappa is below zero.
        ([[118, 5], [2, 0]], 0.944, -0.023392, 0.940776, -0.024691),
    ],
)
def test_published_values_of_two_annotators(rng, table, percent, cohen, ac1, alpha):
    votes = pair(table)

    found = [
        agreement.percent(votes, rng=rng),
        agreement.cohen(votes, 0, 1, rng=rng),
        agreement.ac1(votes, rng=rng),
        agreement.alpha(votes, rng=rng),
    ]

    assert [each.value for each in found] == pytest.approx([percent, cohen, ac1, alpha], abs=1e-6)
    assert all(each.low <= each.value <= each.high for each in found)


def test_fleiss_of_fourteen_raters(rng):
    assert agreement.fleiss(counted(FLEISS), rng=rng).value == pytest.approx(0.209931, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "value"),
    [("ac1", 0.775444), ("fleiss", 0.761169), ("percent", 0.818182)],
)
def test_published_values_with_gaps(rng, name, value):
    found = getattr(agreement, name)(GAPS, rng=rng)

    assert found.value == pytest.approx(value, abs=1e-6)
    # Column 12 holds one lone answer.
    assert found.n_items == 11


@pytest.mark.parametrize(
    ("votes", "level", "value"),
    [
        (GAPS, "nominal", 0.743421),
        (GAPS, "ordinal", 0.815388),
        (GAPS, "interval", 0.849107),
        (CODERS, "nominal", 0.691358),
        (CODERS, "interval", 0.810845),
    ],
)
def test_published_values_of_alpha(rng, votes, level, value):
    assert agreement.alpha(votes, rng=rng, level=level).value == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("name", ["percent", "fleiss", "ac1", "alpha"])
def test_no_overlap_is_a_reason_and_not_a_number(rng, name):
    found = getattr(agreement, name)(votes_of([(0, 0, 0), (1, 1, 1)]), rng=rng)

    assert (found.value, found.n_items) == (None, 0)
    assert found.reason == "No item has answers of two people yet."


def test_answers_that_are_all_the_same_show_percent_alone(rng):
    votes = votes_of([(0, 0, 1), (0, 1, 1), (1, 0, 1), (1, 1, 1)], n_classes=3)

    assert agreement.percent(votes, rng=rng).value == 1
    for found in (
        agreement.fleiss(votes, rng=rng),
        agreement.alpha(votes, rng=rng),
        agreement.cohen(votes, 0, 1, rng=rng),
    ):
        assert found.value is None
        assert found.reason.startswith("All answers are the same")
    # AC1 was made for this case: chance is (0 + 0 + 0) / 2, so agreement is all beyond it.
    assert agreement.ac1(votes, rng=rng).value == 1


def test_people_who_share_nothing_have_no_kappa(rng):
    found = agreement.cohen(votes_of([(0, 0, 0), (1, 1, 1)]), 0, 1, rng=rng)

    assert (found.value, found.reason) == (None, "These two share no item yet.")


def test_pairs_are_those_that_share_an_item(rng):
    votes = votes_of([(0, 0, 0), (0, 2, 0), (1, 1, 1), (2, 0, 1), (2, 2, 0)])

    assert [(a, b, found.n_items) for a, b, found in agreement.cohen_of_pairs(votes, rng=rng)] == [
        (0, 2, 2)
    ]


def test_few_shared_items_are_not_firm(rng):
    assert not agreement.alpha(GAPS, rng=rng).is_firm
    assert agreement.alpha(pair([[13, 0, 0], [0, 20, 7], [0, 4, 56]]), rng=rng).is_firm


def test_interval_covers_the_value_of_the_whole_at_least_nine_times_in_ten():
    """100 samples of 60 items of a panel whose alpha over 6,000 items is known."""
    rng = np.random.default_rng(7)
    truth = rng.integers(3, size=6_000)
    said = np.where(rng.random((6_000, 3)) < 0.8, truth[:, None], rng.integers(3, size=(6_000, 3)))

    def panel(items):
        n = len(items)
        return Votes(
            np.repeat(np.arange(n), 3), np.tile(np.arange(3), n), said[items].ravel(), n, 3, 3
        )

    whole = agreement.alpha(panel(np.arange(6_000)), rng=rng).value
    found = [agreement.alpha(panel(rng.choice(6_000, 60)), rng=rng) for _ in range(100)]

    assert sum(each.low <= whole <= each.high for each in found) >= 90


def test_two_answers_of_one_annotator_to_one_item_are_refused():
    with pytest.raises(QualityError, match="answered one item twice"):
        votes_of([(0, 0, 0), (0, 0, 1)])


def test_numbers_out_of_range_are_refused():
    with pytest.raises(QualityError, match="class numbers go from 0 to 1"):
        votes_of([(0, 0, 2)], n_classes=2)


PANELS = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 4), st.integers(0, 3)), min_size=2, max_size=40
).map(lambda rows: list({(item, who): (item, who, said) for item, who, said in rows}.values()))


@settings(max_examples=60, deadline=None)
@given(PANELS, st.randoms(use_true_random=False))
@pytest.mark.parametrize("name", ["percent", "fleiss", "ac1", "alpha"])
def test_names_of_people_items_and_classes_change_nothing(name, rows, random):
    places = [list(range(n)) for n in (8, 5, 4)]
    for each in places:
        random.shuffle(each)
    renamed = [tuple(each[n] for each, n in zip(places, row, strict=True)) for row in rows]
    random.shuffle(renamed)
    sizes = {"n_items": 8, "n_annotators": 5, "n_classes": 4}

    values = [
        getattr(agreement, name)(votes_of(each, **sizes), rng=np.random.default_rng(0)).value
        for each in (rows, renamed)
    ]

    assert values[0] == pytest.approx(values[1], abs=1e-9) or values == [None, None]
