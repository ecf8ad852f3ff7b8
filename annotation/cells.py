"""What a table row's values are, so that each can be shown as its kind. Pure: no Django.

Nothing is changed that could mean something: codes, years, digits and units stay as the file has
them; only plain numbers get their thousands apart.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

# Longer values are folded, their beginning shown.
LONG = 320
BEGINNING = 240
# A number of more digits is a code; one of fewer needs no separators.
MAX_DIGITS, LEAST_DIGITS = 15, 5
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?", re.ASCII)
DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}", re.ASCII)
CODES = frozenset(
    {"id", "key", "code", "zip", "postcode", "plz", "phone", "tel", "year", "isbn", "ean", "sku"}
    | {"number", "no", "nr", "uid", "uuid", "iban", "fax", "pin"}
)


@dataclass(frozen=True)
class Separators:
    """What a language writes between thousands and before decimals."""

    thousands: str
    decimal: str


@dataclass(frozen=True)
class Cell:
    """A column's name and its value. `kind` is empty, number, boolean, date, moment, link, long
    or text; `value` is a bool, date or datetime where the kind says so, else what is shown."""

    name: str
    kind: str
    value: Any = ""

    @property
    def beginning(self) -> str:
        """What is shown of a long value before it is unfolded."""
        return shortened(str(self.value))


def shortened(text: str) -> str:
    """Return the beginning of a text, cut where a word ends if one ends nearby."""
    cut = text[:BEGINNING]
    space = max(cut.rfind(" "), cut.rfind("\n"))
    return cut[:space] if space > BEGINNING - 40 else cut


def in_order(fields: Mapping[str, Any], columns: Sequence[str]) -> list[tuple[str, Any]]:
    """Return the fields in the order of the file's columns; others follow, as they are."""
    place = {name: number for number, name in enumerate(columns)}
    return sorted(fields.items(), key=lambda pair: place.get(pair[0], len(place)))


def cells(fields: Iterable[tuple[str, Any]], separators: Separators) -> list[Cell]:
    """Return what each value is."""
    return [cell(name, value, separators) for name, value in fields]


def cell(name: str, value: Any, separators: Separators) -> Cell:
    if value is None or (isinstance(value, str) and not value.strip()):
        return Cell(name, "empty")
    if isinstance(value, bool):
        return Cell(name, "boolean", value)
    text = str(value)
    if isinstance(value, int | float) or NUMBER.fullmatch(text):
        # An id, a year, a phone number: digits, but nothing to count with.
        is_name = is_code(name)
        return Cell(
            name, "text" if is_name else "number", text if is_name else number(text, separators)
        )
    return _of_text(name, text)


def _of_text(name: str, text: str) -> Cell:
    if text.lower() in ("true", "false"):
        return Cell(name, "boolean", text.lower() == "true")
    if DATE.fullmatch(text) and (day := _date(text)):
        return Cell(name, "date", day)
    if MOMENT.match(text) and (moment := _moment(text)):
        return Cell(name, "moment", moment)
    if is_link(text):
        return Cell(name, "link", text)
    return Cell(name, "long" if len(text) > LONG else "text", text)


def is_code(name: str) -> bool:
    """Say whether the column's name tells that its numbers are names: ids, years, phones."""
    spread = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    words = re.split(r"[\W_]+", spread.casefold())
    return bool(CODES.intersection(words))


def number(text: str, separators: Separators) -> str:
    """Return a number with its thousands apart; every digit stays as it is."""
    if not NUMBER.fullmatch(text):
        return text
    sign = "-" if text.startswith("-") else ""
    whole, _, decimals = text.removeprefix("-").partition(".")
    if LEAST_DIGITS <= len(whole) <= MAX_DIGITS:
        whole = f"{int(whole):,}".replace(",", separators.thousands)
    return f"{sign}{whole}{separators.decimal + decimals if decimals else ''}"


def is_link(text: str) -> bool:
    """Say whether the text is an address that may be followed: http or https, with a host."""
    if not re.fullmatch(r"https?://[^\s\"'<>\\^`{|}]+", text, re.IGNORECASE):
        return False
    try:
        return bool(urlsplit(text).hostname)
    except ValueError:
        return False


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
