"""How much of the time a page measured can be true. Pure: no Django.

A page says how long somebody worked on an item. What is believed of it lies between the moment the
item was handed out and the moment its answer came, and in no time that another answer of the same
person took: who answers in two windows at once is not paid twice. Moments are milliseconds since
1970: whole numbers, so that one statement reckons the same on every database.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LONGEST_MS = 86_400_000
START = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Worked:
    """What is believed: so long, and the person's time is accounted for until then."""

    active_ms: int
    until_ms: int


def moment(when: datetime) -> int:
    """Return a moment in whole milliseconds since 1970."""
    return (when - START) // timedelta(milliseconds=1)


def fit(claimed_ms: int, *, handed_out_ms: int, worked_until_ms: int, now_ms: int) -> Worked:
    """Return what of the claimed time fits.

    Each answer's time is laid as early as it can have been, behind what is accounted for: then
    answers that waited for a connection, and come all at once, keep the time they took.
    """
    start = max(handed_out_ms, worked_until_ms)
    active_ms = max(min(claimed_ms, now_ms - start, LONGEST_MS), 0)
    return Worked(active_ms, start + active_ms)
