"""The pool as a feature matrix: fit the encoder once, encode only what is new, keep it on disk."""

import hashlib
import json
import os
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
from selection.core.features.beside import join
from selection.core.features.classes import class_texts, class_vectors
from selection.core.features.finding import find_model
from selection.core.features.payloads import (
    ImagePayload,
    TablePayload,
    TextPayload,
    VectorPayload,
)
from selection.core.features.vectors import VectorEncoder
from selection.core.types import (
    CoreError,
    Encoder,
    FeatureMatrix,
    Float32Array,
    FloatArray,
    IntArray,
)
from selection.facts import Snapshot
from selection.feature_store import FeatureStore, Keys, keys_of
from selection.models import SelectionConfig
from selection.own_vectors import OwnVectors

# How many items a fit looks at: shapes repeat sooner than words, and cost more to look at.
FIT_SAMPLE = {"text": 50_000, "image": 1_000, "table": 50_000}
CHUNK = 512
# The automatic choice, what stands between the names of several encoders, vectors brought along.
AUTO, JOINT, OWN = "auto", "+", "vectors"
VERSION_LENGTH = 80
DEFAULTS = {"text": "text_tfidf", "image": "image_plain", "table": "table_plain"}


@dataclass(frozen=True)
class Encoded:
    """The pool's rows in id order, and the version of the encoders that made them.

    blocks and class_vectors as in RoundFacts.
    """

    matrix: FeatureMatrix
    version: str
    blocks: tuple[int, ...] = ()
    class_vectors: FloatArray | None = None


@dataclass(frozen=True)
class Way:
    """An encoder in force, and how it gets from places in the pool to rows."""

    encoder: Encoder
    encode: Callable[[IntArray], Float32Array]


def features_of(snapshot: Snapshot, selection: SelectionConfig, attempt: Attempt) -> Encoded:
    """Return the rows of every item, encoding those never seen; a killed run goes on where it was.

    Vectors that came with the items are used when every item has one. Raises CoreError when the
    pool is empty or the encoder cannot read it.
    """
    if not snapshot.pool.content_hashes:
        raise CoreError("the project has no items to encode")
    keys = keys_of(snapshot.pool.content_hashes)
    folder = settings.FEATURES_DIR / str(snapshot.project.id)
    ways = _ways(snapshot, selection, folder)
    steps = [f"Reading the items ({n} of {len(ways)})" for n in range(1, len(ways) + 1)]
    parts = [
        _rows(way, keys, folder, attempt, step if len(ways) > 1 else "Reading the items")
        for way, step in zip(ways, steps, strict=True)
    ]
    matrix, blocks = join(parts)
    encoders = [way.encoder for way in ways]
    version = _version(encoders)
    return Encoded(matrix, version, blocks, _class_vectors(encoders, version, snapshot, folder))


def feature_names(features: str) -> tuple[str, ...]:
    """Return the encoders a configuration names; () for the automatic choice."""
    return () if features == AUTO else tuple(features.split(JOINT))


def _ways(snapshot: Snapshot, selection: SelectionConfig, folder: Path) -> list[Way]:
    own = own_vectors.find(folder / own_vectors.FOLDER, snapshot.pool.content_hashes)
    is_complete = own is not None and own.n_missing == 0
    names = feature_names(selection.features)
    if not names:
        names = (OWN,) if is_complete else automatic(snapshot.project.modality)
    return [
        _own_way(own) if name == OWN else _way(name, snapshot, selection, folder) for name in names
    ]


def _way(name: str, snapshot: Snapshot, selection: SelectionConfig, folder: Path) -> Way:
    encoder = _fitted(name, folder, snapshot, selection)

    def encode(places: IntArray) -> Float32Array:
        wanted = snapshot.pool.ids[places].tolist()
        return encoder.encode(list(_payloads(snapshot.project.modality, wanted)))

    return Way(encoder, encode)


def _rows(way: Way, keys: Keys, folder: Path, attempt: Attempt, step: str) -> FeatureMatrix:
    """Return one encoder's rows of all items, from its own store; what is missing is encoded."""
    encoder, dtype = way.encoder, settings.ALAPP_FEATURES_PRECISION
    store = FeatureStore(folder / "rows", encoder.version, encoder.width, dtype=dtype)

    def show(done: int, total: int) -> None:
        attempt.report_progress(step=step, progress=done, total=total)

    store.fill(keys, way.encode, chunk=CHUNK, progress=show)
    return store.open_matrix(keys)


def _version(encoders: Sequence[Encoder]) -> str:
    """Return the versions joined, or a digest of them where a round has no room for all."""
    joined = JOINT.join(encoder.version for encoder in encoders)
    if len(joined) <= VERSION_LENGTH:
        return joined
    return f"{len(encoders)} encoders {hashlib.sha256(joined.encode()).hexdigest()[:40]}"


def _class_vectors(
    encoders: Sequence[Encoder], version: str, snapshot: Snapshot, folder: Path
) -> FloatArray | None:
    """Return where the encoders put the classes; kept, because every round asks for it."""
    project = snapshot.project
    described = dict(zip(project.class_names, project.class_descriptions, strict=True))
    texts = class_texts(project.class_names, described)
    seen = hashlib.sha256(json.dumps([version, texts]).encode()).hexdigest()[:40]
    path = folder / "classes" / f"{seen}.npy"
    if path.exists():
        kept: FloatArray = np.load(path, allow_pickle=False)
        return kept
    vectors = class_vectors(encoders, texts)
    if vectors is not None:
        _keep(path, vectors)
    return vectors


def _keep(path: Path, vectors: FloatArray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        np.save(file, vectors)
    os.replace(draft, path)


def _own_way(own: OwnVectors | None) -> Way:
    if own is None or own.n_missing:
        missing = "all" if own is None else f"{own.n_missing:,}"
        raise CoreError(
            f"own vectors are wanted, but {missing} items have none: import them with --vectors"
        )
    encoder = VectorEncoder(own.width)
    return Way(encoder, lambda at: encoder.encode([VectorPayload(v) for v in own.rows(at)]))


def automatic(modality: str) -> tuple[str, ...]:
    """Return the encoders used unless a lead chooses: meaning beside words, if a model is there."""
    if modality == "text" and find_model(settings.ALAPP_TEXT_MODEL):
        return ("text_sentence", "text_tfidf")
    if modality == "image" and settings.ALAPP_IMAGE_MODEL:
        return ("image_model",)
    return (DEFAULTS[modality],)


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
    """Return what a configuration sets for this encoder: features_params maps names to settings."""
    models = {"text_sentence": settings.ALAPP_TEXT_MODEL, "image_model": settings.ALAPP_IMAGE_MODEL}
    own = {"model": models[name]} if name in models else {}
    return own | dict(selection.features_params.get(name, {}))


def _payloads(modality: str, item_ids: Sequence[int]) -> Iterator[Any]:
    for payload in exchange.load_payloads(item_ids):
        if modality == "image":
            yield ImagePayload(Path(payload.image))
        elif modality == "table":
            yield TablePayload(payload.fields)
        else:
            yield TextPayload(payload.text)
