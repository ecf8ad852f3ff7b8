"""How reliable people are, measured before a round reads what they said. Only workers load this."""

from datetime import datetime

from annotation.models import Project
from annotation.services import reliability


def measure_people(project_id: int, *, now: datetime) -> None:
    """Agree on every item anew, by the skill of everybody who answered."""
    reliability.measure(Project.objects.get(pk=project_id), now=now)


def worth_asking_again(project_id: int) -> float:
    """Return how much of a batch may be further opinions on labelled items, in [0, 0.3]."""
    return reliability.share_worth_asking_again(Project.objects.get(pk=project_id))
