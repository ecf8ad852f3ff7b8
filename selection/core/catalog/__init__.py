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
    Features,
    MapMethod,
    Param,
    Strategy,
    number,
    resolve,
)
from selection.core.catalog.estimators import ESTIMATORS
from selection.core.catalog.features import FEATURES
from selection.core.catalog.maps import MAPS
from selection.core.catalog.stopping import STOPPING
from selection.core.catalog.strategies import STRATEGIES

__all__ = [
    "BATCHES",
    "COLD_STARTS",
    "ESTIMATORS",
    "FAMILIES",
    "FEATURES",
    "MAPS",
    "STOPPING",
    "STRATEGIES",
    "Batch",
    "ConfigError",
    "Entry",
    "Features",
    "MapMethod",
    "Param",
    "Strategy",
    "number",
    "resolve",
]

FAMILIES: dict[str, Mapping[str, Entry]] = {
    "features": FEATURES,
    "estimators": ESTIMATORS,
    "strategies": STRATEGIES,
    "batches": BATCHES,
    "cold_starts": COLD_STARTS,
    "stopping": STOPPING,
    "maps": MAPS,
}
