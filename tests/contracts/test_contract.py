"""The promises that entries of your own are held to are kept by alapp's own, and can be broken."""

import re
from dataclasses import replace

import numpy as np
import pytest

from selection.core import contract
from selection.core.catalog import ESTIMATORS, FEATURES, STRATEGIES, Strategy
from selection.core.strategies.uncertainty import margin

OURS = [
    *(("strategies", STRATEGIES[name]) for name in ("auto", "margin", "random", "outside_score")),
    *(("estimators", entry) for entry in ESTIMATORS.values()),
    *(("features", FEATURES[name]) for name in ("text_tfidf", "table_plain", "image_plain")),
]
HERE = "tests.contracts.test_contract"


def nothing(view, *, rng):
    return np.full(view.n, np.nan)


def fails(view, *, rng):
    raise RuntimeError("no luck")


def short(view, *, rng):
    return np.zeros(max(view.n - 1, 0))


def by_place(view, *, rng):
    return np.arange(view.n, dtype=np.float64)


def forgetful(view, *, rng):
    return margin(view, rng=rng) + np.random.default_rng().random(view.n)


def scribbling(view, *, rng):
    scores = margin(view, rng=rng)
    view.targets[:] = 0
    return scores


@pytest.mark.parametrize(("family", "entry"), OURS, ids=[entry.name for _, entry in OURS])
def test_our_own_keep_every_promise(family, entry):
    assert list(contract.broken(family, entry)) == []


@pytest.mark.parametrize(
    ("function", "promise", "how"),
    [
        ("nothing", "It gives one finite score", "108 of 108 scores are NaN"),
        ("fails", "It gives one finite score", "RuntimeError: no luck"),
        ("short", "It gives one finite score", r"shape \(107,\) for 108 items"),
        ("by_place", "It gives an item the same score wherever", "another order"),
        ("forgetful", "It gives the same scores under the same seed", "differ"),
        ("scribbling", "It changes nothing", "it wrote to targets"),
        ("gone", "its path can be loaded", "AttributeError"),
    ],
)
def test_broken_promise_is_told(monkeypatch, function, promise, how):
    entry = Strategy("mine", "Mine", "Tries.", f"{HERE}.{function}", "none")
    monkeypatch.setitem(STRATEGIES, "mine", entry)

    told = dict(contract.broken("strategies", entry))

    found = next(words for words in told if words.startswith(promise))
    assert re.search(how, told[found])


def test_estimator_whose_model_does_not_come_back_is_told():
    entry = replace(ESTIMATORS["logistic"], reads="selection.core.kernel_model.KernelModel")

    assert [words for words, _ in contract.broken("estimators", entry)] == [
        "Its model is kept as plain arrays and comes back from them"
    ]
