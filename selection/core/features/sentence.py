"""Texts as sentence vectors of a pretrained model. The only file that imports the extra."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator
from sentence_transformers import SentenceTransformer

from selection.core.features import state
from selection.core.features.payloads import TextPayload
from selection.core.types import AnyArray, Encoder, Float32Array

DEFAULT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"


class SentenceEncoder:
    """A sentence-transformers model from a local folder or a hub id; HF_HUB_OFFLINE is obeyed."""

    def __init__(self, model: str) -> None:
        self._name = model or DEFAULT_MODEL
        self._model = SentenceTransformer(self._name, device="cpu")
        self.version = f"text_sentence-1-{self.width}-{_fingerprint(self._name)}"

    @property
    def width(self) -> int:
        return int(self._model.get_sentence_embedding_dimension() or 0)

    @classmethod
    def fit(
        cls, sample: Iterable[TextPayload], *, rng: Generator, model: str = ""
    ) -> "SentenceEncoder":
        """Open the model; nothing is learned from the sample.

        Shapes, unit: none. Raises OSError when the model cannot be found. Source: Reimers and
        Gurevych 2019.
        """
        return cls(model)

    def encode(self, payloads: Sequence[TextPayload]) -> Float32Array:
        """One row of length 1 per text.

        Shapes: (n, width) float32. Unit: cosine geometry. Errors: the model's. Source: as `fit`.
        """
        return self.encode_texts([payload.text for payload in payloads])

    def encode_texts(self, texts: Sequence[str]) -> Float32Array:
        """The same for bare texts, such as the names of classes.

        Shapes: (n, width) float32. Unit: cosine geometry. Errors: the model's. Source: as `fit`.
        """
        rows = self._model.encode(list(texts), convert_to_numpy=True, show_progress_bar=False)
        return state.unit_rows(np.asarray(rows, dtype=np.float32))

    def to_state(self) -> tuple[dict[str, Any], dict[str, AnyArray]]:
        """The model's name; its weights stay where they are.

        Shapes, unit: none. Errors: none. Source: ours.
        """
        return {"model": self._name}, {}

    @classmethod
    def from_state(cls, meta: Mapping[str, Any], arrays: Mapping[str, AnyArray]) -> Encoder:
        """The encoder that `to_state` described.

        Shapes, unit: none. Errors: as `fit`. Source: ours.
        """
        return cls(meta["model"])


def _fingerprint(name: str) -> str:
    """The weights' digest for a local folder, else the hub id."""
    weights = sorted(Path(name).glob("**/*.safetensors")) if Path(name).is_dir() else []
    if not weights:
        return Path(name).name
    with weights[0].open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]
