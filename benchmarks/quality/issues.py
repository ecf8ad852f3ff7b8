"""How well wrong labels are found: labels of one person each, predictions by models without them.

AUROC of telling wrong labels from right ones by how little they are believed, beside cleanlab's
label quality scores of the same predictions where cleanlab is installed; and of the labels that
are listed, how many are wrong and how many of the wrong ones are among them.
"""

import argparse
import csv
import gzip
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.feature_extraction.text import TfidfVectorizer

from annotation.quality import consensus, opinions
from annotation.quality.issues import contradicted, issues
from annotation.quality.settling import Said
from annotation.quality.votes import Votes
from benchmarks.quality.panels import auroc
from selection.core import crossfit
from selection.core.config import LoopConfig
from selection.core.fitting import fit_model
from selection.core.types import RoundFacts

try:
    from cleanlab.rank import get_label_quality_scores
except ImportError:
    get_label_quality_scores = None

SKILLS = (0.95, 0.8, 0.6)


@dataclass(frozen=True)
class Set:
    """Rows (n, d) with their true classes (n,), so many of each random draw labelled."""

    name: str
    rows: np.ndarray
    truth: np.ndarray


def digits() -> Set:
    data = load_digits()
    rows = (data.data / np.linalg.norm(data.data, axis=1, keepdims=True)).astype(np.float32)
    return Set("digits", rows, data.target)


def ag_news(folder: Path) -> Set:
    with gzip.open(folder / "ag_news" / "train.csv.gz", "rt") as file:
        found = [row for _, row in zip(range(20_000), csv.DictReader(file), strict=False)]
    texts = [row["text"] for row in found]
    truth = np.unique([row["label"] for row in found], return_inverse=True)[1]
    rows = TfidfVectorizer(max_features=2_000, sublinear_tf=True).fit_transform(texts)
    return Set("ag_news", rows.toarray().astype(np.float32), truth)


def labelled(data: Set, n: int, skill: float, *, seed: int) -> tuple[RoundFacts, np.ndarray]:
    """Label a random part, each item by one of ten people who are right so often."""
    rng = np.random.default_rng([seed, 5])
    chosen = rng.permutation(len(data.truth))[:n]
    k = int(data.truth.max()) + 1
    shift = rng.integers(1, k, size=n) * (rng.random(n) >= skill)
    labels = (data.truth[chosen] + shift) % k
    facts = RoundFacts(
        features=data.rows[chosen],
        n_classes=k,
        train_positions=np.arange(n),
        train_targets=np.eye(k)[labels],
        train_weights=np.ones(n),
        audit_order=np.arange(n),
        audit_positions=np.empty(0, np.int64),
        audit_targets=np.empty((0, k)),
        unavailable=np.ones(n, dtype=bool),
        pending=np.empty(0, np.int64),
        audit_reserved=0,
        number=1,
        seed=seed,
    )
    return facts, labels != data.truth[chosen]


def scores(facts: RoundFacts, *, seed: int) -> tuple[dict[str, np.ndarray], np.ndarray, float]:
    """Return beliefs by name, which labels are listed, and the CPU seconds of the models."""
    config = LoopConfig.from_dict({"estimator": "logistic"})
    learnt, _ = fit_model(facts, config, facts.audit_order[:0])
    start = time.process_time()
    proba = crossfit.held_out(facts, config, facts.audit_order[:0], dict(learnt.choice))
    spent = time.process_time() - start
    n, k = facts.train_targets.shape
    labels = facts.train_targets.argmax(axis=1)
    votes = Votes(np.arange(n), np.arange(n) % 10, labels, n, 10, k)
    belief = opinions.with_model(votes, consensus.agree(votes), proba)[np.arange(n), labels]
    found = {"alapp": belief}
    if get_label_quality_scores is not None:
        for method in ("self_confidence", "normalized_margin", "confidence_weighted_entropy"):
            found[f"cleanlab {method}"] = get_label_quality_scores(labels, proba, method=method)
    said = [Said(item, item % 10, (int(label),)) for item, label in enumerate(labels)]
    given = {item: (int(label),) for item, label in enumerate(labels)}
    listed = issues(said, given, proba, classes=range(k), is_multi=False, size=n)
    mask = np.zeros(n, dtype=bool)
    mask[[each.item for each in listed]] = True
    if not np.array_equal(mask, contradicted(labels, proba)):
        raise SystemExit("the list is not what the model contradicts")
    return found, mask, spent


def lines(data: Set, n: int, *, seeds: int) -> Iterator[str]:
    for skill in SKILLS:
        aurocs: dict[str, list[float]] = {}
        lists, cpu = [], []
        for seed in range(seeds):
            facts, wrong = labelled(data, n, skill, seed=seed)
            found, listed, spent = scores(facts, seed=seed)
            for name, score in found.items():
                aurocs.setdefault(name, []).append(auroc(score, ~wrong))
            lists.append((wrong[listed].mean(), listed[wrong].mean(), listed.sum()))
            cpu.append(spent)
        cells = " | ".join(f"{np.mean(each):.3f}" for each in aurocs.values())
        right, caught, many = np.mean(lists, axis=0)
        yield (
            f"| {data.name}, {n}, {skill} | {cells} | {many:.0f}: {right:.0%} wrong, "
            f"{caught:.0%} of all wrong | {np.mean(cpu):.1f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds ag_news")
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args()
    print(f"Load {os.getloadavg()[0]:.1f}\n")
    names = ["alapp"]
    if get_label_quality_scores is not None:
        names += ["cleanlab self-confidence", "cleanlab margin", "cleanlab weighted entropy"]
    print(f"| set, labels, right | {' | '.join(names)} | listed | CPU s |")
    print("|---" * (len(names) + 3) + "|")
    for data, n in ((digits(), 600), (digits(), 1_500), (ag_news(args.data), 1_000)):
        for line in lines(data, n, seeds=args.seeds):
            print(line, flush=True)


if __name__ == "__main__":
    main()
