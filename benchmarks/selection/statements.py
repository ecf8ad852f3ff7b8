"""Made-up projects by the thousand: how often is what the page says wrong?

Every world is played with the functions production calls; only the models are made up: they answer
an item rightly with a chance that is known, so that the truth is known too.
"""

import argparse
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil

import numpy as np
from numpy.random import Generator

from selection.core import per_class, stopping
from selection.core.acceptance import levels
from selection.core.assisted import assisted_accuracy, reference_of
from selection.core.audit_plan import plan
from selection.core.config import LoopConfig
from selection.core.evaluation import accuracy
from selection.core.offers import alpha_of_look, best
from selection.core.types import BoolArray, FloatArray, Metric, PastRound, StopFacts

TARGET = 0.85
BATCH, MOST_ROUNDS, RESERVED = 20, 60, 300
SIZES = (20, 50, 100, 200, 500)
LIMITS = (0.01, 0.02, 0.03, 0.05, 0.1, 0.2)


@dataclass(frozen=True)
class World:
    """Models whose accuracy goes from `start` to `top`; `shared`: of their errors, how many are
    due to the item alone, so that the next model errs on it as well."""

    name: str
    start: float
    top: float
    shared: float = 0.9

    def accuracy(self, n_labels: int) -> float:
        return self.top - (self.top - self.start) * (1 + n_labels / 60) ** -1.2


WORLDS = (
    World("stuck just below", 0.849, 0.849),
    World("stuck just below, every model anew", 0.849, 0.849, shared=0.0),
    World("rises to just below", 0.5, 0.8499),
    World("rises through it slowly", 0.6, 0.9),
    World("rises well above", 0.6, 0.97),
)


def certificate(world: World, rng: Generator) -> tuple[bool, int | None]:
    """Read the target rule after every batch: was it wrong at any, and with how many labels did
    it first speak? The audit share adapts as in the loop, to estimates seen so far."""
    config = LoopConfig(target_value=TARGET, batch_size=BATCH)
    luck = rng.random(RESERVED)
    rounds: tuple[PastRound, ...] = ()
    n_audit = n_train = 0
    for number in range(MOST_ROUNDS):
        level = world.accuracy(n_train)
        hits = _hits(world, level, luck, rng)[:n_audit]
        now = PastRound(number, n_train, n_audit)
        found = accuracy(hits) if n_audit else None
        told = stopping.target(_facts((*rounds, now), hits))
        if told.stop:
            return level < TARGET, n_train + n_audit
        rounds = (*rounds, replace(now, alpha_spent=told.alpha_spent))
        wanted = plan(config, accuracy=found, n_audit=n_audit, reserved=RESERVED, batch_size=BATCH)
        more = min(ceil(wanted.share * BATCH - 1e-9), RESERVED - n_audit)
        n_audit, n_train = n_audit + more, n_train + BATCH - more
    return False, None


def _hits(world: World, level: float, luck: FloatArray, rng: Generator) -> BoolArray:
    """An item is right below the level; some items are drawn anew for every model."""
    anew = rng.random(RESERVED) >= world.shared
    return np.where(anew, rng.random(RESERVED), luck) < level


def _facts(rounds: tuple[PastRound, ...], hits: BoolArray) -> StopFacts:
    return StopFacts(
        rounds=rounds,
        n_candidates=10_000,
        audit_size=RESERVED,
        target_value=TARGET,
        audit_hits=hits if len(hits) else None,
    )


@dataclass(frozen=True)
class Pool:
    """Chances of being right, drawn from a beta law, and how the model misjudges them.

    The model says chance ** bold: below 1 it is too sure of itself.
    """

    name: str
    a: float
    b: float
    bold: float = 1.0

    def draw(self, n: int, rng: Generator) -> tuple[FloatArray, FloatArray]:
        chance = rng.beta(self.a, self.b, n)
        return chance, chance**self.bold

    @property
    def truth(self) -> float:
        return self.a / (self.a + self.b)


POOLS = (
    Pool("0.67, knows little", 20, 10),
    Pool("0.86, calibrated", 4, 0.66),
    Pool("0.86, too sure", 4, 0.66, bold=0.3),
    Pool("0.95, knows much", 2, 0.105),
    Pool("0.95, knows little", 95, 5),
    Pool("0.985, knows much", 3, 0.046),
)


def estimates(pool: Pool, n: int, rng: Generator) -> dict[str, Metric]:
    """One look: the exact and the assisted estimate of accuracy."""
    lean = reference_of(pool.draw(3_000, rng)[1])
    chance, said = pool.draw(n, rng)
    hits = rng.random(n) < chance
    exact, assisted = accuracy(hits), assisted_accuracy(hits, said, lean)
    return {"exact": exact, "assisted": assisted}


@dataclass(frozen=True)
class Confusions:
    """Classes with falling shares, each answered rightly with the same chance."""

    n_classes: int
    right: float
    skew: float

    @property
    def table(self) -> FloatArray:
        shares = np.arange(1, self.n_classes + 1) ** -self.skew
        shares /= shares.sum()
        table = np.full((self.n_classes, self.n_classes), (1 - self.right) / (self.n_classes - 1))
        table[np.diag_indices(self.n_classes)] = self.right
        return np.asarray(table * shares[:, None])


CONFUSIONS = tuple(
    Confusions(n, right, skew)
    for n, right, skew in ((2, 0.9, 0.0), (2, 0.95, 3.0), (4, 0.87, 0.0), (10, 0.8, 1.0))
)


def by_class(world: Confusions, n: int, rng: Generator) -> Iterator[tuple[str, bool]]:
    """Does each interval of one look cover the truth? (which, covered)"""
    table = world.table
    drawn = rng.choice(table.size, n, p=table.ravel())
    truth, answers = np.divmod(drawn, world.n_classes)
    targets = np.eye(world.n_classes)[truth]
    right = np.diag(table)
    precision, recall = right / table.sum(axis=0), right / table.sum(axis=1)
    f1 = 2 * right / (table.sum(axis=0) + table.sum(axis=1))
    for each in per_class.per_class(answers, targets, "single"):
        for found, at in ((each.precision, precision), (each.recall, recall), (each.f1, f1)):
            if found is not None:
                yield found.name, found.low <= at[each.number] <= found.high
    seen = np.union1d(truth, answers)
    mean = per_class.macro_f1(answers, targets, "single")
    yield "macro-F1", mean.low <= float(f1[seen].mean()) <= mean.high


def acceptance(pool: Pool, n: int, rng: Generator) -> tuple[bool, float]:
    """A lead raises the limit until something is proposed: does it err more often? (.., share)"""
    chance, said = pool.draw(3_000, rng)
    audit_chance, audit = pool.draw(n, rng)
    known = levels(said, audit, rng.random(n) < audit_chance, alpha=alpha_of_look(1))
    for limit in LIMITS:
        found = best(known, limit)
        if found is not None:
            inside = said >= found.threshold
            return bool(1 - chance[inside].mean() > limit), float(inside.mean())
    return False, 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    n, seed = given.projects, given.seed
    print(f"{n} projects a row, seed {seed}, load {os.getloadavg()[0]:.1f}\n")
    _print_certificates(n, seed)
    _print_estimates(n, seed)
    _print_classes(n, seed)
    _print_acceptance(n, seed)


def _print_certificates(n: int, seed: int) -> None:
    print("| models | said wrongly at any round | said at all | labels when said, median |")
    print("|---|---|---|---|")
    for world in WORLDS:
        rng = np.random.default_rng([seed, 1, *world.name.encode()])
        runs = [certificate(world, rng) for _ in range(n)]
        labels = [at for _, at in runs if at is not None]
        median = f"{np.median(labels):.0f}" if labels else "-"
        wrong = sum(bad for bad, _ in runs)
        print(f"| {world.name} | {wrong / n:.1%} | {len(labels) / n:.0%} | {median} |")


def _print_estimates(n: int, seed: int) -> None:
    print("\n| pool | audit labels | exact | assisted | assisted narrower by |")
    print("|---|---|---|---|---|")
    for pool in POOLS:
        for size in SIZES:
            rng = np.random.default_rng([seed, 2, size, *pool.name.encode()])
            runs = [estimates(pool, size, rng) for _ in range(n)]
            covered = {
                name: np.mean([r[name].low <= pool.truth <= r[name].high for r in runs])
                for name in ("exact", "assisted")
            }
            width = {name: np.mean([r[name].high - r[name].low for r in runs]) for name in covered}
            narrower = 1 - width["assisted"] / width["exact"]
            print(
                f"| {pool.name} | {size} | {covered['exact']:.1%} | {covered['assisted']:.1%} "
                f"| {narrower:.0%} |"
            )


def _print_classes(n: int, seed: int) -> None:
    print("\n| classes | audit labels | precision | recall | F1 | macro-F1 |")
    print("|---|---|---|---|---|---|")
    for world in CONFUSIONS:
        for size in (50, 100, 300):
            rng = np.random.default_rng([seed, 3, size, world.n_classes, int(100 * world.right)])
            found: dict[str, list[bool]] = {}
            for _ in range(n):
                for name, covered in by_class(world, size, rng):
                    found.setdefault(name, []).append(covered)
            cells = [f"{np.mean(found[name]):.1%}" for name in ("precision", "recall", "f1")]
            cells.append(f"{np.mean(found['macro-F1']):.1%}")
            label = f"{world.n_classes}, {world.right} right, skew {world.skew:g}"
            print(f"| {label} | {size} | {' | '.join(cells)} |")


def _print_acceptance(n: int, seed: int) -> None:
    print("\n| pool | audit labels | errs more than promised | accepted, mean |\n|---|---|---|---|")
    for pool in POOLS:
        for size in (100, 200, 300):
            rng = np.random.default_rng([seed, 4, size, *pool.name.encode()])
            runs = [acceptance(pool, size, rng) for _ in range(n)]
            wrong, share = np.mean([r[0] for r in runs]), np.mean([r[1] for r in runs])
            print(f"| {pool.name} | {size} | {wrong:.1%} | {share:.0%} |")


if __name__ == "__main__":
    main()
