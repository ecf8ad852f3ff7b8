"""From labelled files to an oracle: encoded, or with vectors given, or both side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from selection.core.catalog import FEATURES, ConfigError, resolve
from selection.core.datasets import Dataset, DatasetError
from selection.core.features import state
from selection.core.features.beside import join
from selection.core.features.classes import ReadsText, class_texts, class_vectors
from selection.core.features.vectors import VectorEncoder
from selection.core.simulation import Oracle
from selection.core.types import AnyArray, Encoder, FloatArray

ENCODERS = {"text": "text_tfidf", "image": "image_plain", "table": "table_plain"}
GIVEN = "given"
FIT_SAMPLE = {"text": 50_000, "image": 1_000, "table": 50_000}


@dataclass(frozen=True)
class Recipe:
    """What the rows are made of.

    features    names of encoders, side by side in this order; GIVEN stands for the given vectors;
                () = the given vectors if there are some, else the plain encoder
    params      settings of the encoders, by name
    given       vectors (n, d) of the train rows and (t, d) of the test rows
    given_by    the encoder that made the given vectors: it reads the classes for their block
    class_vectors  (C, w) of the classes in the order of their sorted names, w as the first block
    descriptions   what the classes say of themselves, by name
    """

    features: tuple[str, ...] = ()
    params: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    given: tuple[AnyArray, AnyArray] | None = None
    given_by: str = ""
    class_vectors: AnyArray | None = None
    descriptions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Block:
    """The rows of one encoder, and the encoder that can read class names for it, if any."""

    train: AnyArray
    test: AnyArray
    encoder: Encoder | None


def build_oracle(train: Dataset, test: Dataset, recipe: Recipe | None = None) -> Oracle:
    """Make the rows of both parts; encoders are fitted on the train part alone.

    Shapes: features (n, d) float16. Unit: the encoders'. Raises DatasetError on labels that only
    the test part has, on vectors that do not match the rows, and on descriptions nobody can
    read; and whatever an encoder raises. Source: ours. As in production, text encoders read the
    names of the classes even without descriptions.
    """
    recipe = recipe or Recipe()
    classes = class_names(train)
    targets = [_targets(each, classes) for each in (train, test)]
    blocks = [_block(name, train, test, recipe) for name in _wanted(train, recipe)]
    X, widths = join([block.train for block in blocks])
    X_test, _ = join([block.test for block in blocks])
    vectors = _class_vectors(blocks, classes, recipe)
    return Oracle(X, targets[0], X_test, targets[1], widths, vectors, tuple(classes))


def class_names(train: Dataset) -> list[str]:
    """The classes of the train part, sorted by name: the order of the columns of targets.

    Shapes, unit: none. Errors: none. Source: ours.
    """
    return sorted({label for labels in train.labels for label in labels})


def _wanted(train: Dataset, recipe: Recipe) -> tuple[str, ...]:
    names = recipe.features or (GIVEN if recipe.given else ENCODERS[train.modality],)
    for name in names:
        if name == GIVEN:
            if recipe.given is None:
                raise DatasetError("features 'given' need vectors for both train and test")
        elif name not in FEATURES or FEATURES[name].modality != train.modality:
            known = [each.name for each in FEATURES.values() if each.modality == train.modality]
            raise DatasetError(f"features {name!r} do not read {train.modality}: use {known}")
    return names


def _block(name: str, train: Dataset, test: Dataset, recipe: Recipe) -> Block:
    if name == GIVEN and recipe.given is not None:
        rows = [_given(data, X) for data, X in zip((train, test), recipe.given, strict=True)]
        return Block(rows[0], rows[1], _maker(recipe, rows[0].shape[1]))
    encoder = _fit(name, _sample(train), recipe)
    encoded = [
        np.concatenate(list(state.encode_stream(encoder, part.payloads))).astype(np.float16)
        for part in (train, test)
    ]
    return Block(encoded[0], encoded[1], encoder)


def _sample(train: Dataset) -> list[Any]:
    """A random part, because files are often sorted; the same every time."""
    order = np.random.default_rng(1).permutation(len(train.payloads))
    return [train.payloads[at] for at in order[: FIT_SAMPLE[train.modality]]]


def _given(data: Dataset, X: AnyArray) -> AnyArray:
    """Brought vectors as production stores them: of length 1, in float16."""
    if len(X) != len(data.labels):
        raise DatasetError(f"{data.name}: {len(X)} vectors for {len(data.labels)} rows")
    if not np.isfinite(X).all():
        raise DatasetError(f"{data.name}: the vectors hold numbers that are not finite")
    return state.unit_rows(np.asarray(X, dtype=np.float32)).astype(np.float16)


def _maker(recipe: Recipe, width: int) -> Encoder | None:
    """The encoder that made the given vectors, as far as it was named."""
    if not recipe.given_by:
        return None
    encoder = _fit(recipe.given_by, (), recipe)
    if encoder.width != width:
        raise DatasetError(
            f"{recipe.given_by} gives {encoder.width} numbers, the given vectors have {width}"
        )
    return encoder


def _fit(name: str, sample: Sequence[Any], recipe: Recipe) -> Encoder:
    entry = FEATURES[name]
    if not entry.is_installed:
        raise ConfigError("features", name, f"install the extra {entry.extra!r} for it")
    params = entry.check_params(recipe.params.get(name, {}), f"features.{name}")
    encoder: Encoder = resolve(entry).fit(sample, rng=np.random.default_rng(0), **params)
    return encoder


def _class_vectors(
    blocks: Sequence[Block], classes: Sequence[str], recipe: Recipe
) -> FloatArray | None:
    """Given vectors first; what they leave open is read from names and descriptions."""
    unknown = sorted(set(recipe.descriptions) - set(classes))
    if unknown:
        raise DatasetError(f"descriptions of classes that do not occur: {', '.join(unknown[:5])}")
    encoders = [block.encoder or VectorEncoder(block.train.shape[1]) for block in blocks]
    if recipe.descriptions and not any(isinstance(each, ReadsText) for each in encoders):
        raise DatasetError(
            "no encoder is at hand to read the class descriptions: give their vectors "
            "(--class-vectors), or name the encoder of the given vectors (--given-by)"
        )
    read = class_vectors(encoders, class_texts(classes, recipe.descriptions))
    if recipe.class_vectors is None:
        return read
    shape = (len(classes), encoders[0].width)
    if recipe.class_vectors.shape != shape:
        raise DatasetError(
            f"class vectors of shape {recipe.class_vectors.shape}, not {shape}: one row per class "
            "in the order of their names, as wide as the first features"
        )
    if not np.isfinite(recipe.class_vectors).all():
        raise DatasetError("the class vectors hold numbers that are not finite")
    out = np.zeros((len(classes), sum(each.width for each in encoders))) if read is None else read
    out[:, : shape[1]] = state.unit_rows(np.asarray(recipe.class_vectors, dtype=np.float32))
    return out


def _targets(data: Dataset, classes: Sequence[str]) -> FloatArray:
    numbers = {name: number for number, name in enumerate(classes)}
    targets = np.zeros((len(data.labels), len(classes)))
    for row, labels in enumerate(data.labels):
        for label in labels:
            if label not in numbers:
                raise DatasetError(f"{data.name}, row {row + 1}: {label} is no class of train")
            targets[row, numbers[label]] = 1.0
    return targets
