"""Sentence models that need torch. The only file that imports sentence-transformers."""

import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from selection.core.features import state
from selection.core.types import CoreError, Float32Array


class TorchSentences:
    """A sentence-transformers model from a local folder or by hub id."""

    def __init__(self, name: str, max_tokens: int) -> None:
        """Raises CoreError when the extra is missing or the model cannot be opened.

        With a folder the hub is not asked (HF_HUB_OFFLINE), whatever the model's files name.
        """
        if not is_installed():
            raise CoreError(
                f"the sentence model {name!r} needs the extra 'embeddings': a hub id always does, "
                "a folder unless it holds a plain BERT model"
            )
        if Path(name).is_dir():
            os.environ["HF_HUB_OFFLINE"] = "1"
        import sentence_transformers  # noqa: PLC0415

        try:
            self._model = sentence_transformers.SentenceTransformer(name, device="cpu")
        except (OSError, ValueError) as problem:
            raise CoreError(f"the sentence model {name!r} cannot be opened: {problem}") from problem
        self.limit = min(max_tokens, int(self._model.max_seq_length or max_tokens))
        self._model.max_seq_length = self.limit

    @property
    def width(self) -> int:
        return int(self._model.get_sentence_embedding_dimension() or 0)

    def encode(self, texts: Sequence[str]) -> Float32Array:
        """One row of length 1 per text.

        Shapes: (n, width) float32. Unit: cosine geometry. Errors: the model's. Source: Reimers
        and Gurevych 2019.
        """
        rows = self._model.encode(list(texts), convert_to_numpy=True, show_progress_bar=False)
        return state.unit_rows(np.asarray(rows, dtype=np.float32))


def is_installed() -> bool:
    """Whether the extra is there; nothing heavy is imported to find out.

    Shapes, unit: none. Errors: none. Source: ours.
    """
    return find_spec("sentence_transformers") is not None
