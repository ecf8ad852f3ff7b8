"""Selection beside random labels: by hand where it can be, honest where nothing can be told."""

from dataclasses import replace

import numpy as np
import pytest

from selection.core.against import FEWEST, RandomLessons, compare, random_lessons
from selection.core.config import LoopConfig
from selection.core.fitting import fit_model
from tests.selection.core.worlds import blobs, facts_of

CONFIG = LoopConfig(estimator="logistic", calibrate=False)
CHOICE = {"n_labels": 1}


def rng():
    return np.random.default_rng(0)


def taught(n_audit=60, config=CONFIG, choice=CHOICE):
    X, classes = blobs(n_per_class=60)
    facts = facts_of(X, classes)
    audit = facts.audit_order[:n_audit]
    facts = facts_of(X, classes, audit=audit, audit_reserved=n_audit)
    return facts, random_lessons(facts, config, choice, rng=rng())


def test_every_audit_item_is_judged_by_models_that_have_not_seen_it():
    _, lessons = taught()

    assert lessons.hits.shape == (len(lessons.sizes), 60)
    assert lessons.sizes[-1] == int(0.65 * 60)
    # Three well-parted clouds: most are right with 39 labels, fewer with 4.
    means = lessons.hits.mean(axis=1)
    assert means[-1] > 0.9
    assert means[0] < means[-1]


def test_few_audit_labels_teach_nothing():
    assert taught(n_audit=FEWEST - 1)[1] is None


def test_same_seed_teaches_the_same():
    np.testing.assert_array_equal(taught()[1].hits, taught()[1].hits)


def test_learner_that_chooses_settings_keeps_those_in_force():
    X, classes = blobs(n_per_class=60)
    facts = facts_of(X, classes)
    audit, train = facts.audit_order[:60], facts.audit_order[60:100]
    facts = facts_of(X, classes, audit=audit, train=train, audit_reserved=60)
    learnt, _ = fit_model(facts, LoopConfig(), audit)

    lessons = random_lessons(facts, LoopConfig(), learnt.choice, rng=rng())

    assert lessons.hits.mean(axis=1)[-1] > 0.9


def test_part_of_one_class_only_answers_with_that_class():
    X, classes = blobs(n_per_class=60)
    order = np.argsort(classes != 0, kind="stable")
    facts = facts_of(X, classes, audit=np.flatnonzero(classes == 0), audit_reserved=60)
    facts = replace(facts, audit_order=order)

    assert random_lessons(facts, CONFIG, CHOICE, rng=rng()).hits.all()


def law(sizes, n, top=0.95, drop=1.5, rate=0.6):
    """Return lessons whose items are all alike: every mean lies on the law."""
    sizes = np.array(sizes)
    values = top - drop * sizes**-rate
    return RandomLessons(sizes, np.tile(values[:, None], (1, n)))


def hits(share, n):
    return np.arange(n) < share * n


def test_random_labels_for_the_same_value_by_hand():
    n = 100_000
    found = compare(law([20, 40, 80, 160, 320], n), hits(0.9, n), 100, rng=rng())

    # 0.95 - 1.5 n^-0.6 = 0.90 at n = 30^(1/0.6) = 289.6
    assert found.labels[1] == pytest.approx(289.6, rel=0.02)
    assert found.labels[0] > 100
    assert found.verdict == "fewer"


def test_selection_that_needs_more_is_told_so():
    n = 100_000
    found = compare(law([20, 40, 80, 160, 320], n), hits(0.9, n), 2000, rng=rng())

    assert found.verdict == "more"


def test_few_audit_labels_cannot_tell():
    found = compare(law([5, 10, 20, 30], 45), hits(0.8, 45), 60, rng=rng())

    assert found.verdict == "unclear"
    assert found.labels[0] < 60


def test_value_that_random_labels_never_reach_has_no_upper_end():
    n = 100_000
    found = compare(law([20, 40, 80, 160], n, top=0.85), hits(0.95, n), 100, rng=rng())

    assert found.labels == (np.inf, np.inf, np.inf)
    assert found.verdict == "fewer"


def test_all_right_is_not_taken_for_certain():
    # 50 of 50 right: the truth may well be 0.97, which the law reaches
    found = compare(law([4, 8, 16, 32], 50, top=1.0, drop=1.0), hits(1.0, 50), 100, rng=rng())

    assert np.isfinite(found.labels[0])
    assert found.labels[0] > 4
