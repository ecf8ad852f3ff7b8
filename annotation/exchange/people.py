"""How reliable people are, measured before a round reads what they said. Only workers load this."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from annotation.models import Project
from annotation.quality.settling import Opinions as Opinions
from annotation.services import doubting, reliability


def measure_people(project_id: int, *, now: datetime, opinions: Opinions | None = None) -> None:
    """Agree on every item anew, by the skill of everybody who answered and, where they differ, by
    what models without the item's label think of it; never so with items that measure a model."""
    reliability.measure(Project.objects.get(pk=project_id), now=now, opinions=opinions)


def worth_asking_again(project_id: int) -> float:
    """Return how much of a batch may be further opinions on labelled items, in [0, 0.5]."""
    return reliability.share_worth_asking_again(Project.objects.get(pk=project_id))


def doubt_labels(
    project_id: int,
    *,
    item_ids: Sequence[int],
    class_ids: Sequence[int],
    proba: NDArray[np.float64],
    now: datetime,
) -> int:
    """Store which of these items' labels are probably wrong, and return how many.

    proba (items, classes) are predictions of models that saw none of these labels.
    """
    return doubting.write(
        Project.objects.get(pk=project_id),
        item_ids=item_ids,
        class_ids=class_ids,
        proba=proba,
        now=now,
    )
