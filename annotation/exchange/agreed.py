"""How far people agree, as the worker measured it last."""

from dataclasses import dataclass
from typing import Any

from annotation.models import QualityReport

# The share that needs no explaining: how often two people say the same of one item.
NAME = "percent"


@dataclass(frozen=True)
class Concord:
    """The share of pairs of answers to one item that are the same, with its 95 % interval."""

    value: float
    low: float
    high: float
    n_items: int


def concord(project_id: int) -> Concord | None:
    """Return what was measured with the newest round; None where no two people answered an item."""
    report = QualityReport.objects.filter(project=project_id).values_list("data", flat=True).first()
    rows: list[dict[str, Any]] = (report or {}).get("agreement", [])
    found = next((each for each in rows if each["name"] == NAME), None)
    if found is None or found["value"] is None or found["low"] is None:
        return None
    return Concord(found["value"], found["low"], found["high"], found["n_items"])
