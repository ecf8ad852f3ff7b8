"""How numbers are written on the lead's pages."""

from collections.abc import Mapping, Sequence

from django import template

from selection.against_pool import SHOWN, Row

register = template.Library()


@register.filter
def two(value: float) -> str:
    return f"{value:.2f}"


@register.filter
def three(value: float) -> str:
    return f"{value:.3f}"


@register.filter
def thousands(value: int) -> str:
    return f"{value:,}"


@register.filter
def unlocalized(value: float) -> str:
    """Return the number as scripts and attributes read it."""
    return repr(value)


@register.filter
def words(name: str) -> str:
    """Return a code as words: least_confidence is "Least confidence"."""
    return name.replace("_", " ").capitalize()


@register.filter
def total(seconds: Mapping[str, float]) -> float:
    return sum(seconds.values())


@register.filter
def duration(seconds: float) -> str:
    """Return seconds, minutes or hours, as coarse as people think of them."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5_400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3_600:.1f} h"


@register.filter
def percent(share: float) -> str:
    return f"{share:.0%}"


@register.filter
def exact_percent(share: float) -> str:
    """Return a share in percent with the digits that tell it from its neighbours."""
    return f"{100 * share:.2g} %" if share < 0.1 else f"{100 * share:.3g} %"


@register.filter
def hundredths(share: float) -> str:
    """Return a share in percent without the sign, for a table that a chart is drawn from."""
    return f"{100 * share:.1f}"


@register.filter
def most_asked(rows: Sequence[Row]) -> Sequence[Row]:
    """Return all rows while they are few, else those that are asked for most, in order."""
    if len(rows) <= SHOWN:
        return rows
    return sorted(rows, key=lambda row: (-row.batch, -row.pool))[:SHOWN]


@register.filter
def points(share: float) -> str:
    """Return a difference of shares in percentage points, its sign always said."""
    return f"{100 * share:+.1f}"
