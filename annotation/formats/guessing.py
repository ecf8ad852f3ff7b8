"""Guesses which column is what, from names and the first rows; a person may say otherwise."""

import re
from collections.abc import Callable, Mapping, Sequence

from annotation.formats import joined
from annotation.formats.errors import RowError
from annotation.formats.reading import ColumnMap

TEXT_NAMES = (
    "text", "sentence", "review", "comment", "content", "message", "body", "document", "tweet",
    "post", "utterance", "question", "query", "abstract", "description", "title", "headline",
)  # fmt: skip
LABEL_NAMES = (
    "label", "labels", "class", "classes", "category", "categories", "target", "sentiment",
    "intent", "topic", "emotion", "emotions", "tag", "tags", "label_text", "label_name", "y",
)  # fmt: skip
KEY_NAMES = ("id", "key", "uuid", "guid", "item_id", "text_id", "doc_id", "row_id", "identifier")
FILE_NAMES = ("file", "filename", "file_name", "image", "path", "file_path", "name")
# A column of labels repeats itself and says little; a column of texts says more than a cell does.
MAX_LABELS = 200
MAX_LABEL_CHARACTERS = 60
MIN_TEXT_CHARACTERS = 20
FEW_ROWS = 20
NUMBER = re.compile(r"\s*[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?\s*")

Cells = Sequence[str]


def guess_columns(columns: Sequence[str], cells: Mapping[str, Cells]) -> ColumnMap:
    """Return the likeliest text, label and id column; None where nothing looks like one.

    `cells` are the first rows of each column, as text. A file without a text column is a table.
    """
    key = _first(columns, KEY_NAMES, lambda name: _is_unique(cells[name]))
    label = _first(columns, LABEL_NAMES, lambda name: _looks_like_labels(cells[name]))
    rest = [name for name in columns if name not in (key, label)]
    text = _first(rest, TEXT_NAMES, lambda name: not _is_numeric(cells[name]))
    return ColumnMap(text=text or _longest(rest, cells), label=label, key=key)


def named(columns: Sequence[str], names: Sequence[str]) -> str | None:
    """Return the first column with one of these names, the names in order of preference."""
    return _first(columns, names, lambda name: True)


def _first(columns: Sequence[str], names: Sequence[str], fits: Callable[[str], bool]) -> str | None:
    by_name = {re.sub(r"\W+", "_", name.lower()): name for name in reversed(columns)}
    found = (by_name[name] for name in names if name in by_name)
    return next((name for name in found if fits(name)), None)


def _is_unique(cells: Cells) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and len(filled) == len(cells) == len(set(filled))


def _looks_like_labels(cells: Cells) -> bool:
    filled = [label for cell in cells if cell for label in _names(cell)]
    if not filled or max(map(len, filled)) > MAX_LABEL_CHARACTERS:
        return False
    distinct = len(set(filled))
    return distinct <= MAX_LABELS and (len(filled) < FEW_ROWS or distinct <= len(filled) / 2)


def _names(cell: str) -> tuple[str, ...]:
    try:
        return joined.apart(cell)
    except RowError:
        return (cell,)


def _longest(columns: Sequence[str], cells: Mapping[str, Cells]) -> str | None:
    """Return the column of the longest texts; None when all are short, as in a table."""
    texts = [name for name in columns if not _is_numeric(cells[name])]
    if not texts:
        return None
    longest = max(texts, key=lambda name: _mean_length(cells[name]))
    is_table = len(columns) > 2 and _mean_length(cells[longest]) < MIN_TEXT_CHARACTERS
    return None if is_table else longest


def _mean_length(cells: Cells) -> float:
    return sum(map(len, cells)) / max(len(cells), 1)


def _is_numeric(cells: Cells) -> bool:
    """Say whether every cell that is filled is a number, and some are."""
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(NUMBER.fullmatch(cell) for cell in filled)
