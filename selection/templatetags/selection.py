"""How numbers are written on the lead's pages."""

from collections.abc import Mapping

from django import template

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
