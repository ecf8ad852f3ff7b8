"""The data sets of the benchmark as arrays: a pool that may be asked about, and a test set."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from selection.core import datasets
from selection.core.catalog import FEATURES, resolve
from selection.core.types import Float32Array, FloatArray, Task

MOST_POOL, MOST_TEST = 5000, 2000
RARE_CLASS = ("sms_spam",)
MULTI = ("goemotions",)
TABLES = ("pendigits",)
IMAGES = ("sign_digits",)
SETS = ("ag_news", "trec6", "rotten_tomatoes", "banking77", "sms_spam", "sign_digits", "pendigits")


@dataclass(frozen=True)
class Arrays:
    """Pool and test set: features (n, d) float32 and targets (n, C) 0/1, test alike."""

    name: str
    X: Float32Array
    targets: FloatArray
    X_test: Float32Array
    test_targets: FloatArray

    @property
    def task(self) -> Task:
        return "multi" if self.name in MULTI else "single"

    @property
    def metric(self) -> str:
        return "macro_f1" if self.name in RARE_CLASS + MULTI else "accuracy"


def load(name: str, *, data: Path, cache: Path, seed: int) -> Arrays:
    """Return the set with at most 5,000 pool and 2,000 test rows, drawn by the seed."""
    everything = whole(name, data=data, cache=cache)
    rng = np.random.default_rng([seed, 11])
    pool = rng.permutation(len(everything.X))[:MOST_POOL]
    test = rng.permutation(len(everything.X_test))[:MOST_TEST]
    return Arrays(
        name,
        everything.X[pool],
        everything.targets[pool],
        everything.X_test[test],
        everything.test_targets[test],
    )


def whole(name: str, *, data: Path, cache: Path) -> Arrays:
    """Return every row of the set; encoded once and kept."""
    kept = cache / f"{name}.npz"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        np.savez(kept, **_read(name, data / name))
    with np.load(kept) as found:
        X, X_test = (found[each].astype(np.float32) for each in ("X", "X_test"))
        return Arrays(name, X, found["targets"], X_test, found["test_targets"])


def _read(name: str, folder: Path) -> dict[str, Any]:
    """Encoders and scales are fitted to the pool alone."""
    suffix = "csv" if name in IMAGES else "csv.gz"
    train, test = (datasets.read_dataset(folder / f"{part}.{suffix}") for part in ("train", "test"))
    if name in IMAGES:
        matrices = _encoded(train, test)
    elif name in TABLES:
        matrices = _standardised(train, test)
    else:
        matrices = [np.load(folder / f"{part}.minilm.npy") for part in ("train", "test")]
    classes = sorted({label for labels in train.labels for label in labels})
    return {
        "X": np.asarray(matrices[0], np.float16),
        "targets": _targets(train, classes),
        "X_test": np.asarray(matrices[1], np.float16),
        "test_targets": _targets(test, classes),
    }


def _targets(part: datasets.Dataset, classes: list[str]) -> FloatArray:
    return np.array([[float(each in labels) for each in classes] for labels in part.labels])


def _encoded(train: datasets.Dataset, test: datasets.Dataset) -> list[Float32Array]:
    maker = resolve(FEATURES["image_plain"])
    encoder = maker.fit(train.payloads, rng=np.random.default_rng(0))
    return [encoder.encode(part.payloads) for part in (train, test)]


def _standardised(train: datasets.Dataset, test: datasets.Dataset) -> list[Float32Array]:
    """Columns with the pool's mean 0 and deviation 1, over the root of their number."""
    raw = [
        np.array([[float(cell) for cell in row.values.values()] for row in part.payloads])
        for part in (train, test)
    ]
    mean, deviation = raw[0].mean(axis=0), raw[0].std(axis=0) + 1e-9
    width = np.sqrt(raw[0].shape[1])
    return [((each - mean) / deviation / width).astype(np.float32) for each in raw]
