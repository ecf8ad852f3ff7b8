"""Draw the map of a project's pool: places on a plane, and what the newest model says of each."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alapp.clock import database_now
from annotation import exchange
from annotation.exchange import Answers, Attempt, Pool
from selection import map_files, model_files, outside
from selection.configuration import config_of
from selection.core.catalog import MAPS, resolve
from selection.core.chunks import predict, rows
from selection.core.config import LoopConfig
from selection.core.planes.quantised import quantised
from selection.core.types import CoreError, FeatureMatrix, FloatArray, IntArray
from selection.encoding import Encoded, features_of
from selection.facts import Snapshot
from selection.map_files import NO_CLASS, NO_DOUBT, Header
from selection.models import PoolMap, Round

MAX_POINTS = 100_000
# Beyond so much more, where the new items lie may change the whole picture.
GROWN = 1.1
DEFAULT = "pca"
UNSURE = 254
FARTHEST = 2**32 - 1
Steps = NDArray[np.uint16]


@dataclass(frozen=True)
class Placed:
    """Which items are shown, where they lie, and of how large a pool they are the sample."""

    ids: IntArray
    places: Steps
    n_placed: int
    is_new: bool


def run_map(attempt: Attempt) -> dict[str, Any]:
    """Draw the map: places anew when asked to or due, colours by the newest model."""
    before = PoolMap.objects.filter(project=attempt.project_id).first()
    method = attempt.params.get("method") or (before.method if before else DEFAULT)
    if not MAPS[method].is_installed:
        raise CoreError(f"the map {method!r} needs {MAPS[method].extra}-learn installed")
    snapshot = pool_snapshot(attempt.project_id)
    encoded = features_of(snapshot, config_of(attempt.project_id), attempt)
    attempt.report_progress(step="Finding places", progress=0, total=None)
    old = None if attempt.params.get("anew") else _still_good(before, method, encoded, snapshot)
    placed = old or _place(snapshot, encoded.matrix, method)
    attempt.report_progress(step="Asking the model", progress=0, total=None)
    number, predicted, doubt = said(snapshot, encoded, placed.ids)
    name = map_files.write(
        attempt.project_id,
        Header(len(placed.ids), int(placed.ids[0]), snapshot.project.class_ids),
        _columns(placed, predicted, doubt),
    )
    now = database_now()
    row = {
        "file": name,
        "method": method,
        "features_version": encoded.version,
        "n_placed": placed.n_placed,
        "n_points": len(placed.ids),
        "n_items": len(snapshot.pool.ids),
        "n_waiting": max(len(snapshot.pool.ids) - placed.n_placed, 0),
        "round_number": number,
        "placed_at": now if placed.is_new or before is None else before.placed_at,
        "made_at": now,
    }
    PoolMap.objects.update_or_create(project_id=attempt.project_id, defaults=row)
    map_files.forget_others(attempt.project_id, name)
    return {"said": f"{len(placed.ids):,} points drawn", "points": len(placed.ids)}


def pool_snapshot(project_id: int) -> Snapshot:
    """Return the pool as it is; answers play no part in a map."""
    none = np.empty(0, np.int64)
    nothing = Answers(0, none, [], np.empty(0), 0, n_answers=none, is_settled=none.astype(bool))
    return Snapshot(
        project=exchange.project_facts(project_id),
        pool=exchange.load_pool(project_id),
        answers=nothing,
        config=LoopConfig(),
        number=0,
        budget_left=None,
    )


def shown(pool: Pool) -> IntArray:
    """Return the positions a map shows: all, or a uniform sample of 100,000, in id order."""
    order = np.argsort(pool.audit_ranks, kind="stable")
    return np.sort(order[:MAX_POINTS]).astype(np.int64)


def _still_good(
    before: PoolMap | None, method: str, encoded: Encoded, snapshot: Snapshot
) -> Placed | None:
    """Return the places of the last map as long as they fit: same features, pool little grown."""
    if before is None or (before.method, before.features_version) != (method, encoded.version):
        return None
    if len(snapshot.pool.ids) > GROWN * before.n_placed:
        return None
    try:
        points = map_files.read(before.file)
    except FileNotFoundError:
        return None
    ids = np.array(points.item, dtype=np.int64) + points.header.first_id
    kept = np.isin(ids, snapshot.pool.ids)
    if not kept.any():
        return None
    places = np.stack([np.array(points.x), np.array(points.y)], axis=1).astype(np.uint16)
    return Placed(ids[kept], places[kept], before.n_placed, is_new=False)


def _place(snapshot: Snapshot, matrix: FeatureMatrix, method: str) -> Placed:
    positions = shown(snapshot.pool)
    rng = np.random.default_rng([snapshot.project.seed, *method.encode()])
    found = resolve(MAPS[method])(rows(matrix, positions), rng=rng)
    n_items = len(snapshot.pool.ids)
    return Placed(snapshot.pool.ids[positions], quantised(found), n_items, is_new=True)


def said(
    snapshot: Snapshot, encoded: Encoded, ids: IntArray
) -> tuple[int | None, NDArray[np.uint16], NDArray[np.uint8]]:
    """Return which round's model speaks, its class for each item, and how much it doubts."""
    n = len(ids)
    nothing = np.full(n, NO_CLASS, np.uint16), np.full(n, NO_DOUBT, np.uint8)
    trained = Round.objects.filter(project=snapshot.project.id).exclude(model_version="")
    newest = trained.order_by("-number").defer("health", "verdicts").first()
    proba = None if newest is None else _proba(newest, snapshot, encoded, ids)
    if newest is None or proba is None:
        return None, *nothing
    silent = np.isnan(proba[:, 0])
    proba = np.where(silent[:, None], 0.0, proba)
    surest = proba.max(axis=1)
    doubt = np.abs(proba - 0.5).min(axis=1) if snapshot.project.is_multi else surest
    # Of several classes the least sure one counts: 0.5 away from a half is sure.
    sure = 2 * doubt if snapshot.project.is_multi else doubt
    scaled = np.rint((1 - sure) * UNSURE).astype(np.uint8)
    classes = proba.argmax(axis=1).astype(np.uint16)
    if snapshot.project.is_multi:
        classes[surest <= 0.5] = NO_CLASS
    classes[silent], scaled[silent] = NO_CLASS, NO_DOUBT
    return newest.number, classes, scaled


def _proba(newest: Round, snapshot: Snapshot, encoded: Encoded, ids: IntArray) -> FloatArray | None:
    """Return what the round's model says of each item, NaN where it says nothing; None where it
    cannot be asked any more."""
    positions = snapshot.positions(ids)
    if pushed := newest.facts.get("outside", {}).get("predictions"):
        return outside.proba_of(snapshot, pushed["version"])[positions]
    if newest.features_version != encoded.version:
        return None
    model = model_files.read(newest.model_file, estimator=newest.config.get("estimator", ""))
    if model.n_classes != len(snapshot.project.class_ids):
        return None
    return predict(model, encoded.matrix, positions)


def _columns(
    placed: Placed, predicted: NDArray[np.uint16], doubt: NDArray[np.uint8]
) -> dict[str, bytes]:
    distances = placed.ids - placed.ids[0]
    if distances[-1] > FARTHEST:
        raise CoreError("the ids of the items lie too far apart for a map")
    return {
        "item": distances.astype("<u4").tobytes(),
        "x": placed.places[:, 0].astype("<u2").tobytes(),
        "y": placed.places[:, 1].astype("<u2").tobytes(),
        "predicted": predicted.astype("<u2").tobytes(),
        "doubt": doubt.astype("u1").tobytes(),
    }
