"""The settings of a head that cross-validation chooses among, and how they are written down."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Literal

Kernel = Literal["linear", "gaussian", "forest"]


@dataclass(frozen=True)
class Settings:
    """One head. C: how far labels may pull it; strength: weight of the descriptions, 0 = none.

    balance: 1 gives every class the same say, 0 every label. spread: share of pseudo-labels.
    extra: weight of the second encoder's columns beside the first's. breadth: kernel width as a
    multiple of the pool's spread. The kernel "forest" stands for trees: balance alone counts.
    """

    kernel: Kernel = "linear"
    C: float = 10.0
    strength: float = 0.0
    balance: float = 1.0
    extra: float = 0.0
    breadth: float = 1.0
    spread: float = 0.0

    def to_dict(self) -> dict[str, float | str]:
        return asdict(self)

    @classmethod
    def of(cls, given: Mapping[str, float | int | str]) -> "Settings":
        """The settings an earlier round wrote down; what it did not know yet stays as it is."""
        known = {name: given[name] for name in asdict(cls()) if name in given}
        return replace(cls(), **known)  # type: ignore[arg-type]
