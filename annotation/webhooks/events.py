"""What a project can tell other programs. docs/webhooks.md says what each carries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

# Of the body. It rises when a field goes away or changes its meaning, not when one is added.
SCHEMA = 1
TEST = "test"


@dataclass(frozen=True)
class Event:
    """One kind of news, as the page offers it."""

    name: str
    title: str
    is_usual: bool = True


EVENTS = (
    Event("batch.completed", "A batch is completed"),
    Event("round.published", "A round is published"),
    Event("stop.advised", "A rule advises to stop"),
    Event("budget.near_end", "80 % or 95 % of a budget is spent"),
    Event("run.failed", "A run failed for good"),
    Event("run.finished", "A run is finished: an import, a map, a final model", is_usual=False),
    Event("project.started", "The project starts or goes on", is_usual=False),
    Event("project.paused", "The project is paused"),
    Event("project.stopped", "The project is stopped"),
)
NAMES = frozenset(each.name for each in EVENTS)


def message(
    *,
    id_: str,
    event: str,
    created_at: datetime,
    project: Mapping[str, Any],
    data: Mapping[str, Any],
) -> dict[str, Any]:
    """Return what is sent: the same for every try of one delivery."""
    return {
        "schema": SCHEMA,
        "id": id_,
        "event": event,
        "created_at": created_at.isoformat(timespec="milliseconds"),
        "project": dict(project),
        "data": dict(data),
    }
