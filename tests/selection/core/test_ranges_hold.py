"""Ranges against the truth, over simulated projects: short versions of benchmarks/selection."""

import numpy as np

from selection.core import stopping
from selection.core.against import RandomLessons, compare
from selection.core.forecast import fit_curve
from selection.core.holding import counted
from selection.core.learning_curve import resample
from selection.core.types import LearningCurve, PastRound, StopFacts

N_AUDIT, PROJECTS = 100, 120


def law_of(rng):
    """Return a true curve: top, drop and rate of a project nobody has seen."""
    return rng.uniform(0.75, 0.98), rng.uniform(0.8, 2.5), rng.uniform(0.3, 0.9)


def answers(values, rng, n=N_AUDIT):
    """Return hits (R, n): every item has a difficulty of its own, so that models err together.

    Beside it a tenth of the answers is drawn anew for every model.
    """
    difficulty = rng.random(n)
    own = rng.random((len(values), n))
    is_own = rng.random((len(values), n)) < 0.1
    return np.where(is_own, own, difficulty) < np.asarray(values)[:, None]


def curve_of(labels, hits, rng):
    counts = np.full(len(labels), hits.shape[1], np.int64)
    samples = resample(hits.astype(float), rng=rng)
    return LearningCurve(np.asarray(labels, float), hits.mean(axis=1), samples, counts)


def value_at(law, labels):
    top, drop, rate = law
    return np.clip(top - drop * np.asarray(labels, float) ** -rate, 0.02, 1)


def test_forecast_range_holds_the_later_truth_in_at_least_80_percent():
    rng, held = np.random.default_rng(1), []
    labels = np.arange(20, 201, 20)
    for _ in range(PROJECTS):
        law = law_of(rng)
        laws = fit_curve(curve_of(labels, answers(value_at(law, labels), rng), rng))
        for later in (300, 400, 800):
            low, _, high = laws.at(later)
            held.append(low <= value_at(law, later) <= high)

    assert np.mean(held) >= 0.8


def test_range_of_labels_to_a_target_holds_in_at_least_80_percent():
    rng, held = np.random.default_rng(2), []
    labels = np.arange(20, 201, 20)
    for _ in range(PROJECTS):
        law = law_of(rng)
        laws = fit_curve(curve_of(labels, answers(value_at(law, labels), rng), rng))
        low, _, high = laws.labels_to(float(value_at(law, 500)))
        held.append(low <= 500 <= high)

    assert np.mean(held) >= 0.8


def test_range_of_random_labels_holds_and_the_verdict_is_hardly_ever_wrong():
    rng, held, wrong = np.random.default_rng(3), [], 0
    sizes = np.array([8, 14, 24, 40, 65])
    for _ in range(PROJECTS):
        law, saved = law_of(rng), rng.uniform(0.5, 4)
        n_train = 200
        truth = saved * n_train
        values = np.append(value_at(law, sizes), value_at(law, truth))
        hits = answers(values, rng)
        lessons = RandomLessons(sizes, hits[:-1].astype(float))
        found = compare(lessons, hits[-1], n_train, rng=rng)
        held.append(found.labels[0] <= truth <= found.labels[2])
        wrong += (found.verdict == "fewer" and truth < n_train) or (
            found.verdict == "more" and truth > n_train
        )

    assert np.mean(held) >= 0.8
    assert wrong <= 0.1 * PROJECTS


def test_rule_by_estimates_stops_a_growing_curve_less_often_at_two_looks_than_at_one():
    rng = np.random.default_rng(4)
    labels = np.arange(20, 401, 20)
    early = {1: 0, 2: 0, 3: 0}
    for _ in range(40):
        hits = answers(value_at((0.95, 1.0, 0.25), labels), rng)
        for looks in early:
            rounds: tuple[PastRound, ...] = ()
            for t, n in enumerate(labels):
                rounds = (*rounds, PastRound(t, int(n), N_AUDIT))
                curve = curve_of(labels[: t + 1], hits[: t + 1], np.random.default_rng(t))
                facts = StopFacts(rounds, n_candidates=100, audit_size=300, curve=curve)
                verdict = stopping.little_gain(facts, gain=0.03, looks=looks)
                if verdict.stop:
                    early[looks] += 1
                    break
                held = counted(rounds, (verdict,))
                rounds = (*rounds[:-1], PastRound(t, int(n), N_AUDIT, held=held))

    assert early[3] <= early[2] <= early[1]
    assert early[1] > 0
    assert early[2] < early[1]
