"""What may be accepted without a human, and how sure that is."""

import numpy as np
import pytest
from scipy.stats import binomtest

from selection.core.acceptance import levels
from selection.core.offers import Level, alpha_of_look, best, labels_missing
from selection.core.types import CoreError
from tests.support.chances import wrong_too_often


def test_levels_are_shares_of_the_pool_with_exact_bounds():
    pool = np.arange(100) / 100
    audit = np.arange(50) / 50
    hits = audit > 0.1

    found = levels(pool, audit, hits, alpha=0.05)

    # 20 audit items speak from 0.6 up: the levels of 40 % and more of the pool, seven of them.
    assert [each.share for each in found] == [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    first, last = found[0], found[-1]
    assert (first.threshold, first.n_pool, first.n_audit, first.n_errors) == (0.6, 40, 20, 0)
    # 1 - (0.05 / 7)^(1/20) = 0.2189
    assert first.bound == pytest.approx(0.2189, abs=1e-4)
    assert (last.n_pool, last.n_audit, last.n_errors) == (100, 50, 6)
    exact = binomtest(6, 50, alternative="less").proportion_ci(1 - 0.05 / 7, method="exact")
    assert last.bound == pytest.approx(exact.high)


def test_items_of_equal_confidence_stay_together():
    found = levels(np.ones(10), np.ones(30), np.ones(30, bool), alpha=0.05)

    assert {each.n_pool for each in found} == {10}


def test_without_pool_or_audit_labels_there_are_no_levels():
    assert levels(np.empty(0), np.ones(30), np.ones(30, bool), alpha=0.05) == ()
    assert levels(np.ones(10), np.empty(0), np.empty(0, bool), alpha=0.05) == ()
    with pytest.raises(CoreError, match="2 confidences for 1 audit answers"):
        levels(np.ones(3), np.ones(2), np.ones(1, bool), alpha=0.05)


def level(share, n_pool, n_audit, n_errors, bound):
    return Level(share, 1 - share, n_pool, n_audit, n_errors, bound)


def test_largest_proved_set_is_proposed():
    known = (
        level(0.4, 400, 120, 0, 0.04),
        level(0.7, 700, 210, 4, 0.045),
        level(1.0, 1000, 300, 20, 0.11),
    )

    assert best(known, 0.05).n_pool == 700
    assert best(known, 0.042).n_pool == 400
    assert best(known, 0.01) is None


def test_what_is_missing_is_told_in_audit_labels():
    known = (level(0.5, 500, 60, 0, 0.08),)

    # ln(1 / 0.05) / -ln(1 - 0.05) = 2.9957 / 0.051293 = 58.4: proved already with 60
    assert labels_missing(known, 0.05, alpha=0.05, n_audit=120) == 1
    # at 2 %: 2.9957 / 0.020203 = 148.3, so 88.3 more above the threshold, twice that in all
    assert labels_missing(known, 0.02, alpha=0.05, n_audit=120) == 177


def test_more_labels_do_not_help_a_model_that_errs_too_often():
    assert labels_missing((level(1.0, 9, 100, 10, 0.2),), 0.05, alpha=0.05, n_audit=100) is None
    assert labels_missing((), 0.05, alpha=0.05, n_audit=0) is None


@pytest.mark.parametrize("limit", [0, 0.0009, 0.51, 1])
def test_impossible_limit_is_refused_with_its_bounds(limit):
    with pytest.raises(CoreError, match=r"must be between 0\.1% and 50%"):
        best((), limit)


def test_looks_share_the_chance_of_error():
    assert alpha_of_look(1) == 0.025
    assert sum(alpha_of_look(look) for look in range(1, 2000)) < 0.05
    with pytest.raises(CoreError):
        alpha_of_look(0)


def test_accepting_breaks_its_promise_no_more_often_than_it_says():
    """The lead tries limits until something is proposed: that must not matter."""
    rng = np.random.default_rng(4)
    wrong = proposed = 0
    for _ in range(400):
        pool, audit = rng.beta(12, 1, 2000), rng.beta(12, 1, 250)
        known = levels(pool, audit, rng.random(250) < audit, alpha=0.05)
        for limit in (0.02, 0.03, 0.05, 0.08, 0.1):
            found = best(known, limit)
            if found is not None:
                proposed += 1
                wrong += float(1 - pool[pool >= found.threshold].mean()) > limit
                break

    assert proposed > 300
    assert not wrong_too_often(wrong, 400, 0.05)
