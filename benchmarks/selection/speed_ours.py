"""What alapp does for the next batch, as the speed benchmark measures it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.selection import speed_data
from selection.core import querying
from selection.core.config import LoopConfig
from selection.core.loop import run_round
from selection.core.streams import Clock
from selection.core.types import PoolView, RoundFacts
from selection.feature_store import FeatureStore

# Own vectors go in 20,000 at a time; production appends as it encodes.
APPENDED = 20_000


def prepare(spec: dict[str, Any], folder: Path) -> Callable[[], Any]:
    """Return what is measured: "pick" scores and picks, "round" fits before and judges too."""
    facts = _facts(spec, folder)
    plain = {"strategy": spec["name"], "batch_size": spec["batch"]}
    if spec["kind"] == "round":
        config = LoopConfig.from_dict(plain)
        return lambda: run_round(facts, config).picks
    config = LoopConfig.from_dict(plain | {"reserve_size": 0, "audit_share": 0.0})
    view = _view(facts, config)

    def pick() -> Any:
        found, _ = querying.queries(facts, config, view, spec["batch"], Clock())
        return found.positions

    return pick


def _facts(spec: dict[str, Any], folder: Path) -> RoundFacts:
    rows, classes, order = speed_data.read(folder, spec, "f2")
    n_labelled, n_audited = speed_data.LABELLED, speed_data.AUDITED
    train, audited = np.sort(order[300 : 300 + n_labelled]), np.sort(order[:n_audited])
    unavailable = np.zeros(spec["n"], dtype=bool)
    unavailable[train], unavailable[audited] = True, True
    targets = np.eye(spec["classes"])
    return RoundFacts(
        features=_store(spec, folder, rows),
        n_classes=spec["classes"],
        train_positions=train,
        train_targets=targets[classes[train]],
        train_weights=np.ones(len(train)),
        audit_order=order,
        audit_positions=audited,
        audit_targets=targets[classes[audited]],
        unavailable=unavailable,
        pending=np.empty(0, dtype=np.int64),
        audit_reserved=300,
        number=3,
        seed=1,
    )


def _store(spec: dict[str, Any], folder: Path, rows: Any) -> Any:
    """The rows in a real feature store, made once per size."""
    hashes = [str(number) for number in range(spec["n"])]
    store = FeatureStore(folder / f"rows-store-{spec['n']}", "speed", speed_data.WIDTH)
    for start in range(len(store), spec["n"], APPENDED):
        stop = start + APPENDED
        store.append(hashes[start:stop], np.asarray(rows[start:stop], dtype=np.float32))
    return store.open_matrix(hashes)


def _view(facts: RoundFacts, config: LoopConfig) -> PoolView:
    """What a round lets its strategy see, the model fitted already."""
    model = run_round(facts, replace(config, strategy="random")).model
    return PoolView(
        features=facts.features,
        candidates=np.flatnonzero(~facts.unavailable),
        covered=facts.train_positions,
        labelled=facts.train_positions,
        targets=facts.train_targets,
        model=model,
        weights=facts.train_weights,
    )
