"""The pool as a feature matrix: fit the encoder once, encode only what is new, keep it on disk."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from annotation import exchange
from annotation.exchange import Attempt
from selection import own_vectors
from selection.core.catalog import FEATURES, resolve
from selection.core.features import state
from selection.core.features.payloads import (
    ImagePayload,
    TablePayload,
    TextPayload,
    VectorPayload,
)
from selection.core.features.sentence import find_model
from selection.core.features.vectors import VectorEncoder
from selection.core.types import CoreError, Encoder, FeatureMatrix, Float32Array, IntArray
from selection.facts import Snapshot
from selection.feature_store import FeatureStore
from selection.models import SelectionConfig
from selection.own_vectors import OwnVectors

# How many items a fit looks at: shapes repeat sooner than words, and cost more to look at.
FIT_SAMPLE = {"text": 50_000, "image": 1_000, "table": 50_000}
CHUNK = 512
DEFAULTS = {"text": "text_tfidf", "image": "image_plain", "table": "table_plain"}


@dataclass(frozen=True)
class Encoded:
    """The pool's rows in id order, and the version of the encoder that made them."""

    matrix: FeatureMatrix
    version: str


def features_of(snapshot: Snapshot, selection: SelectionConfig, attempt: Attempt) -> Encoded:
    """Return the rows of every item, encoding those never seen; a killed run goes on where it was.

    Vectors that came with the items are used when every item has one. Raises CoreError when the
    pool is empty or the encoder cannot read it.
    """
    hashes = snapshot.pool.content_hashes
    if not hashes:
        raise CoreError("the project has no items to encode")
    folder = settings.FEATURES_DIR / str(snapshot.project.id)
    encoder, encode = _way(snapshot, selection, folder)
    store = FeatureStore(folder / "rows", encoder.version, encoder.width)

    def show(done: int, total: int) -> None:
        attempt.report_progress(step="Reading the items", progress=done, total=total)

    store.fill(hashes, encode, chunk=CHUNK, progress=show)
    return Encoded(store.open_matrix(hashes), encoder.version)


def _way(
    snapshot: Snapshot, selection: SelectionConfig, folder: Path
) -> tuple[Encoder, Callable[[IntArray], Float32Array]]:
    """Return the encoder in force, and how it gets from places in the pool to rows."""
    own = own_vectors.find(folder / own_vectors.FOLDER, snapshot.pool.content_hashes)
    is_complete = own is not None and own.n_missing == 0
    if selection.features == "vectors" or (selection.features == "auto" and is_complete):
        return _own_way(own)
    name = encoder_name(selection, snapshot.project.modality)
    encoder = _fitted(name, folder, snapshot, selection)

    def encode(places: IntArray) -> Float32Array:
        wanted = snapshot.pool.ids[places].tolist()
        return encoder.encode(list(_payloads(snapshot.project.modality, wanted)))

    return encoder, encode


def _own_way(own: OwnVectors | None) -> tuple[Encoder, Callable[[IntArray], Float32Array]]:
    if own is None or own.n_missing:
        missing = "all" if own is None else f"{own.n_missing:,}"
        raise CoreError(
            f"own vectors are wanted, but {missing} items have none: import them with --vectors"
        )
    encoder = VectorEncoder(own.width)
    return encoder, lambda places: encoder.encode([VectorPayload(v) for v in own.rows(places)])


def encoder_name(selection: SelectionConfig, modality: str) -> str:
    """Return the catalog name in force; "auto" means sentence vectors where a model is set up."""
    if selection.features != "auto":
        return selection.features
    if modality == "text" and find_model(settings.ALAPP_TEXT_MODEL):
        return "text_sentence"
    return DEFAULTS[modality]


def _fitted(name: str, folder: Path, snapshot: Snapshot, selection: SelectionConfig) -> Encoder:
    """Return the project's encoder, fitted when there is none for a pool of this size.

    Every doubling of the pool, up to what a fit looks at, fits anew: the words of a hundred
    texts say little about ten thousand.
    """
    n_seen = min(len(snapshot.pool.ids), FIT_SAMPLE[snapshot.project.modality])
    home = folder / f"{name}-{n_seen.bit_length()}"
    try:
        return state.load(home)
    except CoreError:
        encoder = _fit(name, snapshot, selection)
        state.save(name, encoder, home)
        return encoder


def _fit(name: str, snapshot: Snapshot, selection: SelectionConfig) -> Encoder:
    """Fit on items in audit order: a random sample that is the same on every database."""
    entry = FEATURES[name]
    modality = snapshot.project.modality
    order = np.argsort(snapshot.pool.audit_ranks, kind="stable")[: FIT_SAMPLE[modality]]
    sample = _payloads(modality, snapshot.pool.ids[order].tolist())
    params = entry.check_params(_params(name, selection), "features_params")
    rng = np.random.default_rng(snapshot.project.seed)
    encoder: Encoder = resolve(entry).fit(sample, rng=rng, **params)
    return encoder


def _params(name: str, selection: SelectionConfig) -> dict[str, Any]:
    if name == "text_sentence" and not selection.features_params:
        return {"model": settings.ALAPP_TEXT_MODEL}
    return dict(selection.features_params)


def _payloads(modality: str, item_ids: Sequence[int]) -> Iterator[Any]:
    for payload in exchange.load_payloads(item_ids):
        if modality == "image":
            yield ImagePayload(Path(payload.image))
        elif modality == "table":
            yield TablePayload(payload.fields)
        else:
            yield TextPayload(payload.text)
