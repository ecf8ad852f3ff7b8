"""The learning curve: every round's model, measured on all audit labels there are now."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from annotation import exchange
from selection.changes import changes_between
from selection.core import evaluation
from selection.models import Predictions, Round
from selection.monitoring import CurvePoint

AuditPairs = Iterable[tuple[int, list[int]]]


def measure(project_id: int, rounds: Sequence[Round]) -> list[CurvePoint]:
    """Return a point for every model that can be measured, oldest first.

    Audit items never train, so every model may be measured on all audit labels there are now:
    the points are compared on the same items, and the early ones get narrower with time.
    """
    answers = exchange.audit_answers(project_id)
    said = dict(Predictions.objects.filter(round__in=rounds).values_list("round", "audit"))
    points: list[CurvePoint] = []
    before: Round | None = None
    for each in sorted(rounds, key=lambda one: one.number):
        point = _point(each, said.get(each.pk, []), answers)
        if point is not None:
            points.append(replace(point, changes=changes_between(before, each) if before else ()))
        before = each
    return points


def _point(each: Round, said: AuditPairs, answers: dict[int, list[int]]) -> CurvePoint | None:
    hits = [
        sorted(value) == sorted(answers[item_id]) for item_id, value in said if item_id in answers
    ]
    if not hits:
        return None
    found = evaluation.accuracy(np.array(hits))
    cost = each.facts.get("cost", {})
    return CurvePoint(
        each.number, each.n_labels, found.value, found.low, found.high, found.n,
        hours=cost.get("hours"), money=cost.get("money"),
    )  # fmt: skip
