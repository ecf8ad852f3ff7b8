"""Images by a pretrained vision model. The only file that imports transformers and torch."""

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator

from selection.core.features import state
from selection.core.features.images import open_image
from selection.core.features.payloads import ImagePayload
from selection.core.types import AnyArray, CoreError, Encoder, Float32Array

AT_ONCE = 16


class ImageModelEncoder:
    """Rows of length 1 from a vision model: a folder as transformers writes it, or a hub id."""

    def __init__(self, name: str, parts: "Parts | None" = None) -> None:
        self._name = name
        self._parts = parts or Parts(name)
        self.width = self._rows(np.zeros((1, 8, 8, 3), dtype=np.uint8)).shape[1]
        self.version = f"image_model-1-{self.width}-{_fingerprint(name)}"

    @classmethod
    def fit(
        cls, sample: Iterable[ImagePayload], *, rng: Generator, model: str = ""
    ) -> "ImageModelEncoder":
        """Open the model; nothing is learned from the sample.

        Shapes, unit: none. Raises CoreError when no model is named, it cannot be opened, or the
        extra is missing. Source: Oquab et al. 2023 (DINOv2); Radford et al. 2021 (CLIP). A model
        that also reads texts becomes an encoder that reads the names of classes.
        """
        parts = Parts(model)
        kind = ImageTextEncoder if parts.reads_text else ImageModelEncoder
        return kind(model, parts)

    def encode(self, payloads: Sequence[ImagePayload]) -> Float32Array:
        """One row of length 1 per image.

        Shapes: (n, width) float32. Unit: cosine geometry. Raises CoreError on an unreadable
        image. Source: as `fit`.
        """
        out = np.empty((len(payloads), self.width), dtype=np.float32)
        for start in range(0, len(payloads), AT_ONCE):
            images = [np.asarray(open_image(each)) for each in payloads[start : start + AT_ONCE]]
            out[start : start + AT_ONCE] = self._rows(images)
        return out

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
        return cls.fit((), rng=np.random.default_rng(0), model=meta["model"])

    def _rows(self, images: Any) -> Float32Array:
        return state.unit_rows(self._parts.of_images(list(images)))


class ImageTextEncoder(ImageModelEncoder):
    """A model with a side for texts in the same space, such as CLIP."""

    def encode_texts(self, texts: Sequence[str]) -> Float32Array:
        """One row of length 1 per text, where images of what it says are.

        Shapes: (n, width) float32. Unit: cosine geometry. Errors: the model's. Source: Radford
        et al. 2021.
        """
        return state.unit_rows(self._parts.of_texts(list(texts)))


class Parts:
    """The opened model and its preprocessing. Everything of torch stays in here."""

    def __init__(self, name: str) -> None:
        """Raises CoreError when no model is named, it cannot be opened, or the extra is missing."""
        if not name:
            raise CoreError("no image model is named: a folder or a hub id (ALAPP_IMAGE_MODEL)")
        if not find_spec("transformers") or not find_spec("torch"):
            raise CoreError(f"the image model {name!r} needs the extra 'embeddings'")
        if Path(name).is_dir():
            os.environ["HF_HUB_OFFLINE"] = "1"
        import torch  # noqa: PLC0415
        import transformers  # noqa: PLC0415

        try:
            self._model = transformers.AutoModel.from_pretrained(name).eval()
            self._processor = transformers.AutoImageProcessor.from_pretrained(name)
            self.reads_text = hasattr(self._model, "get_text_features")
            tokenizer = transformers.AutoTokenizer
            self._tokenizer = tokenizer.from_pretrained(name) if self.reads_text else None
        except (OSError, ValueError) as problem:
            raise CoreError(f"the image model {name!r} cannot be opened: {problem}") from problem
        self._no_grad = torch.no_grad

    def of_images(self, images: list[AnyArray]) -> AnyArray:
        with self._no_grad():
            given = self._processor(images=images, return_tensors="pt")
            if hasattr(self._model, "get_image_features"):
                return _pooled(self._model.get_image_features(**given))
            return _pooled(self._model(**given))

    def of_texts(self, texts: list[str]) -> AnyArray:
        assert self._tokenizer is not None
        with self._no_grad():
            given = self._tokenizer(texts, padding=True, truncation=True, return_tensors="pt")
            return _pooled(self._model.get_text_features(**given))


def _pooled(answer: Any) -> AnyArray:
    """One row per input: the answer itself, its pooled part, or the token that stands for all."""
    if getattr(answer, "pooler_output", None) is not None:
        answer = answer.pooler_output
    elif hasattr(answer, "last_hidden_state"):
        answer = answer.last_hidden_state[:, 0]
    rows: AnyArray = answer.float().numpy()
    return rows.reshape(len(rows), -1)


def _fingerprint(name: str) -> str:
    """The weights' digest for a folder, else the hub id without its owner."""
    weights = sorted(Path(name).glob("*.safetensors")) if Path(name).is_dir() else []
    if not weights:
        return Path(name).name[:24]
    with weights[0].open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]
