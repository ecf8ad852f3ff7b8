"""What the quality page rests on, by hand."""

import numpy as np
import pytest

from annotation.quality import consensus, reporting
from tests.annotation.quality.panels import votes_of


def test_specific_agreement_by_hand():
    """Item 0: a a b, item 1: a b. Of those who said a, pairs (2x2 + 1) = 5, the same 2; of b:
    2 + 1 = 3, the same 0."""
    votes = votes_of([(0, 0, 0), (0, 1, 0), (0, 2, 1), (1, 0, 0), (1, 1, 1)], n_classes=3)

    rows = reporting.class_agreement(votes, reporting.Names([7, 8, 9], ["a", "b", "c"]))

    assert rows == [
        {"class": "a", "value": pytest.approx(2 / 5), "n": 5},
        {"class": "b", "value": 0.0, "n": 3},
        {"class": "c", "value": None, "n": 0},
    ]


def test_confusions_and_drift_go_by_the_consensus_in_order_of_time():
    """Two always say 0; the third is right on their first 50 answers and wrong on the next 50,
    which were given for the items of lower number."""
    rows = [(item, who, 0) for item in range(100) for who in (0, 1)]
    rows += [(item, 2, int(item < 50)) for item in range(100)]
    votes = votes_of(rows, n_classes=2)
    labels = np.arange(300)
    labels[200:250], labels[250:300] = np.arange(250, 300), np.arange(200, 250)
    agreed = consensus.agree(votes)

    data = reporting.report(
        votes, agreed, reporting.Names([4, 5, 6], [11, 12]), labels, rng=np.random.default_rng(0)
    )

    assert data["confusions"] == {"6": [{"said": 12, "meant": 11, "n": 50}]}
    first, second = data["drift"]["6"]
    assert (first["value"], second["value"], first["last"]) == (1.0, 0.0, 249)
    # Wilson of 50 of 50: from 50 / (50 + 3.8415).
    assert (first["low"], first["high"]) == (pytest.approx(0.92865, abs=1e-4), 1.0)
    assert [(p["one"], p["other"]) for p in data["pairs"]] == [(4, 5), (4, 6), (5, 6)]
    assert data["pairs"][0]["reason"].startswith("All answers are the same")


def test_an_empty_panel_has_reasons_only():
    votes = votes_of([(0, 0, 0)])
    data = reporting.report(
        votes, consensus.agree(votes), reporting.Names([1], [1]), np.zeros(1, np.int64),
        rng=np.random.default_rng(0),
    )  # fmt: skip

    assert {each["value"] for each in data["agreement"]} == {None}
    assert (data["pairs"], data["confusions"]) == ([], {})
