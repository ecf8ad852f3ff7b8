"""What the quality page shows: made by the worker, read by pages."""

from datetime import datetime
from typing import Any

import numpy as np

from annotation.models import Label, Project, QualityReport, Task
from annotation.quality import reporting
from annotation.quality.settling import Settled

SEED = 20_260_504


def write(project: Project, settled: Settled, *, now: datetime) -> None:
    """Store the report of these answers, in place of the one before."""
    QualityReport.objects.update_or_create(
        project=project, defaults={"data": _data(project, settled), "measured_at": now}
    )


def _data(project: Project, settled: Settled) -> dict[str, Any]:
    classes = list(project.classes.values_list("pk", flat=True))
    is_multi = project.task == Task.MULTI
    data = reporting.report(
        settled.panel.votes,
        settled.agreed,
        reporting.Names(settled.panel.annotators, [0, 1] if is_multi else classes),
        settled.panel.labels,
        # Intervals are resampled; the same answers always give the same ones.
        rng=np.random.default_rng(SEED),
    )
    return data | {
        "model": settled.agreed.model,
        "mean_skill": settled.mean_skill,
        "n_items": len(settled.panel.cells),
        "is_multi": is_multi,
        "drift": _dated(data["drift"]),
    }


def _dated(drift: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Say of each step when its last answer was given."""
    last = [step["last"] for steps in drift.values() for step in steps]
    given = dict(Label.objects.filter(pk__in=last).values_list("pk", "created_at"))
    return {
        who: [step | {"at": given[step["last"]].isoformat()} for step in steps]
        for who, steps in drift.items()
    }
