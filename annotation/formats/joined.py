"""Several classes in one cell of a text file, and apart again. Pure: no Django.

`a|b` while no name needs more, else a JSON list; `[]` says that none of the classes applies, where
an empty cell says nothing.
"""

import json
from collections.abc import Container, Iterable, Sequence

from annotation.formats.errors import RowError
from annotation.formats.reading import Answer, shown

SEPARATOR = "|"
NONE = "[]"
# Only a list of texts begins so: a class may be called [1] or [draft].
LIST_START = '["'


def needs_list(names: Iterable[str]) -> bool:
    """Say whether one of these names could be misread where it stands bare in a cell."""
    return any(
        SEPARATOR in name or name.startswith("[") or name != name.strip() or not name
        for name in names
    )


def cell_of(names: Sequence[str], *, as_list: bool = False) -> str:
    """Return the cell that says these names, as a list in any case where that is asked for."""
    if as_list or not names or needs_list(names):
        return json.dumps(list(names), ensure_ascii=False)
    return SEPARATOR.join(names)


def listed(cell: str) -> tuple[str, ...] | None:
    """Return the names of a cell that is a JSON list of texts; None for any other cell.

    Raises RowError for a cell that begins as one and is none.
    """
    text = cell.strip()
    if text == NONE:
        return ()
    if not text.startswith(LIST_START):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise _no_list(text, "cannot be read as one") from None
    for each in found:
        if not isinstance(each, str) or not each.strip():
            raise _no_list(text, f"{shown(json.dumps(each))} in it names no class")
    return tuple(each.strip() for each in found)


def apart(cell: str, known: Container[str] = ()) -> tuple[str, ...]:
    """Return the names in a cell; one with a bar is one name where a class is called so."""
    names = listed(cell)
    if names is not None:
        return names
    if cell in known:
        return (cell,)
    parts = (part.strip() for part in cell.split(SEPARATOR))
    return tuple(part for part in parts if part)


def names_of(answer: Answer, known: Container[str], *, is_multi: bool) -> tuple[str, ...]:
    """Return the classes an answer names; `known` are those of the project.

    What was a list in its file is apart already. Raises RowError as `listed` does.
    """
    if not answer.is_joined:
        return answer.labels
    if is_multi:
        return tuple(name for cell in answer.labels for name in apart(cell, known))
    return tuple(name for cell in answer.labels for name in _one(cell, known))


def says_none(answer: Answer) -> bool:
    """Say whether it says outright that none of the classes applies."""
    return answer.is_outright or (answer.is_joined and answer.labels == (NONE,))


def _one(cell: str, known: Container[str]) -> tuple[str, ...]:
    names = None if cell in known else listed(cell)
    return (cell,) if names is None else names


def _no_list(text: str, why: str) -> RowError:
    return RowError("label", f"{shown(text)} begins as a list and {why}", 'a list is ["a", "b"]')
