"""What every room of the core may use without numpy: web processes read the catalog through it."""

from collections.abc import Mapping
from typing import Literal

Task = Literal["single", "multi"]
ParamValue = int | float | str | bool
Params = Mapping[str, ParamValue]


class CoreError(ValueError):
    """A fact, a setting or a score that breaks a promise; the message names value and limit."""
