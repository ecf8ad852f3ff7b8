"""Groups of similar items, before any label: for people who look through a pool."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from sklearn.feature_extraction.text import CountVectorizer

from selection.core.chunks import pieces, rows, sample_indices, squared_distances
from selection.core.clustering import k_means
from selection.core.types import FeatureMatrix, FloatArray, IntArray

MOST_GROUPS, FEWEST_GROUPS = 30, 2
PER_GROUP = 4
SAMPLE = 20_000
EXAMPLES = 12
WORD = r"(?u)\b[^\W\d_]{2,}\b"


@dataclass(frozen=True)
class Groups:
    """labels (n,) below len(examples); examples (k, up to 12) positions, the most typical first."""

    labels: IntArray
    examples: tuple[IntArray, ...]


def find(features: FeatureMatrix, *, rng: Generator) -> Groups:
    """Put every item into the group of the nearest centre; the largest group is number 0.

    Shapes: features (n, d). Unit: none. Errors: none; fewer than two items make one group.
    Source: k-means on up to 20,000 random items, then every item to its nearest centre, so that
    time is linear and memory flat in the pool; about sqrt(n / 4) groups, 2 to 30 (ours).
    """
    n = len(features)
    if n < FEWEST_GROUPS:
        return Groups(np.zeros(n, np.int64), (np.arange(n, dtype=np.int64),))
    sample = np.sort(sample_indices(n, SAMPLE, rng))
    k = min(max(round(np.sqrt(n / PER_GROUP)), FEWEST_GROUPS), MOST_GROUPS, len(sample))
    _, centres = k_means(rows(features, sample), k, rng=rng)
    labels, distances = np.empty(n, dtype=np.int64), np.empty(n)
    for part in pieces(n):
        found = squared_distances(rows(features, np.arange(n, dtype=np.int64)[part]), centres)
        labels[part] = found.argmin(axis=1)
        distances[part] = found.min(axis=1)
    return _by_size(labels, distances, k)


def _by_size(labels: IntArray, distances: FloatArray, k: int) -> Groups:
    """Number the groups by size, those nobody is in left out."""
    sizes = np.bincount(labels, minlength=k)
    order = [int(each) for each in np.argsort(-sizes, kind="stable") if sizes[each]]
    place = np.empty(k, dtype=np.int64)
    place[order] = np.arange(len(order))
    renumbered = place[labels]
    examples = []
    for number in range(len(order)):
        members = np.flatnonzero(renumbered == number)
        nearest = np.argsort(distances[members], kind="stable")[:EXAMPLES]
        examples.append(members[nearest].astype(np.int64))
    return Groups(renumbered, tuple(examples))


def telling_words(
    texts: Sequence[str], labels: IntArray, n_groups: int, *, most: int = 6
) -> list[list[str]]:
    """The words that tell each group from the others, the most telling first.

    Shapes: texts and labels (m,). Unit: none. Errors: none; no words for a group without text.
    Source: share of the group's texts with the word times the logarithm of how much larger it is
    than in all texts (class-based tf-idf, Grootendorst 2022, on document counts).
    """
    counter = CountVectorizer(token_pattern=WORD, binary=True, min_df=2 if len(texts) > 50 else 1)
    try:
        counts = counter.fit_transform(texts).tocsr()
    except ValueError:  # not a single word in any of the texts
        return [[] for _ in range(n_groups)]
    names = counter.get_feature_names_out()
    overall = np.asarray(counts.mean(axis=0)).ravel()
    found = []
    for number in range(n_groups):
        mine = np.flatnonzero(labels == number)
        share = np.asarray(counts[mine].mean(axis=0)).ravel() if len(mine) else 0 * overall
        worth = share * np.log(np.maximum(share, 1e-12) / overall)
        best = np.argsort(-worth, kind="stable")[:most]
        found.append([str(names[each]) for each in best if worth[each] > 0])
    return found
