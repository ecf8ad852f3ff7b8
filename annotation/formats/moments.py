"""When something was said, as files say it: ISO 8601, or seconds or milliseconds since 1970."""

from datetime import UTC, datetime
from typing import Any

from annotation.formats.errors import RowError

# Seconds reach this in the year 5138, milliseconds reached it in 1973.
MILLISECONDS_FROM = 100_000_000_000
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


def moment_of(column: str, value: Any) -> datetime | None:
    """Return a cell as a moment, UTC where it says no zone; None for an empty one.

    Raises RowError for anything else, and for moments before 1970.
    """
    if value is None or value == "":
        return None
    moment = _from_number(value) if type(value) in (int, float) else _from_text(str(value).strip())
    if moment is None:
        raise RowError(column, f"{str(value)[:40]!r} is not a moment such as 2026-05-04T13:37:00Z")
    if moment < EARLIEST:
        raise RowError(column, f"{moment.isoformat()} is too early", "1970")
    return moment


def _from_number(value: float) -> datetime | None:
    seconds = value / 1_000 if abs(value) >= MILLISECONDS_FROM else value
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _from_text(text: str) -> datetime | None:
    try:
        return _from_number(float(text))
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
