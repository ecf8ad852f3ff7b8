"""How classes, guidelines and their parts are drawn."""

from collections.abc import Sequence
from datetime import timedelta
from math import ceil
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe

from annotation.markdown import render as render_markdown
from annotation.models import LabelClass, Project
from annotation.permissions import Can, is_allowed
from annotation.services.projects import COLOURS

register = template.Library()

# How many buttons of each width fit side by side.
ROOM = {"s": 10, "m": 4, "l": 3}


@register.filter
def palette(colour: str) -> int:
    """Return the colour's place in the palette: styles may not stand in the markup."""
    return COLOURS.index(colour) if colour in COLOURS else len(COLOURS) - 1


@register.filter
def width(classes: Sequence[LabelClass]) -> str:
    """Return how wide the buttons must be for the longest name: s, m or l."""
    longest = max((len(each.name) for each in classes), default=0)
    return "s" if longest <= 3 else "m" if longest <= 14 else "l"


@register.filter
def columns(classes: Sequence[LabelClass]) -> int:
    """Return in how many columns the classes stand on a wide page, so that no row has an orphan."""
    room = ROOM[width(classes)]
    rows = ceil(len(classes) / room) or 1
    return ceil(len(classes) / rows) if rows <= 3 else room


@register.filter
def markdown(text: str) -> SafeString:
    """Render Markdown; whatever HTML is in it is shown as text, and the result is cleaned."""
    return mark_safe(render_markdown(text))


@register.filter
def thousands(number: int | None) -> str:
    """Write a number with its thousands apart, as the page's language does it."""
    return "" if number is None else number_format(number, force_grouping=True)


@register.filter
def lasting(span: timedelta | None) -> str:
    """Write how long something lasts, as coarse as people think of it: 45 s, 7 min, 3 h 5 min."""
    if span is None:
        return "never"
    seconds = max(int(span.total_seconds()), 0)
    minutes, hours = seconds // 60, seconds // 3600
    if timedelta() < span < timedelta(seconds=1):
        return "under 1 s"
    if seconds < 90:
        return f"{seconds} s"
    if minutes < 90:
        return f"{minutes} min"
    if hours < 48:
        return f"{hours} h {minutes % 60} min" if hours < 10 and minutes % 60 else f"{hours} h"
    return f"{hours // 24} days"


@register.simple_tag(takes_context=True)
def may_lead(context: dict[str, Any], project: Project) -> bool:
    """Say whether whoever looks at the page leads the project: a menu offers what works."""
    return is_allowed(context["request"].user, project, Can.LEAD)


@register.filter
def colour_at(place: int) -> int:
    """Return the palette's colour of the class at this place."""
    return place % len(COLOURS)


@register.filter
def seconds(milliseconds: int) -> str:
    """Write milliseconds as seconds: "2.4 s"."""
    return f"{milliseconds / 1000:.1f} s"


@register.filter
def amount(said: float) -> str:
    """Write labels, hours or money: whole where it is whole, else with two places."""
    return f"{said:,.0f}" if said == int(said) else f"{said:,.2f}"


@register.filter
def whole_percent(share: float) -> int:
    """Return a share in whole percent, without the sign."""
    return round(100 * share)
