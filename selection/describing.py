"""What a round picked from, in words and ids: stored with the round, for the pages to read."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from annotation import exchange
from selection.core.distribution import Distribution, Region, describe
from selection.core.types import RoundFacts, RoundResult
from selection.facts import Snapshot

WORD = re.compile(r"[^\W\d_]{3,}")
WORDS_IN_NAME = 3
# A word names a region when at least so many of the items in its middle hold it.
LEAST_SHARE = 0.15
# What a word that stands nowhere else weighs, as if it stood in one of fifty texts there.
RARE_ELSEWHERE = float(np.log(50))


def distribution_of(snapshot: Snapshot, facts: RoundFacts, result: RoundResult) -> dict[str, Any]:
    """Return the batch beside the pool: numbers and names, no arrays.

    The generator starts from the project's seed: regions keep their shape from round to round.
    """
    found = describe(
        facts,
        result.picks,
        result.model,
        snapshot.config.task,
        reserved=facts.audit_reserved or 0,
        rng=np.random.default_rng(snapshot.project.seed),
    )
    return {
        "pool": found.n_pool,
        "batch": found.n_batch,
        "sources": dict(found.sources),
        "classes": _classes(found, snapshot),
        "doubts": _doubts(found),
        "regions": _regions(found, snapshot),
        "alike": found.alike,
        "alike_random": found.alike_random,
    }


def _classes(found: Distribution, snapshot: Snapshot) -> list[list[int]]:
    """Return [class id, items of the sample, items of the batch] by predicted class."""
    if found.pool is None or found.batch is None:
        return []
    rows = zip(snapshot.project.class_ids, found.pool.classes, found.batch.classes, strict=True)
    return [list(row) for row in rows]


def _doubts(found: Distribution) -> dict[str, Any]:
    if found.pool is None or found.batch is None:
        return {}
    return {
        "pool": list(found.pool.doubts),
        "batch": list(found.batch.doubts),
        "means": [found.pool.doubt, found.batch.doubt],
    }


def _regions(found: Distribution, snapshot: Snapshot) -> list[dict[str, Any]]:
    names = _names(found.regions, snapshot)
    return [
        {"name": name, "pool": each.pool, "batch": each.batch, "labelled": each.labelled}
        for name, each in zip(names, found.regions, strict=True)
    ]


def _names(regions: Sequence[Region], snapshot: Snapshot) -> list[str]:
    """Name regions by their words where items have words, else by their class, else by number."""
    texts = [_texts(each, snapshot) for each in regions] if _has_texts(snapshot) else []
    words = telling_words(texts) if texts else [""] * len(regions)
    named = [text or _class_name(each, snapshot) for text, each in zip(words, regions, strict=True)]
    return _apart([name or "Region" for name in named])


def _apart(names: Sequence[str]) -> list[str]:
    """Number the parts that share a name: "Mostly 6 (2)"."""
    counts, seen = Counter(names), Counter[str]()
    apart = []
    for name in names:
        seen[name] += 1
        apart.append(name if counts[name] == 1 else f"{name} ({seen[name]})")
    return apart


def _has_texts(snapshot: Snapshot) -> bool:
    return snapshot.project.modality == "text"


def _texts(region: Region, snapshot: Snapshot) -> list[str]:
    ids = snapshot.pool.ids[np.array(region.middle, dtype=np.int64)].tolist()
    return [payload.text for payload in exchange.load_payloads(ids)]


def _class_name(region: Region, snapshot: Snapshot) -> str:
    if region.likeliest is None:
        return ""
    return f"Mostly {snapshot.project.class_names[region.likeliest]}"


def telling_words(groups: Sequence[Sequence[str]]) -> list[str]:
    """Return for each group of texts the words that part it from the others: "card, charged".

    A word counts once per text; its weight is how much commoner it is here than elsewhere.
    "" where no word tells.
    """
    counted = [Counter(w for text in texts for w in _words(text)) for texts in groups]
    overall: Counter[str] = sum(counted, Counter())
    n_all = sum(len(texts) for texts in groups)
    return [
        ", ".join(_best(here, len(texts), overall, n_all))
        for here, texts in zip(counted, groups, strict=True)
    ]


def _words(text: str) -> set[str]:
    return {word.lower() for word in WORD.findall(text)}


def _best(here: Counter[str], n: int, overall: Counter[str], n_all: int) -> list[str]:
    def weight(word: str) -> float:
        """Return how much a word tells: 0 unless it is more than twice as common here."""
        inside = here[word] / n
        outside = (overall[word] - here[word]) / max(n_all - n, 1)
        return inside * float(np.log(inside / outside)) if outside else inside * RARE_ELSEWHERE

    common = [word for word, times in here.items() if times >= max(LEAST_SHARE * n, 2)]
    telling = [word for word in common if weight(word) > here[word] / n * float(np.log(2))]
    return sorted(telling, key=lambda word: (-weight(word), word))[:WORDS_IN_NAME]
