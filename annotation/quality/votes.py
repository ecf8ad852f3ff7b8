"""Who said what of which item, as arrays: the input of every number about people."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


class QualityError(ValueError):
    """What was given cannot be what it is said to be."""


@dataclass(frozen=True)
class Votes:
    """Answers of one class each: items, annotators, classes (n,), numbered from 0.

    One annotator answers an item at most once: of two answers the newer is given, not both.
    """

    items: IntArray
    annotators: IntArray
    classes: IntArray
    n_items: int
    n_annotators: int
    n_classes: int

    def __post_init__(self) -> None:
        columns = (
            ("item", self.items, self.n_items),
            ("annotator", self.annotators, self.n_annotators),
            ("class", self.classes, self.n_classes),
        )
        for name, column, limit in columns:
            if len(column) != len(self.items):
                raise QualityError(f"{len(column)} {name} numbers for {len(self.items)} answers")
            if len(column) and not 0 <= column.min() <= column.max() < limit:
                raise QualityError(f"{name} numbers go from 0 to {limit - 1}")
        pairs = self.items * max(self.n_annotators, 1) + self.annotators
        if len(np.unique(pairs)) != len(pairs):
            raise QualityError("one annotator answered one item twice")

    def __len__(self) -> int:
        return len(self.items)

    @cached_property
    def table(self) -> FloatArray:
        """How many gave item i class k: (I, K)."""
        cells = np.bincount(
            self.items * self.n_classes + self.classes, minlength=self.n_items * self.n_classes
        )
        return np.asarray(cells.reshape(self.n_items, self.n_classes), dtype=np.float64)

    @cached_property
    def per_item(self) -> FloatArray:
        """How many answered each item: (I,)."""
        return np.asarray(self.table.sum(axis=1))

    @cached_property
    def per_annotator(self) -> IntArray:
        """How many items each annotator answered: (J,)."""
        return np.bincount(self.annotators, minlength=self.n_annotators).astype(np.int64)

    def only(self, keep: BoolArray) -> "Votes":
        """Return these answers alone, (n,) bool, everything numbered as before."""
        return Votes(
            self.items[keep],
            self.annotators[keep],
            self.classes[keep],
            self.n_items,
            self.n_annotators,
            self.n_classes,
        )
