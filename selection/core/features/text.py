"""Texts as weighted words, condensed: needs no download and no extra."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.random import Generator
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from selection.core.features import state
from selection.core.features.payloads import TextPayload
from selection.core.types import AnyArray, CoreError, Encoder, Float32Array, FloatArray

MAX_TERMS = 30_000
UNSPACED = ((0x3040, 0x30FF), (0x3400, 0x9FFF), (0x0E00, 0x0EFF), (0x1000, 0x109F))
SETTINGS: dict[str, dict[str, Any]] = {
    "word": {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"},
    "char": {"analyzer": "char", "ngram_range": (1, 3)},
}


class TfidfEncoder:
    """tf-idf of words and word pairs (characters for scripts without spaces), then SVD."""

    def __init__(
        self, analyzer: str, terms: Sequence[str], idf: FloatArray, components: Float32Array
    ) -> None:
        self._analyzer, self._terms = analyzer, list(terms)
        self._idf, self._components = idf, components
        self._vectorizer = _vectorizer(analyzer, vocabulary=self._terms)
        self._vectorizer.idf_ = idf
        meta, arrays = self.to_state()
        self.version = f"text_tfidf-1-{self.width}-{state.digest(meta, arrays)}"

    @property
    def width(self) -> int:
        return int(self._components.shape[0])

    @classmethod
    def fit(
        cls, sample: Iterable[TextPayload], *, rng: Generator, width: int = 256
    ) -> "TfidfEncoder":
        """Learn words, their rarity and the main directions from a sample of the pool.

        Shapes: width <= what the sample supports. Unit: none. Raises CoreError when the sample
        holds no characters. Source: Deerwester et al. 1990; sublinear counts.
        """
        texts = [payload.text for payload in sample]
        analyzer = "char" if _is_unspaced(texts) else "word"
        vectorizer, counts = _learn(analyzer, texts)
        components = _directions(counts, width, rng)
        terms = [str(term) for term in vectorizer.get_feature_names_out()]
        name = str(vectorizer.analyzer)
        return cls(name, terms, np.asarray(vectorizer.idf_, np.float64), components)

    def encode(self, payloads: Sequence[TextPayload]) -> Float32Array:
        """One row of length 1 per text; a text without a known word gives zeros.

        Shapes: (n, width) float32. Unit: cosine geometry. Errors: none. Source: as `fit`.
        """
        return self.encode_texts([payload.text for payload in payloads])

    def encode_texts(self, texts: Sequence[str]) -> Float32Array:
        """The same for bare texts, such as the names of classes.

        Shapes: (n, width) float32. Unit: cosine geometry. Errors: none. Source: as `fit`.
        """
        counts = self._vectorizer.transform(texts)
        return state.unit_rows(np.asarray(counts @ self._components.T, dtype=np.float32))

    def to_state(self) -> tuple[dict[str, Any], dict[str, AnyArray]]:
        """Plain values and arrays for `from_state`.

        Shapes: idf (terms,), components (width, terms). Unit: none. Errors: none. Source: ours.
        """
        meta = {"analyzer": self._analyzer, "terms": self._terms}
        return meta, {"idf": self._idf, "components": self._components}

    @classmethod
    def from_state(cls, meta: Mapping[str, Any], arrays: Mapping[str, AnyArray]) -> Encoder:
        """The encoder that `to_state` described.

        Shapes, unit: none. Errors: KeyError on a missing part. Source: ours.
        """
        return cls(meta["analyzer"], meta["terms"], arrays["idf"], arrays["components"])


def _vectorizer(analyzer: str, **more: Any) -> TfidfVectorizer:
    return TfidfVectorizer(
        sublinear_tf=True, strip_accents="unicode", dtype=np.float32, **SETTINGS[analyzer], **more
    )


def _learn(analyzer: str, texts: list[str]) -> tuple[TfidfVectorizer, Any]:
    """Terms in at least two texts; fall back to all terms, then to characters."""
    attempts = [(analyzer, 2), (analyzer, 1), ("char", 1)]
    for name, rare in attempts:
        vectorizer = _vectorizer(name, min_df=rare, max_features=MAX_TERMS)
        try:
            return vectorizer, vectorizer.fit_transform(texts)
        except ValueError:  # sklearn: empty vocabulary
            continue
    raise CoreError(f"the {len(texts)} sampled texts hold no characters to learn from")


def _directions(counts: Any, width: int, rng: Generator) -> Float32Array:
    n, terms = counts.shape
    width = min(width, n - 1, terms - 1)
    if width < 2:
        return np.eye(min(terms, 2), terms, dtype=np.float32)
    svd = TruncatedSVD(width, n_iter=4, random_state=int(rng.integers(2**31)))
    svd.fit(counts)
    return np.asarray(svd.components_, dtype=np.float32)


def _is_unspaced(texts: list[str]) -> bool:
    """Whether a fifth of the characters belong to scripts that do not separate words."""
    sample = "".join(texts[:200])[:20_000]
    found = sum(1 for char in sample if any(low <= ord(char) <= high for low, high in UNSPACED))
    return found > 0.2 * max(len(sample), 1)
