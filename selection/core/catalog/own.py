"""Entries of your own, by dotted path: from the settings alone, read once at the start.

The settings are those of the environment, so that the processes of an executor find them as well.
"""

import os
import re
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Generic, TypeVar

from selection.core.catalog.entries import Entry

E = TypeVar("E", bound=Entry)
NAME = re.compile(r"[a-z][a-z0-9_]{0,18}")
HOUSE = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Found(Generic[E]):
    """What a setting names: entries by name, and what is wrong with the others."""

    entries: dict[str, E] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def read(setting: str, kind: type[E], taken: dict[str, E]) -> Found[E]:
    """The entries a setting names, as in "mine=package.module.ENTRY,other=package.other.ENTRY".

    Shapes, unit: none. Errors: none: what cannot be used is a problem in words, and is no entry.
    Source: ours. Nothing that was uploaded can be named: modules in the data folder are refused.
    """
    entries: dict[str, E] = {}
    problems: list[str] = []
    for each in filter(None, (part.strip() for part in os.environ.get(setting, "").split(","))):
        try:
            name, path = _parted(each, {**taken, **entries})
            entries[name] = _loaded(name, path, kind)
        except _UnusableError as error:
            problems.append(f"{setting}: {error}")
    return Found(entries, tuple(problems))


class _UnusableError(ValueError):
    """Why an entry cannot be used."""


def _parted(each: str, taken: dict[str, E]) -> tuple[str, str]:
    name, equals, path = (part.strip() for part in each.partition("="))
    if not equals or "." not in path:
        raise _UnusableError(f"{each!r} is not name=package.module.ENTRY")
    if not NAME.fullmatch(name):
        raise _UnusableError(f"{name!r} is no name: up to 19 small letters, digits and _")
    if name in taken:
        raise _UnusableError(f"{name!r} is the name of another one")
    return name, path


def _loaded(name: str, path: str, kind: type[E]) -> E:
    module, _, attribute = path.rpartition(".")
    _check_place(module.partition(".")[0])
    try:
        entry = getattr(import_module(module), attribute)
    except Exception as error:  # whatever their code raises must not take the pages down
        raise _UnusableError(f"{path} cannot be loaded: {type(error).__name__}: {error}") from error
    if not isinstance(entry, kind):
        raise _UnusableError(f"{path} is a {type(entry).__name__}, not a {kind.__name__}")
    if entry.name != name:
        raise _UnusableError(f"{path} calls itself {entry.name!r}, not {name!r}")
    _check_place(entry.path.partition(".")[0])
    return entry


def _check_place(package: str) -> None:
    """Refuse what lies in the data folder: what people upload lands there."""
    try:
        spec = find_spec(package)
    except (ImportError, ValueError):
        spec = None
    if spec is None:
        raise _UnusableError(f"there is no package {package!r}")
    data = Path(os.environ.get("ALAPP_DATA_DIR") or HOUSE / "var").resolve()
    places = [spec.origin or "", *(spec.submodule_search_locations or ())]
    if any(place and Path(place).resolve().is_relative_to(data) for place in places):
        raise _UnusableError(f"{package!r} lies in the data folder, from where nothing is loaded")
