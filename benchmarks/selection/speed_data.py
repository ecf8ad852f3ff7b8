"""The made-up pool of the speed benchmark: clusters on the sphere, as a file per precision."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np

WIDTH, LABELLED, AUDITED = 384, 200, 100
BLOCK = 16_384


def write(folder: Path, n: int, n_classes: int) -> None:
    """Write rows-<n> in both precisions and classes-<n>-<classes>, unless they are there."""
    single, half = (folder / f"rows-{n}.{name}.npy" for name in ("f4", "f2"))
    if not single.exists():
        for old in folder.glob("rows-*"):
            shutil.rmtree(old) if old.is_dir() else old.unlink()
        rng = np.random.default_rng(0)
        centres = rng.standard_normal((770, WIDTH)).astype(np.float32)
        cluster = rng.integers(0, len(centres), n)
        wide = np.lib.format.open_memmap(single, "w+", np.float32, (n, WIDTH))
        narrow = np.lib.format.open_memmap(half, "w+", np.float16, (n, WIDTH))
        for start in range(0, n, BLOCK):
            part = cluster[start : start + BLOCK]
            rows = centres[part] + 1.5 * rng.standard_normal((len(part), WIDTH), dtype=np.float32)
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
            wide[start : start + BLOCK], narrow[start : start + BLOCK] = rows, rows
        np.save(folder / "cluster.npy", cluster)
    np.save(folder / f"classes-{n_classes}.npy", np.load(folder / "cluster.npy") % n_classes)


def read(folder: Path, spec: dict[str, Any], precision: str) -> tuple[Any, Any, Any]:
    """The rows, memory-mapped, the classes, and a fixed random order of all positions."""
    rows = np.load(folder / f"rows-{spec['n']}.{precision}.npy", mmap_mode="r")
    classes = np.load(folder / f"classes-{spec['classes']}.npy")
    return rows, classes, np.random.default_rng(7).permutation(spec["n"])


def product_seconds(clock: Any, rows: Any, n_classes: int) -> float:
    """CPU seconds of the bare product with a (d, C) matrix, the best of some passes."""
    weights = np.random.default_rng(1).standard_normal((WIDTH, n_classes), dtype=np.float32)
    best = np.inf
    for _ in range(1 + 200_000 // len(rows)):
        start = clock()
        for at in range(0, len(rows), 4096):
            np.asarray(rows[at : at + 4096], dtype=np.float32) @ weights
        best = min(best, clock() - start)
    return float(best)


def show(numbers: dict[str, Any]) -> None:
    """The last line of a measurement's output."""
    print(json.dumps(numbers))
