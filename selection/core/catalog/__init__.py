"""What exists: read top to bottom, these files are the feature list of selection.

They feed forms, documentation and contract tests. None imports sklearn or scipy: web processes
read them, the worker resolves the dotted paths with `resolve`.
"""

from collections.abc import Mapping

from selection.core.catalog.batches import BATCHES
from selection.core.catalog.coldstarts import COLD_STARTS
from selection.core.catalog.entries import (
    Batch,
    ConfigError,
    Entry,
    Estimator,
    Features,
    MapMethod,
    Param,
    Strategy,
    number,
    resolve,
    resolve_path,
)
from selection.core.catalog.estimators import ESTIMATORS as OUR_ESTIMATORS
from selection.core.catalog.features import FEATURES as OUR_FEATURES
from selection.core.catalog.maps import MAPS
from selection.core.catalog.own import read
from selection.core.catalog.stopping import STOPPING
from selection.core.catalog.strategies import STRATEGIES as OUR_STRATEGIES

__all__ = [
    "BATCHES",
    "COLD_STARTS",
    "ESTIMATORS",
    "FAMILIES",
    "FEATURES",
    "MAPS",
    "OWN",
    "OWN_PROBLEMS",
    "STOPPING",
    "STRATEGIES",
    "Batch",
    "ConfigError",
    "Entry",
    "Estimator",
    "Features",
    "MapMethod",
    "Param",
    "Strategy",
    "number",
    "resolve",
    "resolve_path",
]

_strategies = read("ALAPP_STRATEGIES", Strategy, OUR_STRATEGIES)
_estimators = read("ALAPP_ESTIMATORS", Estimator, OUR_ESTIMATORS)
_features = read("ALAPP_ENCODERS", Features, OUR_FEATURES)
STRATEGIES: dict[str, Strategy] = OUR_STRATEGIES | _strategies.entries
ESTIMATORS: dict[str, Estimator] = OUR_ESTIMATORS | _estimators.entries
FEATURES: dict[str, Features] = OUR_FEATURES | _features.entries
# Entries of your own by family, and what is wrong with those that cannot be used.
OWN: dict[str, Mapping[str, Entry]] = {
    "features": _features.entries,
    "estimators": _estimators.entries,
    "strategies": _strategies.entries,
}
OWN_PROBLEMS = (*_strategies.problems, *_estimators.problems, *_features.problems)

FAMILIES: dict[str, Mapping[str, Entry]] = {
    "features": FEATURES,
    "estimators": ESTIMATORS,
    "strategies": STRATEGIES,
    "batches": BATCHES,
    "cold_starts": COLD_STARTS,
    "stopping": STOPPING,
    "maps": MAPS,
}
