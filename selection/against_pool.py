"""The newest batch beside the pool it was picked from, as the worker stored it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from annotation.exchange import ProjectFacts

SOURCES = {
    "strategy": "Chosen by the strategy",
    "cold_start": "Cold start",
    "seed": "Sought out by a lead",
    "rare": "Care for rare classes",
    "random": "Random, for variety",
    "relabel": "Second opinion",
    "audit": "Random, to measure",
}
# A difference worth a headline, as a share.
NOTABLE = 0.1
# Longer lists show what is asked for most; the rest stands folded.
SHOWN = 12


@dataclass(frozen=True)
class Row:
    """One class, region, tenth or source: counts in the sample of the pool and in the batch."""

    name: str
    pool: int
    batch: int
    pool_share: float
    batch_share: float
    labelled: int = 0
    colour: str = ""
    # The longest bar of the list it stands in.
    longest: float = 1.0


@dataclass(frozen=True)
class AgainstPool:
    """What the newest batch asks, beside what the pool holds; lists are empty where unknown."""

    n_pool: int
    n_batch: int
    classes: Sequence[Row]
    doubts: Sequence[Row]
    regions: Sequence[Row]
    sources: Sequence[Row]
    means: tuple[float, float] | None
    alike: float | None
    alike_random: float | None

    @property
    def n_asked(self) -> int:
        return sum(row.batch for row in self.sources)

    @property
    def about_classes(self) -> str:
        """Say what is asked for more than the pool holds."""
        most = max(self.classes, key=lambda row: row.batch_share - row.pool_share, default=None)
        if most is None or not self.n_batch:
            return "Classes"
        if most.batch_share - most.pool_share < NOTABLE:
            return "Asks for classes about as the pool holds them"
        shares = f"{most.batch_share:.0%} of picks, {most.pool_share:.0%} of the pool"
        return f"Asks most for {most.name}: {shares}"

    @property
    def about_doubts(self) -> str:
        if self.means is None or not self.n_batch:
            return "How sure the model is of what it asks"
        pool, batch = self.means
        where = "where the model doubts" if batch - pool >= NOTABLE else "not only where it doubts"
        return f"Asks {where}: {batch:.0%} likely to be wrong, in the pool {pool:.0%}"

    @property
    def about_regions(self) -> str:
        n = sum(row.batch > 0 for row in self.regions)
        return f"Picks from {n} of {len(self.regions)} regions of the pool"

    @property
    def about_sources(self) -> str:
        most = max(self.sources, key=lambda row: row.batch, default=None)
        if most is None:
            return "Where the picks come from"
        return f"{most.batch} of {self.n_asked}: {most.name[0].lower()}{most.name[1:]}"

    @property
    def about_likeness(self) -> str:
        """Say whether the batch repeats itself more than chance would."""
        if self.alike is None or self.alike_random is None:
            return ""
        beside = f"({self.alike:.2f} against {self.alike_random:.2f})"
        if self.alike > self.alike_random + NOTABLE:
            return f"The items of the batch are more alike than random ones {beside}."
        if self.alike < self.alike_random - NOTABLE / 2:
            return f"The items of the batch differ more than random ones {beside}."
        return f"The items of the batch are as different as random ones {beside}."


def read(
    project: ProjectFacts, facts: Mapping[str, Any], labelled: Mapping[int, int]
) -> AgainstPool | None:
    """Return what a round's facts say of its batch; None where they say nothing.

    `labelled` counts the labelled items of each class as of now.
    """
    found = facts.get("distribution")
    if not found:
        return None
    n_pool, n_batch = found["pool"], found["batch"]
    doubts = found["doubts"]
    sources = [(SOURCES.get(k, k.capitalize()), 0, n) for k, n in found["sources"].items()]
    places = {name: place for place, name in enumerate(SOURCES.values())}
    sources.sort(key=lambda source: places.get(source[0], len(places)))
    return AgainstPool(
        n_pool=n_pool,
        n_batch=n_batch,
        classes=_classes(project, found["classes"], labelled),
        doubts=_rows(
            [
                (f"{10 * n} to {10 * n + 10} %", pool, batch)
                for n, (pool, batch) in enumerate(
                    zip(doubts.get("pool", []), doubts.get("batch", []), strict=True)
                )
            ]
        ),
        regions=_regions(found["regions"]),
        sources=_rows(sources),
        means=tuple(doubts["means"]) if doubts else None,
        alike=found["alike"],
        alike_random=found["alike_random"],
    )


def _rows(counted: Sequence[tuple[str, int, int]]) -> list[Row]:
    n_pool = sum(pool for _, pool, _ in counted) or 1
    n_batch = sum(batch for _, _, batch in counted) or 1
    longest = max((max(p / n_pool, b / n_batch) for _, p, b in counted), default=0) or 1.0
    return [
        Row(name, pool, batch, pool / n_pool, batch / n_batch, longest=longest)
        for name, pool, batch in counted
    ]


def _classes(
    project: ProjectFacts, counted: Sequence[Sequence[int]], labelled: Mapping[int, int]
) -> list[Row]:
    """Return the classes that still stand; those renamed since carry their new name."""
    names = dict(zip(project.class_ids, project.class_names, strict=True))
    colours = dict(zip(project.class_ids, project.class_colours, strict=True))
    ids = [pk for pk, _, _ in counted if pk in names]
    rows = _rows([(names[pk], pool, batch) for pk, pool, batch in counted if pk in names])
    return [
        replace(row, labelled=labelled.get(pk, 0), colour=colours[pk])
        for pk, row in zip(ids, rows, strict=True)
    ]


def _regions(found: Sequence[Mapping[str, Any]]) -> list[Row]:
    rows = _rows([(each["name"], each["pool"], each["batch"]) for each in found])
    return [replace(row, labelled=each["labelled"]) for row, each in zip(rows, found, strict=True)]
