"""The short version of benchmarks/selection/statements: what pages say is wrong as rarely as said.

Fixed seeds; a row fails when so many wrong projects would hardly occur by chance.
"""

import numpy as np
import pytest

from benchmarks.selection import statements
from benchmarks.selection.statements import CONFUSIONS, POOLS, WORLDS
from tests.support.chances import wrong_too_often

N = 120


def name(each):
    return str(each.name if hasattr(each, "name") else each)


@pytest.mark.parametrize("world", WORLDS, ids=name)
def test_target_read_after_every_batch_is_said_wrongly_in_few_projects(world):
    rng = np.random.default_rng(11)

    wrong = sum(statements.certificate(world, rng)[0] for _ in range(N))

    assert not wrong_too_often(wrong, N, 0.05)


def test_target_is_said_where_the_model_is_well_above_it():
    rng = np.random.default_rng(12)
    above = WORLDS[-1]

    said = [statements.certificate(above, rng) for _ in range(30)]

    assert not any(wrong for wrong, _ in said)
    assert sum(labels is not None for _, labels in said) >= 24


@pytest.mark.parametrize("pool", POOLS, ids=name)
@pytest.mark.parametrize("n", [20, 100])
def test_both_estimates_cover_the_truth(pool, n):
    rng = np.random.default_rng([13, n])
    runs = [statements.estimates(pool, n, rng) for _ in range(N)]

    for which in ("exact", "assisted"):
        missed = sum(not r[which].low <= pool.truth <= r[which].high for r in runs)
        assert not wrong_too_often(missed, N, 0.05)


def test_assisted_estimate_is_narrower_where_the_model_knows_when_it_errs():
    rng = np.random.default_rng(14)
    knows = next(pool for pool in POOLS if pool.name == "0.86, calibrated")
    runs = [statements.estimates(knows, 200, rng) for _ in range(40)]

    width = {name: np.mean([r[name].high - r[name].low for r in runs]) for name in runs[0]}

    # Chances from a beta law with a + b = 4.66 explain 1 / 5.66 of the variance of the hits: the
    # interval could be 1 - sqrt(1 - 0.177) = 9.3 % narrower, and caution leaves most of that.
    assert width["assisted"] < 0.95 * width["exact"]


@pytest.mark.parametrize("world", CONFUSIONS, ids=str)
def test_intervals_of_classes_cover_the_truth(world):
    rng = np.random.default_rng(15)
    runs = [dict(statements.by_class(world, 100, rng)) for _ in range(N)]

    for which in ("precision", "recall", "f1", "macro-F1"):
        missed = sum(not run.get(which, True) for run in runs)
        assert not wrong_too_often(missed, N, 0.05)


@pytest.mark.parametrize("pool", POOLS, ids=name)
def test_accepted_predictions_err_more_than_promised_in_few_projects(pool):
    rng = np.random.default_rng(16)

    wrong = sum(statements.acceptance(pool, 200, rng)[0] for _ in range(N))

    assert not wrong_too_often(wrong, N, 0.05)
