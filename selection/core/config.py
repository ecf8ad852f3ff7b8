"""LoopConfig: the settings of a project's loop, with safe defaults and checked limits.

A snapshot (`to_dict`) is stored with every round and shown in forms. Imports no sklearn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from selection.core.basics import Params, Task
from selection.core.catalog import (
    BATCHES,
    COLD_STARTS,
    ESTIMATORS,
    STOPPING,
    STRATEGIES,
    ConfigError,
    Entry,
    Strategy,
    number,
)

METRICS = ("accuracy", "macro_f1")
TASKS = ("single", "multi")
OWN_BATCH = "own"


@dataclass(frozen=True)
class LoopConfig:
    """Everything about the loop that a lead may set. Raises ConfigError on a value out of limits.

    batch "own" means the batch function that suits the strategy. audit_share of each batch are
    audit items until audit_max of them (at most a quarter of the pool) are labelled; with
    audit_adapts more while that decides about the target, fewer where it does not. random_share
    of the queried items are drawn at random. rare_share of the picks of `auto` go to classes that
    are short of labels, while there are any. Where relabels is set, relabel_share at most are
    second opinions on labelled items; a project's 0 means as many as its people's skill makes
    worth asking. duplicate_cosine: an item more like a labelled or picked one is left out, 1 =
    never. per_second divides what an item is worth by its expected seconds. target_value None =
    no target. predictions names the outside model whose predictions are used, "" = the round
    trains its own; scores names the outside scores that outside_score goes by. stopping maps rule
    names to their parameters; every rule named is judged each round.
    calibrate fits one temperature by cross-validation (single-label).
    """

    task: Task = "single"
    strategy: str = "auto"
    strategy_params: Params = field(default_factory=dict)
    batch: str = OWN_BATCH
    batch_params: Params = field(default_factory=dict)
    batch_size: int = 20
    reserve_size: int = 20
    random_share: float = 0.0
    rare_share: float = 0.2
    relabels: bool = True
    relabel_share: float = 0.0
    duplicate_cosine: float = 0.98
    per_second: bool = False
    cold_start: str = "pretrained"
    cold_start_params: Params = field(default_factory=dict)
    audit_share: float = 0.2
    audit_max: int = 300
    audit_adapts: bool = True
    estimator: str = "auto"
    estimator_params: Params = field(default_factory=dict)
    calibrate: bool = True
    target_metric: str = "accuracy"
    target_value: float | None = None
    predictions: str = ""
    scores: str = ""
    confidence: float = 0.95
    stopping: Mapping[str, Params] = field(default_factory=lambda: default_rules())

    def __post_init__(self) -> None:
        _check_choice("task", self.task, TASKS)
        _check_choice("target_metric", self.target_metric, METRICS)
        self._check_numbers()
        self._check_entries()

    @property
    def batch_name(self) -> str:
        """The batch function in force, "own" resolved."""
        own: Strategy = STRATEGIES[self.strategy]
        return own.batch if self.batch == OWN_BATCH else self.batch

    @property
    def batch_settings(self) -> Params:
        """The parameters of the batch function in force, defaults filled in."""
        own = STRATEGIES[self.strategy].batch_params if self.batch == OWN_BATCH else {}
        return BATCHES[self.batch_name].check_params({**own, **self.batch_params}, "batch_params")

    def to_dict(self) -> dict[str, Any]:
        """A plain dict for JSON; `from_dict` gives the same configuration back."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: _plain(value) for name, value in values.items()}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> "LoopConfig":
        """Defaults where a field is missing; ConfigError on an unknown field or a bad value."""
        known = {each.name for each in fields(cls)}
        for name in given:
            if name not in known:
                raise ConfigError(name, given[name], f"known fields: {', '.join(sorted(known))}")
        return cls(**given)

    def _check_numbers(self) -> None:
        number(self.batch_size, "batch_size", low=1, high=10_000, whole=True)
        number(self.reserve_size, "reserve_size", low=0, high=10_000, whole=True)
        number(self.random_share, "random_share", low=0, high=1)
        number(self.rare_share, "rare_share", low=0, high=0.5)
        number(self.relabel_share, "relabel_share", low=0, high=0.9)
        number(self.duplicate_cosine, "duplicate_cosine", low=0.5, high=1)
        number(self.audit_share, "audit_share", low=0, high=0.9)
        number(self.audit_max, "audit_max", low=0, high=1_000_000, whole=True)
        number(self.confidence, "confidence", low=0.5, high=0.9999)
        for name in ("calibrate", "per_second", "audit_adapts", "relabels"):
            if not isinstance(getattr(self, name), bool):
                raise ConfigError(name, getattr(self, name), "must be true or false")
        if self.target_value is not None:
            number(self.target_value, "target_value", low=0, high=1)

    def _check_entries(self) -> None:
        strategy = self._entry("strategy", STRATEGIES)
        strategy.check_params(_mapping(self.strategy_params, "strategy_params"), "strategy_params")
        self._check_outside(strategy)
        batches = {OWN_BATCH: BATCHES[strategy.batch], **BATCHES}
        self._entry("batch", batches).check_params(
            _mapping(self.batch_params, "batch_params"), "batch_params"
        )
        for name, known in (("cold_start", COLD_STARTS), ("estimator", ESTIMATORS)):
            params = f"{name}_params"
            self._entry(name, known).check_params(_mapping(getattr(self, params), params), params)
        self._check_stopping()

    def _entry(self, name: str, known: Mapping[str, Any]) -> Any:
        value = getattr(self, name)
        _check_choice(name, value, tuple(known))
        entry: Entry = known[value]
        if self.task not in entry.tasks:
            raise ConfigError(name, value, f"it does not fit the task {self.task!r}")
        return entry

    def _check_outside(self, strategy: Strategy) -> None:
        for name in ("predictions", "scores"):
            if not isinstance(getattr(self, name), str):
                raise ConfigError(name, getattr(self, name), "must be the name of an outside model")
        if self.predictions and strategy.own_model:
            limit = "it asks the model itself; of an outside model only predictions are known"
            raise ConfigError("strategy", self.strategy, limit)

    def _check_stopping(self) -> None:
        for rule, params in _mapping(self.stopping, "stopping").items():
            _check_choice("stopping", rule, tuple(STOPPING))
            where = f"stopping.{rule}"
            STOPPING[rule].check_params(_mapping(params, where), where)


def default_rules() -> dict[str, Params]:
    """The stopping rules judged unless a configuration says otherwise."""
    return {name: {} for name, rule in STOPPING.items() if rule.by_default}


def _check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ConfigError(name, value, f"must be one of {', '.join(choices)}")


def _mapping(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ConfigError(name, value, "must map names to values")
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    return value
