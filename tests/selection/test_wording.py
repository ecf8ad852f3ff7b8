"""Reasons in plain words."""

import pytest

from selection.core.types import Reason
from selection.wording import reason_text

NAMES = ("ham", "spam")


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (Reason("audit"), "Drawn at random, to measure the model."),
        (
            Reason("uncertain", (1, 0), (0.5, 0.4)),
            "The model hesitates between spam (50%) and ham (40%).",
        ),
        (Reason("uncertain", (1,), (0.5,)), "The model is unsure whether spam applies (50%)."),
        (
            Reason("cover", (1, 0), (0.6, 0.4)),
            "Stands for items near it that the model is unsure about: spam (60%) or ham (40%).",
        ),
        (
            Reason("cover", (1,), (0.6,)),
            "Stands for items near it that the model is unsure about: does spam apply (60%)?",
        ),
        (Reason("cover"), "Stands for many items near it."),
        (
            Reason("disputed", (1, 0), (0.6, 0.4)),
            "Models of the same labels disagree here: spam (60%) or ham (40%).",
        ),
        (
            Reason("informative", (1,), (0.6,)),
            "Would teach the model most: does spam apply (60%)?",
        ),
        (Reason("rare", (1,), (0.3,)), "May be spam (30%), which has few labels so far."),
        (Reason("rare", (1,)), "May be spam, which has few labels so far."),
        (
            Reason("relabel", (0,), (0.1,)),
            "A second opinion is worth more here than a new item: the model gives ham 10%.",
        ),
    ],
)
def test_reason_is_worded_with_its_classes_and_figures(reason, expected):
    assert reason_text(reason, NAMES) == expected
