"""Agreement and consensus on random panels, held against the libraries people trust.

Needs statsmodels, krippendorff and crowd-kit, which alapp itself does not. Ends with an error at
the first panel where a number is another.
"""

import argparse
from collections import Counter
from dataclasses import dataclass, field

import krippendorff
import numpy as np
import pandas as pd
from crowdkit.aggregation import DawidSkene, MajorityVote
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

from annotation.quality import agreement, consensus
from annotation.quality.votes import Votes

EXACT = 1e-9


@dataclass
class Checked:
    """How many numbers were compared, by name, and the largest difference of each."""

    n: Counter[str] = field(default_factory=Counter)
    worst: dict[str, float] = field(default_factory=dict)

    def same(self, name: str, ours: float, theirs: float, seed: int) -> None:
        gap = abs(ours - theirs)
        if not gap <= EXACT:
            raise SystemExit(f"{name} of panel {seed}: {ours} is not {theirs}")
        self.n[name] += 1
        self.worst[name] = max(self.worst.get(name, 0.0), gap)


def panel(seed: int, *, is_full: bool) -> Votes:
    """People of different skill; with gaps unless everybody answers everything."""
    rng = np.random.default_rng(seed)
    n, j, k = rng.integers(15, 80), rng.integers(3, 9), rng.integers(2, 6)
    truth, skill = rng.integers(k, size=n), rng.uniform(0.4, 0.95, size=j)
    items, who = (a.ravel() for a in np.meshgrid(np.arange(n), np.arange(j), indexing="ij"))
    keep = np.ones(len(items), bool) if is_full else rng.random(len(items)) < 0.6
    items, who = items[keep], who[keep]
    right = rng.random(len(items)) < skill[who]
    said = np.where(right, truth[items], rng.integers(k, size=len(items)))
    return Votes(items, who, said, int(n), int(j), int(k))


def matrix(votes: Votes) -> np.ndarray:
    """Answers (J, I), NaN where there is none."""
    table = np.full((votes.n_annotators, votes.n_items), np.nan)
    table[votes.annotators, votes.items] = votes.classes
    return table


def check_agreement(votes: Votes, seed: int, checked: Checked) -> None:
    rng, table = np.random.default_rng(0), matrix(votes)
    for level in ("nominal", "ordinal", "interval"):
        ours = agreement.alpha(votes, rng=rng, level=level)
        # The library counts only items with two answers, as the coefficient is defined.
        shared = table[:, votes.per_item >= 2]
        theirs = krippendorff.alpha(reliability_data=shared, level_of_measurement=level)
        checked.same(f"alpha, {level} (krippendorff)", ours.value, theirs, seed)
    for first, second, ours in agreement.cohen_of_pairs(votes, rng=rng):
        both = ~np.isnan(table[[first, second]]).any(axis=0)
        theirs = cohen_kappa_score(table[first, both], table[second, both])
        if ours.value is not None:
            checked.same("Cohen of a pair (scikit-learn)", ours.value, theirs, seed)


def check_fleiss(votes: Votes, seed: int, checked: Checked) -> None:
    ours = agreement.fleiss(votes, rng=np.random.default_rng(0))
    counts, _ = aggregate_raters(matrix(votes).T.astype(int))
    checked.same("Fleiss (statsmodels)", ours.value, fleiss_kappa(counts), seed)


def check_consensus(votes: Votes, seed: int, checked: Checked) -> None:
    """Majority where no class ties; Dawid-Skene's shares of agreement in labels are counted."""
    columns = {"task": votes.items, "worker": votes.annotators, "label": votes.classes}
    frame = pd.DataFrame(columns)
    ranked = np.sort(votes.table, axis=1)
    clear = (votes.per_item > 0) & (ranked[:, -1] > ranked[:, -2])
    theirs = MajorityVote().fit_predict(frame)
    ours = consensus.majority(votes).labels
    for item in np.flatnonzero(clear):
        checked.same("majority of an item (crowd-kit)", ours[item], theirs[item], seed)
    learned = DawidSkene(n_iter=100).fit_predict(frame)
    made = consensus.dawid_skene(votes).labels
    same = [made[item] == learned[item] for item in learned.index]
    checked.n["Dawid-Skene labels compared"] += len(same)
    checked.n["Dawid-Skene labels the same"] += int(np.sum(same))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--panels", type=int, default=200)
    args = parser.parse_args()
    checked = Checked()
    for seed in range(args.panels):
        gaps, full = panel(seed, is_full=False), panel(seed, is_full=True)
        check_agreement(gaps, seed, checked)
        check_fleiss(full, seed, checked)
        check_consensus(gaps, seed, checked)
    print("| number | compared | largest difference |\n|---|---|---|")
    for name, n in checked.n.items():
        gap = f"{checked.worst[name]:.0e}" if name in checked.worst else ""
        print(f"| {name} | {n:,} | {gap} |")


if __name__ == "__main__":
    main()
