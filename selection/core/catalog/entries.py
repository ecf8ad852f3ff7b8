"""What an entry of the catalog is, and how its parameters are checked."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

from selection.core.basics import CoreError, Params, ParamValue, Task

Kind = Literal["int", "float", "flag", "choice", "text"]
EXTRAS = {"embeddings": "sentence_transformers", "umap": "umap"}
BOTH: tuple[Task, ...] = ("single", "multi")


class ConfigError(CoreError):
    """A setting outside its limits; says which field, which value, which limit."""

    def __init__(self, field: str, value: object, limit: str) -> None:
        super().__init__(f"{field}: {value!r} is not allowed; {limit}")
        self.field, self.value, self.limit = field, value, limit


@dataclass(frozen=True)
class Param:
    """One parameter of an entry: what a form shows and what `check` enforces."""

    name: str
    kind: Kind
    default: ParamValue
    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()

    def check(self, value: object, field: str) -> ParamValue:
        """Return the value in its kind, or raise ConfigError naming field, value and limit."""
        if self.kind == "flag":
            return _flag(value, field)
        if self.kind in ("choice", "text"):
            return _text(value, field, self.choices)
        return number(value, field, low=self.low, high=self.high, whole=self.kind == "int")


@dataclass(frozen=True)
class Entry:
    """One thing that exists; `path` is the dotted path of its function or class."""

    name: str
    title: str
    summary: str
    path: str
    paper: str
    params: tuple[Param, ...] = ()
    tasks: tuple[Task, ...] = BOTH

    def check_params(self, given: Mapping[str, object], field: str) -> Params:
        """All parameters with defaults filled in; ConfigError on unknown names or bad values."""
        known = {param.name: param for param in self.params}
        for name in given:
            if name not in known:
                raise ConfigError(f"{field}.{name}", given[name], f"known: {_listed(known)}")
        return {
            name: param.check(given.get(name, param.default), f"{field}.{name}")
            for name, param in known.items()
        }


@dataclass(frozen=True)
class Estimator(Entry):
    """reads: dotted path of the class whose from_arrays makes the model again from its arrays;
    "" = one of alapp's own models."""

    reads: str = ""


@dataclass(frozen=True)
class Strategy(Entry):
    """needs_proba: the view carries probabilities, so a model is needed.

    rowwise: an item's score depends on that item alone, so the pool is scored in chunks.
    batch: the batch function that suits it. reason: the code of its picks (see types.Reason).
    sample: score only this many random candidates (0 = all), so that cost ignores pool size.
    needs_model: it asks the model itself. own_model: it asks more of it than predictions for items
    of the pool, so that an outside model will not do. needs_scores: it goes by scores from outside.
    is_flat: all scores are equal, the batch function decides. has_quota: classes short
    of labels get their share. batch_params: what differs from the batch function's defaults.
    """

    needs_proba: bool = True
    needs_model: bool = False
    own_model: bool = False
    needs_scores: bool = False
    rowwise: bool = True
    batch: str = "top"
    reason: str = "uncertain"
    sample: int = 0
    is_random: bool = False
    is_flat: bool = False
    has_quota: bool = False
    batch_params: Mapping[str, ParamValue] = field(default_factory=dict)


@dataclass(frozen=True)
class Batch(Entry):
    """reason: the code of its picks, "" = the strategy's.

    weighs_costs: it divides by view.costs itself.
    """

    reason: str = ""
    weighs_costs: bool = False


@dataclass(frozen=True)
class Features(Entry):
    """modality: text, image, table or vector. extra: the optional installation it needs."""

    modality: str = "text"
    extra: str = ""

    @property
    def is_installed(self) -> bool:
        """Whether the library of its extra is there; nothing is imported to find out."""
        return not self.extra or find_spec(EXTRAS[self.extra]) is not None


@dataclass(frozen=True)
class MapMethod(Entry):
    """extra: the optional installation it needs."""

    extra: str = ""

    @property
    def is_installed(self) -> bool:
        """Whether the library of its extra is there; nothing is imported to find out."""
        return not self.extra or find_spec(EXTRAS[self.extra]) is not None


@dataclass(frozen=True)
class Rule(Entry):
    """by_default: judged in every project, unless its configuration says otherwise.

    of_models: it goes by how the project's own models change as labels come in.
    """

    by_default: bool = True
    of_models: bool = True


def resolve(entry: Entry) -> Any:
    """The function or class an entry points to; imports its module, so workers only."""
    return resolve_path(entry.path)


def resolve_path(path: str) -> Any:
    """What a dotted path of the catalog names; imports its module, so workers only."""
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


def number(
    value: object, field: str, *, low: float | None, high: float | None, whole: bool = False
) -> int | float:
    """The value as int or float inside [low, high], or ConfigError with the limits."""
    kind = "a whole number" if whole else "a number"
    limit = f"must be {kind} from {_shown(low)} to {_shown(high)}"
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ConfigError(field, value, limit)
    if (whole and value != int(value)) or _outside(value, low, high):
        raise ConfigError(field, value, limit)
    return int(value) if whole else float(value)


def _outside(value: float, low: float | None, high: float | None) -> bool:
    return (low is not None and value < low) or (high is not None and value > high)


def _flag(value: object, field: str) -> bool:
    if not isinstance(value, bool):
        raise ConfigError(field, value, "must be true or false")
    return value


def _text(value: object, field: str, choices: tuple[str, ...]) -> str:
    if not isinstance(value, str):
        raise ConfigError(field, value, "must be text")
    if choices and value not in choices:
        raise ConfigError(field, value, f"must be one of {', '.join(choices)}")
    return value


def _listed(known: Mapping[str, Param]) -> str:
    return ", ".join(sorted(known)) or "no parameters"


def _shown(limit: float | None) -> str:
    return "any" if limit is None else f"{limit:.12g}"
