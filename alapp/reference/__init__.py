"""Pages of docs/reference that are written from the code, so that they cannot fall behind it."""

from collections.abc import Callable
from typing import Final

from alapp.reference import selection

WRITTEN: Final = "Written by `manage.py reference` from the code: change it there.\n"
PAGES: Final[dict[str, Callable[[], str]]] = {"selection.md": selection.page}


def pages() -> dict[str, str]:
    """Return name -> text of every page."""
    return {name: f"{make()}\n{WRITTEN}" for name, make in PAGES.items()}
