"""Consensus on people's real answers, beside crowd-kit and cleanlab where they are installed.

Prints one table; every method sees the same answers in the same run.
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from annotation.quality import consensus
from annotation.quality.votes import Votes
from benchmarks.quality.panels import SETS, Panel, auroc, few, load, true_skill, with_guessers

try:
    import pandas as pd
    from crowdkit.aggregation import GLAD, MACE, DawidSkene, MajorityVote, OneCoinDawidSkene
except ImportError:
    pd = None
try:
    from cleanlab.multiannotator import get_majority_vote_label
except ImportError:
    get_majority_vote_label = None


@dataclass(frozen=True)
class Found:
    """Labels and confidences (I,), and skills (J,) where the method has them."""

    labels: np.ndarray
    sure: np.ndarray | None = None
    skills: np.ndarray | None = None


Method = Callable[[Votes], Found]


def ours(method: Callable[[Votes], consensus.Agreed], votes: Votes) -> Found:
    agreed = method(votes)
    return Found(agreed.labels, agreed.certainty, agreed.skills)


def frame(votes: Votes) -> "pd.DataFrame":
    columns = {"task": votes.items, "worker": votes.annotators, "label": votes.classes}
    return pd.DataFrame(columns)


def crowdkit(model: Callable[[], object], votes: Votes) -> Found:
    fitted = model().fit(frame(votes))
    sure = getattr(fitted, "probas_", None)
    skills = getattr(fitted, "skills_", None)
    return Found(
        fitted.labels_.sort_index().to_numpy(),
        None if sure is None else sure.sort_index().max(axis=1).to_numpy(),
        None if skills is None else skills.sort_index().to_numpy(),
    )


def cleanlab_majority(votes: Votes) -> Found:
    matrix = np.full((votes.n_items, votes.n_annotators), np.nan)
    matrix[votes.items, votes.annotators] = votes.classes
    return Found(np.asarray(get_majority_vote_label(matrix)))


def methods(*, slow: bool) -> dict[str, Method]:
    found: dict[str, Method] = {
        "alapp, chosen by the data": partial(ours, consensus.agree),
        "alapp one-coin": partial(ours, consensus.one_coin),
        "alapp Dawid-Skene": partial(ours, consensus.dawid_skene),
        "majority, ties by skill": partial(ours, consensus.majority),
    }
    if pd is not None:
        found["crowd-kit MajorityVote"] = partial(crowdkit, MajorityVote)
        found["crowd-kit OneCoin"] = partial(crowdkit, OneCoinDawidSkene)
        found["crowd-kit DawidSkene"] = partial(crowdkit, DawidSkene)
        if slow:
            found["crowd-kit GLAD"] = partial(crowdkit, GLAD)
            found["crowd-kit MACE"] = partial(crowdkit, partial(MACE, random_state=0))
    if get_majority_vote_label is not None:
        found["cleanlab majority"] = cleanlab_majority
    return found


def lines(panels: list[Panel], *, slow: bool) -> Iterator[str]:
    for name, method in methods(slow=slow).items():
        cells = []
        for panel in panels:
            start = time.process_time()
            found = method(panel.votes)
            spent = time.process_time() - start
            right = found.labels == panel.truth
            sure = f"{auroc(found.sure, right):.3f}" if found.sure is not None else "-"
            skill = "-"
            if found.skills is not None:
                skill = f"{spearmanr(found.skills, true_skill(panel)).statistic:.2f}"
            cells.append(f"{right.mean():.3f} / {sure} / {skill} / {spent:.3f}")
        yield f"| {name} | " + " | ".join(cells) + " |"


def thin_lines(panels: list[Panel]) -> Iterator[str]:
    """Accuracy with one, two, three and five answers an item, and with guessers among them."""
    quick = {name: m for name, m in methods(slow=False).items() if "cleanlab" not in name}
    for name, method in quick.items():
        cells = []
        for panel in panels:
            thin = [
                np.mean(
                    [
                        (method(few(panel.votes, n, seed=seed)).labels == panel.truth).mean()
                        for seed in range(5)
                    ]
                )
                for n in (1, 2, 3, 5)
            ]
            guessed = np.mean(
                [
                    (method(with_guessers(panel.votes, 0.2, seed=s)).labels == panel.truth).mean()
                    for s in range(5)
                ]
            )
            cells.append(" ".join(f"{each:.3f}" for each in thin) + f" / {guessed:.3f}")
        yield f"| {name} | " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of bluebird, weather, ...")
    parser.add_argument("--slow", action="store_true", help="GLAD and MACE too: minutes")
    args = parser.parse_args()
    panels = [load(args.data, name) for name in SETS]
    head = " | ".join(f"{p.name} ({len(p.votes):,} answers)" for p in panels)
    rule = "|---" * (len(panels) + 1) + "|"
    print(f"Load {os.getloadavg()[0]:.1f}\n")
    print(f"Accuracy / AUROC of the confidence / Spearman of skill / CPU s\n\n| | {head} |\n{rule}")
    print(*lines(panels, slow=args.slow), sep="\n")
    print(f"\nAccuracy with 1, 2, 3, 5 answers an item / a fifth of guessers added\n\n| | {head} |")
    print(rule, *thin_lines(panels), sep="\n")


if __name__ == "__main__":
    main()
