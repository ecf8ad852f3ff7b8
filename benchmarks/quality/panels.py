"""People's real answers with known truth, and what may be said of a consensus of them."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from annotation.quality.votes import Votes

SETS = ("bluebird", "weather", "product")


@dataclass(frozen=True)
class Panel:
    name: str
    votes: Votes
    truth: np.ndarray


def load(folder: Path, name: str) -> Panel:
    with (folder / name / "answers.csv").open() as file:
        rows = list(csv.DictReader(file))
    with (folder / name / "truth.csv").open() as file:
        truth = {row["task"]: int(row["label"]) for row in csv.DictReader(file)}
    tasks, item = np.unique([row["task"] for row in rows], return_inverse=True)
    people, who = np.unique([row["worker"] for row in rows], return_inverse=True)
    said = np.array([int(row["label"]) for row in rows])
    votes = Votes(item, who, said, len(tasks), len(people), int(said.max()) + 1)
    return Panel(name, votes, np.array([truth[task] for task in tasks]))


def few(votes: Votes, per_item: int, *, seed: int) -> Votes:
    """Return so many random answers of each item."""
    order = np.random.default_rng(seed).permutation(len(votes))
    order = order[np.argsort(votes.items[order], kind="stable")]
    place = np.arange(len(order)) - np.searchsorted(votes.items[order], votes.items[order])
    keep = np.zeros(len(votes), dtype=bool)
    keep[order[place < per_item]] = True
    return votes.only(keep)


def with_guessers(votes: Votes, share: float, *, seed: int) -> Votes:
    """Add so many more annotators who answer at random, as often as the others do."""
    rng = np.random.default_rng(seed)
    n, each = round(votes.n_annotators * share), len(votes) // votes.n_annotators
    items = np.concatenate(
        [rng.choice(votes.n_items, min(each, votes.n_items), replace=False) for _ in range(n)]
    )
    who = votes.n_annotators + np.repeat(np.arange(n), len(items) // n)
    return Votes(
        np.concatenate([votes.items, items]),
        np.concatenate([votes.annotators, who]),
        np.concatenate([votes.classes, rng.integers(votes.n_classes, size=len(items))]),
        votes.n_items,
        votes.n_annotators + n,
        votes.n_classes,
    )


def auroc(score: np.ndarray, is_right: np.ndarray) -> float:
    """Chance that a right label scores above a wrong one; equals count half."""
    _, place, n = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(n) - (n - 1) / 2)[place]
    right, wrong = is_right.sum(), (~is_right).sum()
    return float((rank[is_right].sum() - right * (right + 1) / 2) / (right * wrong))


def true_skill(panel: Panel) -> np.ndarray:
    """Share of each annotator's answers that are the truth: (J,)."""
    right = panel.votes.classes == panel.truth[panel.votes.items]
    n = np.maximum(panel.votes.per_annotator, 1)
    return np.bincount(panel.votes.annotators, weights=right) / n
