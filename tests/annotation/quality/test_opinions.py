"""The classifier as one more opinion, and the labels most likely wrong."""

import numpy as np
import pytest

from annotation.quality import consensus, opinions
from annotation.quality.votes import QualityError
from tests.annotation.quality.panels import crowd, votes_of


def model(truth, rng, *, right, n_classes):
    """Out-of-sample predictions: right so often, at 0.8 sure of what they say."""
    hit = rng.random(len(truth)) < right
    said = np.where(
        hit, truth, (truth + 1 + rng.integers(n_classes - 1, size=len(truth))) % n_classes
    )
    proba = np.full((len(truth), n_classes), 0.2 / (n_classes - 1))
    proba[np.arange(len(truth)), said] = 0.8
    return proba


def auroc(score, is_wrong):
    """Chance that a wrong label scores below a right one."""
    order = np.argsort(np.argsort(score)) + 1.0
    n_wrong, n_right = is_wrong.sum(), (~is_wrong).sum()
    return float((order[~is_wrong].sum() - n_right * (n_right + 1) / 2) / (n_wrong * n_right))


def test_weights_by_hand():
    """Two items: both answer 0 on the first, 0 and 1 on the second; the model says 0, 0.

    Each agrees with the other on one of two: s = 1/2. The commonest class is in 2 of 2 items, so
    guessing errs never: rest is 1e-6, and everybody but the model (right twice) is at the least.
    """
    votes = votes_of([(0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 1, 1)])
    found = consensus.agree(votes)

    weights = opinions.weigh(votes, found, np.array([[0.9, 0.1], [0.6, 0.4]]))

    assert weights.annotators.tolist() == [opinions.LEAST_WEIGHT] * 2
    # Accuracy 1 keeps its full weight: 1 * sqrt(2 answers per item).
    assert weights.model == pytest.approx(2**0.5)
    # Three of four answers are the consensus.
    assert weights.agreement == pytest.approx(0.75)


def test_posterior_by_hand():
    """No item has two answers, so all weigh 1: (opinion + answer) / 2."""
    votes = votes_of([(0, 0, 1)], n_items=2)
    found = consensus.agree(votes)

    posterior = opinions.with_model(votes, found, np.array([[0.6, 0.4], [0.3, 0.7]]))

    assert posterior[0] == pytest.approx([0.3, 0.7])
    assert posterior[1] == pytest.approx([0.3, 0.7])


def test_the_model_finds_wrong_lone_labels():
    rng = np.random.default_rng(4)
    votes, truth = crowd(rng, skills=[0.8] * 10, n_items=1_000, n_classes=4, per_item=1)
    found = consensus.agree(votes)

    posterior = opinions.with_model(votes, found, model(truth, rng, right=0.85, n_classes=4))
    score = posterior[np.arange(1_000), found.labels]

    # Wrong labels are contradicted by a model that is right 85 % of the time.
    assert auroc(score, found.labels != truth) > 0.85


def test_suspects_are_worst_first():
    rng = np.random.default_rng(6)
    votes, truth = crowd(rng, skills=[0.9, 0.85, 0.8], n_items=300, n_classes=3, per_item=2)
    found = consensus.agree(votes)
    posterior = opinions.with_model(votes, found, model(truth, rng, right=0.9, n_classes=3))

    items, belief = opinions.suspects(found, posterior, size=30)

    assert (np.diff(belief) >= 0).all()
    wrong = found.labels != truth
    assert wrong[items].mean() > 4 * wrong.mean()


def test_the_model_may_not_speak_of_rows_without_an_opinion():
    rng = np.random.default_rng(8)
    votes, truth = crowd(rng, skills=[0.9, 0.7, 0.6], n_items=60, n_classes=3, per_item=2)
    found = consensus.agree(votes)
    heard = model(truth, rng, right=0.9, n_classes=3)
    heard[:20] = np.nan
    unheard = heard.copy()
    unheard[20:] = np.nan

    posterior = opinions.with_model(votes, found, heard)
    alone = opinions.with_model(votes, found, unheard)

    # The weights of the people do not depend on the model, so neither does what they say alone.
    assert posterior[:20] == pytest.approx(alone[:20])
    assert posterior.sum(axis=1) == pytest.approx(np.ones(60))


def test_opinions_of_another_shape_are_refused():
    votes = votes_of([(0, 0, 1)])
    with pytest.raises(QualityError, match=r"opinions are \(1, 3\), not \(1, 2\)"):
        opinions.with_model(votes, consensus.agree(votes), np.ones((1, 3)))
