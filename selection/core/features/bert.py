"""Sentence vectors of a BERT model in plain numpy: no torch, ready at once, one thread."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from selection.core.features import state
from selection.core.features.tensors import open_tensors
from selection.core.features.wordpiece import WordPieces
from selection.core.types import AnyArray, CoreError, Float32Array

# Tokens that go through the layers at once: more wins no time and costs memory.
TOKENS_AT_ONCE = 2048
ROWS_IN_CACHE = 32
ERF_SCALE = 0.3275911
ERF = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)
MODULES = ("Transformer", "Pooling", "Normalize")


@dataclass(frozen=True)
class Layer:
    """The weights of one layer, (out, in) each, with their biases."""

    mix: tuple[AnyArray, AnyArray]
    joined: tuple[AnyArray, AnyArray]
    norm_1: tuple[AnyArray, AnyArray]
    wide: tuple[AnyArray, AnyArray]
    narrow: tuple[AnyArray, AnyArray]
    norm_2: tuple[AnyArray, AnyArray]


class BertSentences:
    """A folder with a BERT model, as sentence-transformers and transformers write it."""

    def __init__(self, folder: Path, max_tokens: int) -> None:
        """Raises CoreError when the folder holds another kind of model, or an incomplete one."""
        self._config = _config(folder)
        self._words = WordPieces.open(folder)
        self._uses_first = _uses_first(folder)
        self.limit = min(max_tokens, _longest(folder, int(self._config["max_position_embeddings"])))
        try:
            self._load(open_tensors(folder / "model.safetensors"))
        except KeyError as problem:
            raise CoreError(f"{folder}: the model lacks {problem}") from problem

    @property
    def width(self) -> int:
        return int(self._config["hidden_size"])

    def encode(self, texts: Sequence[str]) -> Float32Array:
        """One row of length 1 per text; what is beyond the limit of tokens is not read.

        Shapes: (n, width) float32. Unit: cosine geometry. Errors: none. Source: Devlin et al.
        2019; Reimers and Gurevych 2019 for the mean over tokens. Texts of like length go
        through together.
        """
        tokens = [self._words.encode(text, self.limit) for text in texts]
        out = np.empty((len(texts), self.width), dtype=np.float32)
        order = sorted(range(len(tokens)), key=lambda at: len(tokens[at]))
        start = 0
        while start < len(order):
            stop = _batch_end(order, tokens, start)
            part = order[start:stop]
            out[part] = self._forward([tokens[at] for at in part])
            start = stop
        return state.unit_rows(out)

    def _load(self, arrays: Mapping[str, AnyArray]) -> None:
        head = "bert." if any(name.startswith("bert.") for name in arrays) else ""
        get = {name.removeprefix(head): array for name, array in arrays.items()}
        start = "embeddings."
        self._embedding = get[f"{start}word_embeddings.weight"]
        places = _float(get[f"{start}position_embeddings.weight"])
        self._places = places + _float(get[f"{start}token_type_embeddings.weight"])[0]
        self._norm = _pair(get, f"{start}LayerNorm")
        n = int(self._config["num_hidden_layers"])
        self._layers = [_layer(get, f"encoder.layer.{number}.") for number in range(n)]

    def _forward(self, tokens: Sequence[Sequence[int]]) -> Float32Array:
        """The pooled rows of a few texts, (b, width), not yet of length 1."""
        lengths = np.array([len(each) for each in tokens])
        longest = int(lengths.max())
        ids = np.zeros((len(tokens), longest), dtype=np.int64)
        for row, each in enumerate(tokens):
            ids[row, : len(each)] = each
        mask = np.arange(longest) < lengths[:, None]
        x = _float(self._embedding[ids]) + self._places[:longest]
        x = self._normed(x.reshape(-1, self.width), self._norm)
        blocked = None if mask.all() else np.where(mask, 0, -1e9).astype(np.float32)
        for layer in self._layers:
            x = self._through(layer, x, len(tokens), blocked)
        x = x.reshape(len(tokens), longest, self.width)
        if self._uses_first:
            return x[:, 0]
        summed: Float32Array = np.einsum("blw,bl->bw", x, mask.astype(np.float32))
        summed /= lengths[:, None]
        return summed

    def _through(
        self, layer: Layer, x: Float32Array, n: int, blocked: Float32Array | None
    ) -> Float32Array:
        mixed = self._attention(_times(x, layer.mix), n, blocked)
        joined = _times(mixed, layer.joined)
        joined += x
        x = self._normed(joined, layer.norm_1)
        wide = _gelu(_times(x, layer.wide))
        narrow = _times(wide, layer.narrow)
        narrow += x
        return self._normed(narrow, layer.norm_2)

    def _attention(self, mix: Float32Array, n: int, blocked: Float32Array | None) -> Float32Array:
        """Every token as a mean of the others of its text, by heads: (tokens, width)."""
        heads = int(self._config["num_attention_heads"])
        each = self.width // heads
        parts = mix.reshape(n, -1, 3, heads, each).transpose(2, 0, 3, 1, 4)
        query, key, value = (np.ascontiguousarray(part) for part in parts)
        query *= np.float32(1 / math.sqrt(each))
        weights = query @ key.transpose(0, 1, 3, 2)
        if blocked is not None:
            weights += blocked[:, None, None, :]
        weights -= weights.max(axis=-1, keepdims=True)
        np.exp(weights, out=weights)
        weights /= weights.sum(axis=-1, keepdims=True)
        mixed: Float32Array = weights @ value
        return mixed.transpose(0, 2, 1, 3).reshape(-1, self.width)

    def _normed(self, x: Float32Array, norm: tuple[AnyArray, AnyArray]) -> Float32Array:
        x = x - x.mean(axis=-1, keepdims=True)
        spread = np.einsum("ij,ij->i", x, x)[:, None] / np.float32(x.shape[1])
        x /= np.sqrt(spread + np.float32(self._config["layer_norm_eps"]))
        x *= norm[0]
        x += norm[1]
        return x


def is_readable(folder: Path) -> bool:
    """Whether this file can run the model in a folder; others need the extra.

    Shapes, unit: none. Errors: none. Source: ours.
    """
    try:
        _config(folder)
        _uses_first(folder)
        WordPieces.open(folder)
    except CoreError:
        return False
    return (folder / "model.safetensors").is_file()


def _config(folder: Path) -> Mapping[str, Any]:
    found: Mapping[str, Any] = _json(folder / "config.json")
    kind = (found.get("model_type"), found.get("hidden_act"))
    places = found.get("position_embedding_type", "absolute")
    if kind != ("bert", "gelu") or places != "absolute":
        raise CoreError(f"{folder}: a model of type {kind[0]!r}, not a plain BERT")
    return found


def _uses_first(folder: Path) -> bool:
    """Whether the first token stands for the text; else the mean of all does."""
    path = folder / "modules.json"
    modules = list(_json(path)) if path.exists() else []
    kinds = [str(module["type"]).rpartition(".")[2] for module in modules]
    if set(kinds) - set(MODULES):
        raise CoreError(f"{folder}: a model with parts {', '.join(kinds)}")
    if "Pooling" not in kinds:
        return False
    pooling = _json(folder / modules[kinds.index("Pooling")]["path"] / "config.json")
    modes = {name for name, value in pooling.items() if name.startswith("pooling_mode_") and value}
    if modes not in ({"pooling_mode_mean_tokens"}, {"pooling_mode_cls_token"}):
        raise CoreError(f"{folder}: pooling by {', '.join(sorted(modes))}")
    return modes == {"pooling_mode_cls_token"}


def _longest(folder: Path, places: int) -> int:
    path = folder / "sentence_bert_config.json"
    given = _json(path).get("max_seq_length") if path.exists() else None
    return min(places, int(given or places))


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise CoreError(f"{path}: unreadable ({problem})") from problem


def _batch_end(order: Sequence[int], tokens: Sequence[Sequence[int]], start: int) -> int:
    """How far texts, shortest first, fit through at once when all are as long as the longest."""
    stop = start + 1
    while stop < len(order) and (stop + 1 - start) * len(tokens[order[stop]]) <= TOKENS_AT_ONCE:
        stop += 1
    return stop


def _layer(get: Mapping[str, AnyArray], head: str) -> Layer:
    parts = [_pair(get, f"{head}attention.self.{name}") for name in ("query", "key", "value")]
    weight, bias = (np.concatenate([part[side] for part in parts]) for side in (0, 1))
    return Layer(
        mix=(weight, bias),
        joined=_pair(get, f"{head}attention.output.dense"),
        norm_1=_pair(get, f"{head}attention.output.LayerNorm"),
        wide=_pair(get, f"{head}intermediate.dense"),
        narrow=_pair(get, f"{head}output.dense"),
        norm_2=_pair(get, f"{head}output.LayerNorm"),
    )


def _pair(get: Mapping[str, AnyArray], name: str) -> tuple[AnyArray, AnyArray]:
    return _float(get[f"{name}.weight"]), _float(get[f"{name}.bias"])


def _float(array: AnyArray) -> Float32Array:
    return np.asarray(array, dtype=np.float32)


def _times(x: Float32Array, dense: tuple[AnyArray, AnyArray]) -> Float32Array:
    out: Float32Array = x @ dense[0].T
    out += dense[1]
    return out


def _gelu(x: Float32Array) -> Float32Array:
    """x times the normal distribution function of x, in place.

    That function's tail by Abramowitz and Stegun 7.1.26, off by 1.5e-7 at most, which float32
    cannot show: four times as fast as the error function of scipy, which took half the time.
    """
    for start in range(0, len(x), ROWS_IN_CACHE):
        part = x[start : start + ROWS_IN_CACHE]
        size = np.abs(part)
        t = size * np.float32(ERF_SCALE * math.sqrt(0.5))
        t += 1
        np.divide(1, t, out=t)
        tail = t * np.float32(ERF[0])
        for factor in ERF[1:]:
            tail += np.float32(factor)
            tail *= t
        np.multiply(size, size, out=t)
        t *= np.float32(-0.5)
        np.exp(t, out=t)
        tail *= t
        tail *= size
        tail *= np.float32(0.5)
        np.maximum(part, 0, out=part)
        part -= tail
    return x
