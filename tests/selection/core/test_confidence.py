"""Confidence that means what it says."""

import numpy as np
import pytest

from selection.core.confidence import calibration_error, temperature, tempered, tempered_error
from selection.core.types import CoreError


def test_tempering_keeps_answers_and_sums():
    proba = np.array([[0.9, 0.1], [0.3, 0.7]])

    timid = tempered(proba, 2.0, "single")

    # square roots of 0.9 and 0.1: 0.94868 / (0.94868 + 0.31623) = 0.75
    assert timid[0] == pytest.approx([0.75, 0.25])
    assert (timid.argmax(axis=1) == proba.argmax(axis=1)).all()
    assert tempered(proba, 1.0, "single") == pytest.approx(proba)


def test_tempering_several_classes_takes_each_by_itself():
    # odds 9 to the power 1/2 are 3: 0.75
    assert tempered(np.array([[0.9, 0.5]]), 2.0, "multi")[0] == pytest.approx([0.75, 0.5])


def test_calibration_error_by_hand():
    # Twenty answers said to be 0.8 sure, fifteen of them right: two bins of ten, 7 and 8 right or
    # however they fall, |8 - 7| and |8 - 8| over 20; in order of the rows 10 and 5: (2 + 3) / 20.
    proba = np.tile([0.8, 0.2], (20, 1))
    targets = np.eye(2)[[0] * 15 + [1] * 5]

    assert calibration_error(proba, targets, "single") == pytest.approx((2 + 3) / 20)


@pytest.mark.parametrize("task", ["single", "multi"])
def test_overconfident_model_is_found_out_and_mended(task):
    rng = np.random.default_rng(1)
    honest = rng.uniform(0.5, 1, 3000)
    hits = (rng.random(3000) < honest).astype(float)
    kept = slice(None) if task == "single" else slice(1)
    columns = np.column_stack([honest, 1 - honest])[:, kept]
    targets = np.column_stack([hits, 1 - hits])[:, kept]
    bold = tempered(columns, 0.5, task)

    # tempered by 1/2 twice the log-odds: 2 undoes it
    assert temperature(bold, targets, task) == pytest.approx(2.0, rel=0.15)
    after = tempered_error(bold, targets, task, rng=np.random.default_rng(2))
    assert after < calibration_error(bold, targets, task) / 2


def test_few_predictions_leave_confidence_as_it_is():
    proba, targets = np.tile([0.8, 0.2], (19, 1)), np.eye(2)[[0] * 19]

    assert temperature(proba, targets, "single") == 1.0
    assert tempered_error(proba, targets, "single", rng=np.random.default_rng(0)) is None


def test_impossible_input_is_refused():
    with pytest.raises(CoreError):
        tempered(np.ones((1, 2)), 0, "single")
    with pytest.raises(CoreError):
        temperature(np.ones((1, 2)), np.ones((2, 2)), "single")
    with pytest.raises(CoreError):
        calibration_error(np.empty((0, 2)), np.empty((0, 2)), "single")
