"""What every strategy, estimator and encoder promises, whoever wrote it: run over each of them.

alapp's own tests and `manage.py check_plugins` run the same.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from selection.core.catalog import Entry, resolve
from selection.core.contract import encoders, estimators, strategies
from selection.core.contract.world import BrokenError

Promise = Callable[[Any], None]
PROMISES: Mapping[str, tuple[Promise, ...]] = {
    "strategies": strategies.PROMISES,
    "estimators": estimators.PROMISES,
    "features": encoders.PROMISES,
}


def broken(family: str, entry: Entry) -> Iterator[tuple[str, str]]:
    """Every promise the entry breaks, in words, and how: none when it keeps all.

    Shapes, unit: none. Errors: none: whatever the entry raises is told. Source: ours.
    """
    try:
        if not callable(getattr(resolve(entry), "fit", resolve(entry))):
            yield "its path names a function", f"{entry.path} cannot be called"
            return
    except Exception as error:  # their code may raise anything
        yield "its path can be loaded", _told(error)
        return
    for promise in PROMISES[family]:
        try:
            promise(entry)
        except BrokenError as error:
            yield words(promise), str(error)
        except Exception as error:  # their code may raise anything
            yield words(promise), f"it raised {_told(error)}"


def words(promise: Promise) -> str:
    """What a promise says, in words. Shapes, unit: none. Errors: none. Source: its docstring."""
    return str(promise.__doc__).splitlines()[0].rstrip(".")


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
