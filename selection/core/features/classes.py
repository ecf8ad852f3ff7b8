"""Where the encoders put the classes themselves, from their names and descriptions."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from selection.core.types import Encoder, Float32Array, FloatArray


@runtime_checkable
class ReadsText(Protocol):
    """An encoder that puts texts where it puts items: text encoders, and image-text models."""

    def encode_texts(self, texts: Sequence[str]) -> Float32Array: ...


def class_texts(names: Sequence[str], descriptions: Mapping[str, str]) -> list[str]:
    """What a class says of itself: "name: description", or the name with its underscores parted.

    Shapes: one text per name. Unit: none. Errors: none. Source: ours.
    """
    described = [(name.replace("_", " ").strip(), descriptions.get(name, "")) for name in names]
    return [f"{name}: {about.strip()}" if about.strip() else name for name, about in described]


def class_vectors(encoders: Sequence[Encoder], texts: Sequence[str]) -> FloatArray | None:
    """The classes in the encoders' columns side by side, zeros where one reads no text.

    Shapes: (C, sum of widths). Unit: the encoders'. Errors: the encoders'. Source: ours; None
    when no encoder reads text, or there is no class.
    """
    if not texts or not any(isinstance(each, ReadsText) for each in encoders):
        return None
    blocks = [
        each.encode_texts(texts) if isinstance(each, ReadsText) else _nothing(each, texts)
        for each in encoders
    ]
    return np.concatenate(blocks, axis=1, dtype=np.float64)


def _nothing(encoder: Encoder, texts: Sequence[str]) -> Float32Array:
    return np.zeros((len(texts), encoder.width), dtype=np.float32)
