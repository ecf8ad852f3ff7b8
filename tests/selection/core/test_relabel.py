"""Another opinion on a labelled item against a new item."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.core.config import LoopConfig
from selection.core.loop import run_round
from selection.core.relabel import (
    WORTH,
    Opined,
    believed,
    doubtful_labels,
    gains,
    worth_of_new,
)
from tests.selection.core.worlds import blobs, facts_of, trainable, view_of

RNG = np.random.default_rng
RESERVED = 30


def opined(n, *, answers=1, sure=0.8, skill=0.8):
    return Opined(np.full(n, answers), np.full(n, sure), skill)


def test_an_only_answer_and_the_model_make_a_belief_by_hand():
    # Of 2 classes, people right 0.8 say class 0; the model gives it 0.2, with its least word of
    # 0.025 each 0.225 against 0.825: 0.8 x 0.225 / (0.8 x 0.225 + 0.2 x 0.825) = 0.18 / 0.345
    belief = believed(np.array([[0.2, 0.8]]), np.array([0]), opined(1))
    # Where several answered the model's word is in what they are sure of.
    several = believed(np.array([[0.2, 0.8]]), np.array([0]), opined(1, answers=2, sure=0.6))

    assert belief == pytest.approx(np.array([[0.18 / 0.345, 0.165 / 0.345]]))
    assert several == pytest.approx(np.array([[0.6, 0.4]]))


def test_gains_of_another_answer_by_hand():
    # Skill 0.8, 2 classes. Even belief: whatever is said is right with 0.8 instead of 0.5. At
    # 0.9 the label stays, whatever is said: 0.9 x 0.8 + 0.9 x 0.2 = 0.9. At 0.1 the label is
    # right after 0.9 x 0.8 + 0.9 x 0.2 = 0.9 if it changes in any case; "label again" keeps it:
    # 0.1 x 0.8 + max(0.1 x 0.2, 0.9 x 0.8) = 0.8, 0.7 more than now.
    found = gains(np.array([[0.5, 0.5], [0.9, 0.1], [0.1, 0.9]]), np.zeros(3, int), skill=0.8)

    assert found == pytest.approx([0.3, 0.0, 0.7])


def test_a_new_item_is_worth_less_to_people_who_err():
    # 2 classes, the model sure with 0.5: skill 1 rights half a label, and all it teaches counts;
    # skill 0.75 rights 0.25 and is half as far beyond chance, a quarter of the lesson.
    worth = [worth_of_new(np.array([0.5]), skill=skill, n_classes=2) for skill in (1.0, 0.75, 0.5)]

    assert worth == pytest.approx([WORTH * 0.5, WORTH * 0.25 / 4, 0.0])


@given(st.integers(0, 2**32 - 1), st.floats(0.3, 1.0))
def test_order_of_items_and_names_of_classes_change_no_gain(seed, skill):
    rng = RNG(seed)
    proba, labels = rng.dirichlet(np.ones(4), size=6), rng.integers(4, size=6)
    known = Opined(rng.integers(1, 4, size=6), rng.uniform(0.3, 1.0, size=6), skill)
    items, names = rng.permutation(6), rng.permutation(4)
    moved = Opined(known.answers[items], known.sure[items], skill)

    one = gains(believed(proba, labels, known), labels, skill=skill)
    renamed = np.argsort(names)[labels[items]]
    other = gains(believed(proba[items][:, names], renamed, moved), renamed, skill=skill)

    assert other == pytest.approx(one[items])


def test_wrong_labels_are_the_ones_a_second_opinion_is_asked_for():
    X, classes = blobs(n_per_class=40, spread=0.15)
    wrong = np.arange(60) % 20 == 0
    given_ = np.where(wrong, (classes[:60] + 1) % 3, classes[:60])
    view = view_of(X, classes, range(60))
    view = replace(view, targets=np.eye(3)[given_], weights=np.ones(60))
    hard, free = np.full((5, 3), 1 / 3), np.arange(60)

    found, scores = doubtful_labels(view, opined(60), hard, 9, free=free, rng=RNG(0))
    sure = opined(60, answers=3, sure=0.99)
    none, _ = doubtful_labels(view, sure, hard, 9, free=free, rng=RNG(0))
    others, _ = doubtful_labels(view, opined(60), hard, 9, free=free[~wrong], rng=RNG(0))

    assert set(found.tolist()) == set(np.flatnonzero(wrong).tolist())
    assert (np.diff(scores) <= 0).all()
    assert len(none) == len(others) == 0


@pytest.mark.parametrize("task", ["single", "multi"])
def test_a_model_that_knows_nothing_has_nobody_asked_again(task):
    """Its word says nothing, so that the label stays whatever is said next."""
    rng = RNG(1)
    X, classes = rng.standard_normal((60, 3)).astype(np.float32), rng.integers(2, size=60)
    view = view_of(X, classes, range(60), task=task)

    found, _ = doubtful_labels(
        view, opined(60, sure=0.9, skill=0.9), np.full((5, 2), 0.5), 60, free=np.arange(60),
        rng=RNG(0),
    )  # fmt: skip

    assert len(found) <= 6


def test_relabel_picks_are_labelled_items_with_their_own_purpose():
    X, classes = blobs(n_per_class=40, spread=0.5)
    facts = facts_of(X, classes)
    train = trainable(facts, RESERVED, 40)
    facts = facts_of(X, classes, train=train, train_weights=np.full(40, 0.7))
    facts.train_targets[:4] = np.roll(facts.train_targets[:4], 1, axis=1)
    config = LoopConfig(relabel_share=0.25, reserve_size=0)

    result = run_round(facts, config)

    again = [pick for pick in result.batch if pick.purpose == "relabel"]
    assert 1 <= len(again) <= 4
    assert {pick.position for pick in again} <= set(train.tolist())
    assert all(pick.reason.code == "relabel" and len(pick.reason.numbers) == 1 for pick in again)
    assert len(result.batch) == 20
    for other in (LoopConfig(), replace(config, relabels=False)):
        assert "relabel" not in {pick.purpose for pick in run_round(facts, other).batch}


def test_item_that_is_out_gets_no_second_opinion():
    X, classes = blobs(n_per_class=40, spread=0.5)
    facts = facts_of(X, classes, train=trainable(facts_of(X, classes), RESERVED, 30))
    out = replace(facts, pending=facts.train_positions)

    result = run_round(out, LoopConfig(relabel_share=0.5))

    assert "relabel" not in {pick.purpose for pick in result.picks}
