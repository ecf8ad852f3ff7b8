"""How an item is drawn: its text with the project's words marked, its values by their kind."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template
from django.utils import dateformat
from django.utils.formats import date_format, get_format
from django.utils.safestring import SafeString, mark_safe

from annotation import cells, highlighting, markdown, reasons
from annotation.images import DISPLAY_PIXELS, THUMBNAIL_PIXELS
from annotation.models import ItemPayload, LabelClass, Project, TextFormat

register = template.Library()

# A longer text is drawn in blocks, so that the browser lays out only what is seen of it.
LONG_TEXT = 20_000
BLOCK = 4_000


@dataclass(frozen=True)
class Size:
    """How large a picture is drawn before anybody looks closer; a small one is its own
    thumbnail."""

    width: int
    height: int
    is_large: bool


@register.simple_tag
def shown_size(payload: ItemPayload) -> Size:
    width, height = payload.width or 1, payload.height or 1
    scale = min(1.0, DISPLAY_PIXELS / max(width, height))
    return Size(
        width=max(round(width * scale), 1),
        height=max(round(height * scale), 1),
        is_large=max(width, height) > THUMBNAIL_PIXELS,
    )


@register.simple_tag
def item_text(project: Project, text: str) -> SafeString:
    """Write the text as the project says: plain or Markdown, its words and phrases marked."""
    keywords = highlighting.keywords_of(project.keywords)
    if project.text_format == TextFormat.MARKDOWN:
        return mark_safe(markdown.render(text, keywords))
    places = highlighting.spans(text, keywords)
    if len(text) <= LONG_TEXT:
        return mark_safe(highlighting.marked_between(text, places))
    return mark_safe("".join(_blocks(text, places)))


def _blocks(text: str, places: list[tuple[int, int]]) -> Iterator[str]:
    """Yield the text in blocks that end where a line ends and no mark runs across."""
    start, following = 0, iter([*places, (len(text), len(text))])
    inside, mark = [], next(following)
    while start < len(text):
        end = _line_end(text, start + BLOCK)
        while mark[0] < end:
            inside.append(mark)
            if mark[1] > end:
                end = _line_end(text, mark[1])
            mark = next(following)
        html = highlighting.marked_between(text[start:end], inside, start)
        # The end of a block is the end of its last line.
        yield f'<div class="block">{html.removesuffix(chr(10)) or "<br>"}</div>'
        start, inside = end, []


def _line_end(text: str, at: int) -> int:
    return text.find("\n", at) + 1 or len(text)


@register.filter
def is_long(text: str) -> bool:
    return len(text) > LONG_TEXT


@register.simple_tag
def item_cells(project: Project, fields: dict[str, Any]) -> list[cells.Cell]:
    """Return the values of a row in the order of the file's columns, each with its kind."""
    separators = cells.Separators(get_format("THOUSAND_SEPARATOR"), get_format("DECIMAL_SEPARATOR"))
    return cells.cells(cells.in_order(fields, project.field_order), separators)


@register.simple_tag
def words_marked(project: Project, text: str) -> SafeString:
    """Write a value, the project's words and phrases in it marked."""
    return mark_safe(highlighting.marked(text, highlighting.keywords_of(project.keywords)))


@register.filter
def moment(value: datetime) -> str:
    """Write date and time in the page's language; a time zone stays the one that was given."""
    zone = value.strftime(" %z") if value.tzinfo else ""
    seconds = ":s" if value.second else ""
    return f"{date_format(value, 'DATE_FORMAT')}, {dateformat.format(value, 'H:i' + seconds)}{zone}"


@register.simple_tag
def reason_before(said: dict[str, Any], classes: list[LabelClass]) -> str:
    """Write why an item was asked, where the project shows it with the item."""
    return reasons.before(said, classes)
