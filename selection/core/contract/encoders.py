"""What an encoder promises."""

import io
import json
from typing import Any

import numpy as np
from PIL import Image

from selection.core.catalog import Features, resolve
from selection.core.contract.world import promise
from selection.core.features.payloads import (
    ImagePayload,
    TablePayload,
    TextPayload,
    VectorPayload,
)
from selection.core.types import Encoder

WORDS = ("goal match team win cup", "bank rate share fund loan")
N = 40


def gives_rows(entry: Features) -> None:
    """It gives one row of `width` finite float32 numbers per item.

    Shapes, unit: none. Raises BrokenError. Source: design of the loop.
    """
    encoder, items = _fitted(entry), _items(entry.modality)
    rows = encoder.encode(items)
    expected = (len(items), encoder.width)
    promise(rows.shape == expected, f"shape {rows.shape}, not {expected}")
    promise(rows.dtype == np.float32, f"{rows.dtype}, not float32")
    promise(bool(np.isfinite(rows).all()), "some numbers are NaN or infinite")


def reads_each_alone(entry: Features) -> None:
    """It gives an item the same row whatever is beside it, and at every call.

    Shapes, unit: none. Raises BrokenError. Source: rows are kept and never encoded again.
    """
    encoder, items = _fitted(entry), _items(entry.modality)
    alone = np.vstack([encoder.encode([each]) for each in items[:5]])
    promise(bool(np.allclose(alone, encoder.encode(items)[:5], atol=1e-4)), "the rows differ")


def has_a_version(entry: Features) -> None:
    """Its version is the same for the same fit, and short enough to be kept.

    Shapes, unit: none. Raises BrokenError. Source: the version is the key of the rows.
    """
    first, again = _fitted(entry).version, _fitted(entry).version
    promise(first == again, f"two fits to the same items are called {first} and {again}")
    promise(0 < len(first) <= 80, f"the version has {len(first)} characters, at most 80")


def comes_back(entry: Features) -> None:
    """It is kept as JSON and plain arrays and comes back from them.

    Shapes, unit: none. Raises BrokenError. Source: design of the loop: nothing is unpickled.
    """
    encoder, items = _fitted(entry), _items(entry.modality)
    meta, arrays = encoder.to_state()
    kept = json.loads(json.dumps(meta))
    wrong = [name for name, each in arrays.items() if np.asarray(each).dtype.hasobject]
    promise(not wrong, f"{', '.join(wrong)} hold objects, not numbers")
    again: Encoder = resolve(entry).from_state(kept, arrays)
    promise(again.version == encoder.version, "what comes back has another version")
    same = np.allclose(again.encode(items), encoder.encode(items), atol=1e-6)
    promise(bool(same), "what comes back gives other rows")


PROMISES = (gives_rows, reads_each_alone, has_a_version, comes_back)


def _fitted(entry: Features) -> Encoder:
    params = entry.check_params({}, "params")
    rng = np.random.default_rng(0)
    encoder: Encoder = resolve(entry).fit(_items(entry.modality), rng=rng, **params)
    return encoder


def _items(modality: str) -> list[Any]:
    rng = np.random.default_rng(1)
    if modality == "text":
        drawn = (rng.choice(WORDS[n % 2].split(), 3) for n in range(N))
        return [TextPayload(f"{' '.join(words)} {n}") for n, words in enumerate(drawn)]
    if modality == "table":
        kinds = ("red", "blue")
        return [TablePayload({"size": float(n), "colour": kinds[n % 2]}) for n in range(N)]
    if modality == "vector":
        return [VectorPayload(rng.standard_normal(8)) for _ in range(N)]
    return [ImagePayload(_png(rng)) for _ in range(12)]


def _png(rng: np.random.Generator) -> bytes:
    buffer = io.BytesIO()
    pixels = rng.integers(0, 255, (32, 32, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()
