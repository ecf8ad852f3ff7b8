"""Small panels written as tables, and random ones with known truth."""

import numpy as np

from annotation.quality.votes import Votes


def votes_of(rows, *, n_items=None, n_annotators=None, n_classes=None):
    """Return the votes of (item, annotator, class) triples."""
    items, annotators, classes = (np.array(c, dtype=np.int64) for c in zip(*rows, strict=True))
    return Votes(
        items,
        annotators,
        classes,
        n_items if n_items is not None else int(items.max()) + 1,
        n_annotators if n_annotators is not None else int(annotators.max()) + 1,
        n_classes if n_classes is not None else int(classes.max()) + 1,
    )


def pair(table):
    """Two annotators: table[a][b] items got a from the first and b from the second."""
    rows, item = [], 0
    for a, line in enumerate(table):
        for b, n in enumerate(line):
            for _ in range(n):
                rows += [(item, 0, a), (item, 1, b)]
                item += 1
    return votes_of(rows, n_classes=len(table))


def counted(table):
    """Items x classes: how many of a panel chose each."""
    rows = []
    for item, line in enumerate(table):
        given = [k for k, n in enumerate(line) for _ in range(n)]
        rows += [(item, annotator, k) for annotator, k in enumerate(given)]
    return votes_of(rows, n_classes=len(table[0]))


def grid(*lines):
    """One line per annotator, an answer from 1 per item, a dot where there is none."""
    rows = [
        (item, annotator, int(said) - 1)
        for annotator, line in enumerate(lines)
        for item, said in enumerate(line.split())
        if said != "."
    ]
    return votes_of(rows, n_items=len(lines[0].split()))


def crowd(rng, *, skills, n_items, n_classes, per_item):
    """Annotators who are right with the given chances, and err evenly; returns votes, truth."""
    truth = rng.integers(n_classes, size=n_items)
    rows = []
    for item in range(n_items):
        for annotator in rng.choice(len(skills), size=per_item, replace=False):
            right = rng.random() < skills[annotator]
            wrong = (truth[item] + 1 + rng.integers(n_classes - 1)) % n_classes
            rows.append((item, int(annotator), int(truth[item] if right else wrong)))
    votes = votes_of(rows, n_items=n_items, n_annotators=len(skills), n_classes=n_classes)
    return votes, truth
