"""Look for groups of similar items in a project's pool, and say what the newest model makes of
each item: what leads look through, and search by."""

from typing import Any

import numpy as np

from annotation import exchange
from annotation.exchange import Attempt
from selection.configuration import config_of
from selection.core import grouping
from selection.core.chunks import sample_indices
from selection.core.grouping import Groups
from selection.encoding import features_of
from selection.facts import Snapshot
from selection.map_files import NO_CLASS
from selection.mapping import UNSURE as DOUBT_STEPS
from selection.mapping import pool_snapshot, said

# Words are counted in so many items: more would say the same.
TEXTS = 20_000
SEED = b"groups"


def run_groups(attempt: Attempt) -> dict[str, Any]:
    """Find groups, describe them, and swap them for those of before in one write."""
    snapshot = pool_snapshot(attempt.project_id)
    encoded = features_of(snapshot, config_of(attempt.project_id), attempt)
    attempt.report_progress(step="Comparing items", progress=0, total=None)
    rng = np.random.default_rng([snapshot.project.seed, *SEED])
    found = grouping.find(encoded.matrix, rng=rng)
    attempt.report_progress(step="Describing the groups", progress=0, total=None)
    words = _words(snapshot, found, rng)
    attempt.report_progress(step="Asking the model", progress=0, total=None)
    _, classes, doubts = said(snapshot, encoded, snapshot.pool.ids)
    attempt.report_progress(step="Writing", progress=0, total=None)
    exchange.write_groups(
        attempt=attempt,
        groups=_groups(snapshot, found, words),
        guesses=(
            exchange.GuessDraft(
                item_id=item_id,
                number=number,
                class_id=None if class_ == NO_CLASS else snapshot.project.class_ids[class_],
                confidence=None if class_ == NO_CLASS else 1 - doubt / DOUBT_STEPS,
            )
            for item_id, number, class_, doubt in zip(
                snapshot.pool.ids.tolist(),
                found.labels.tolist(),
                classes.tolist(),
                doubts.tolist(),
                strict=True,
            )
        ),
    )
    return {"groups": len(found.examples), "items": len(found.labels)}


def _groups(snapshot: Snapshot, found: Groups, words: list[list[str]]) -> list[exchange.GroupDraft]:
    sizes = np.bincount(found.labels, minlength=len(found.examples))
    ids = snapshot.pool.ids
    return [
        exchange.GroupDraft(number, int(sizes[number]), words[number], ids[examples].tolist())
        for number, examples in enumerate(found.examples)
    ]


def _words(snapshot: Snapshot, found: Groups, rng: np.random.Generator) -> list[list[str]]:
    """Return the telling words of each group, from a sample; none where there is no text."""
    some = np.sort(sample_indices(len(found.labels), TEXTS, rng))
    payloads = exchange.load_payloads(snapshot.pool.ids[some].tolist())
    texts = [
        " ".join([each.text, *(value for value in each.fields.values() if isinstance(value, str))])
        for each in payloads
    ]
    return grouping.telling_words(texts, found.labels[some], len(found.examples))
