"""Table rows: numbers scaled, categories as indicators, free text hashed."""

import math
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.random import Generator

from selection.core.features import state
from selection.core.features.payloads import TablePayload
from selection.core.types import AnyArray, CoreError, Encoder, Float32Array

MAX_CATEGORIES, HASHED, FARTHEST = 30, 64, 5.0
# Longer than the 1 of other encoders: few columns tell classes apart by small differences, and a
# linear model may use them only where rows are long against its penalty.
LENGTH = 3.0
WORDS = re.compile(r"\w+")


@dataclass(frozen=True)
class Column:
    """How one column becomes numbers. number: centre and scale; category: values; text: hashed."""

    name: str
    kind: Literal["number", "category", "text"]
    centre: float = 0.0
    scale: float = 1.0
    values: tuple[str, ...] = ()
    has_gaps: bool = False

    @property
    def width(self) -> int:
        return {"number": 1 + self.has_gaps, "category": len(self.values) + 1, "text": HASHED}[
            self.kind
        ]


class TableEncoder:
    """Columns side by side, divided by one number so that a row's typical length is 3."""

    def __init__(self, columns: Sequence[Column], length: float) -> None:
        self._columns, self._length = tuple(columns), length
        meta, arrays = self.to_state()
        self.version = f"table_plain-2-{self.width}-{state.digest(meta, arrays)}"

    @property
    def width(self) -> int:
        return sum(column.width for column in self._columns)

    @classmethod
    def fit(
        cls, sample: Iterable[TablePayload], *, rng: Generator, width: int = 512
    ) -> "TableEncoder":
        """Learn each column's kind, range and values from a sample of the pool.

        Shapes: at most width numbers; columns beyond it are left out. Unit: none. Raises
        CoreError when no column has two different values. Source: ours: numbers by median and
        interquartile range cut at 5, 30 most frequent categories, words hashed by CRC-32.
        """
        given = list(sample)
        names = dict.fromkeys(name for payload in given for name in payload.values)
        columns = [_column(name, [row.values.get(name) for row in given]) for name in names]
        kept = _within([column for column in columns if column is not None], width)
        if not kept:
            raise CoreError(f"none of {len(names)} columns has two different values")
        X = cls(kept, 1.0).encode(given)
        typical = math.sqrt(float((X.astype(np.float64) ** 2).sum(axis=1).mean()))
        return cls(kept, typical / LENGTH or 1.0)

    def encode(self, payloads: Sequence[TablePayload]) -> Float32Array:
        """One row per table row; what is unknown adds nothing but its own indicator.

        Shapes: (n, width) float32. Unit: typical length 3. Errors: none. Source: as `fit`.
        """
        parts = [
            _encoded(column, [payload.values.get(column.name) for payload in payloads])
            for column in self._columns
        ]
        return np.asarray(np.concatenate(parts, axis=1) / self._length, dtype=np.float32)

    def to_state(self) -> tuple[dict[str, Any], dict[str, AnyArray]]:
        """Plain values for `from_state`.

        Shapes, unit: none. Errors: none. Source: ours.
        """
        return {"columns": [asdict(each) for each in self._columns], "length": self._length}, {}

    @classmethod
    def from_state(cls, meta: Mapping[str, Any], arrays: Mapping[str, AnyArray]) -> Encoder:
        """The encoder that `to_state` described.

        Shapes, unit: none. Errors: KeyError on a missing part. Source: ours.
        """
        columns = [Column(**{**each, "values": tuple(each["values"])}) for each in meta["columns"]]
        return cls(columns, float(meta["length"]))


def _column(name: str, values: Sequence[object]) -> Column | None:
    """The column's kind: number if nine tenths read as numbers; None if it never varies."""
    known = [value for value in map(_known, values) if value is not None]
    numbers = [number for number in map(_number, known) if number is not None]
    counts = Counter(known)
    if len(counts) < 2:
        return None
    if len(numbers) >= 0.9 * len(known) and len(set(numbers)) > 1:
        return _number_column(name, np.array(numbers), has_gaps=len(numbers) < len(values))
    if len(counts) <= max(MAX_CATEGORIES, 2) or counts.most_common(MAX_CATEGORIES)[-1][1] > 5:
        return Column(name, "category", values=_frequent(counts))
    return Column(name, "text")


def _number_column(name: str, numbers: AnyArray, *, has_gaps: bool) -> Column:
    low, centre, high = np.quantile(numbers, [0.25, 0.5, 0.75])
    scale = float(high - low) / 1.349 or float(numbers.std()) or 1.0
    return Column(name, "number", centre=float(centre), scale=scale, has_gaps=has_gaps)


def _frequent(counts: Counter[str]) -> tuple[str, ...]:
    ordered = sorted(counts, key=lambda value: (-counts[value], value))
    return tuple(ordered[:MAX_CATEGORIES])


def _within(columns: list[Column], width: int) -> list[Column]:
    kept: list[Column] = []
    for column in columns:
        if sum(each.width for each in kept) + column.width <= width:
            kept.append(column)
    return kept


def _encoded(column: Column, values: Sequence[object]) -> AnyArray:
    out = np.zeros((len(values), column.width))
    for row, value in enumerate(map(_known, values)):
        if column.kind == "number":
            out[row] = _scaled(column, value)[: column.width]
        elif column.kind == "category":
            out[row, _place(column, value)] = 1.0
        elif value is not None:
            out[row] = _hashed(value)
    return out


def _scaled(column: Column, value: str | None) -> tuple[float, float]:
    number = None if value is None else _number(value)
    if number is None:
        return 0.0, 1.0
    return min(max((number - column.centre) / column.scale, -FARTHEST), FARTHEST), 0.0


def _place(column: Column, value: str | None) -> int:
    """The value's indicator; rare, new and unknown values share the last one."""
    return column.values.index(value) if value in column.values else len(column.values)


def _hashed(value: str) -> AnyArray:
    """Signed word counts in 64 places, length 1."""
    out = np.zeros(HASHED)
    for word in WORDS.findall(value.lower()):
        code = zlib.crc32(word.encode())
        out[code % HASHED] += 1.0 if code & 0x8000_0000 else -1.0
    return out / max(float(np.linalg.norm(out)), 1.0)


def _known(value: object) -> str | None:
    text = "" if value is None else str(value).strip()
    return None if text == "" or text.lower() in ("nan", "null", "none", "na") else text


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
