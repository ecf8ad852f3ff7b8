"""The learning curve: every round's model, measured on all audit labels there are now."""

from collections.abc import Sequence

import numpy as np

from annotation import exchange
from selection.core import evaluation
from selection.models import Round
from selection.monitoring import CurvePoint


def measure(project_id: int, rounds: Sequence[Round]) -> list[CurvePoint]:
    """Return a point for every model that can be measured, oldest first.

    Audit items never train, so every model may be measured on all audit labels there are now:
    the points are compared on the same items, and the early ones get narrower with time.
    """
    answers = exchange.audit_answers(project_id)
    points = []
    for each in sorted(rounds, key=lambda one: one.number):
        hits = [
            sorted(said) == sorted(answers[item_id])
            for item_id, said in each.predictions.audit
            if item_id in answers
        ]
        if hits:
            found = evaluation.accuracy(np.array(hits))
            points.append(
                CurvePoint(each.number, each.n_labels, found.value, found.low, found.high, found.n)
            )
    return points
