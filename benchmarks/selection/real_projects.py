"""Real projects played through: what the page says after every batch, beside the truth.

Pool and holdout are drawn anew from all rows of a set for every seed, so that the holdout is what
the estimates are about: items like those of the project that no model was trained on.
"""

import argparse
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.selection.sets import Arrays, whole
from selection.core import evaluation, measures
from selection.core.acceptance import levels
from selection.core.chunks import predict
from selection.core.config import LoopConfig
from selection.core.loop import audit_size, run_round
from selection.core.offers import alpha_of_look, best
from selection.core.types import FloatArray, IntArray, Metric, RoundFacts, RoundResult

SETS = ("sms_spam", "ag_news", "trec6", "rotten_tomatoes", "sign_digits", "pendigits")
POOL, SMALL_POOL, HOLDOUT = 1_500, 1_000, 4_000
ROUNDS, BATCH, AUDIT_SHARE = 22, 25, 0.4
LIMITS = (0.01, 0.02, 0.03, 0.05, 0.1, 0.2)


@dataclass(frozen=True)
class Split:
    """A pool that may be asked about, and as many other rows as there are, up to 4,000."""

    X: FloatArray
    targets: FloatArray
    fresh: FloatArray
    fresh_targets: FloatArray


def split(data: Arrays, seed: int) -> Split:
    X = np.concatenate([data.X, data.X_test])
    targets = np.concatenate([data.targets, data.test_targets])
    order = np.random.default_rng([seed, 23]).permutation(len(X))
    size = POOL if len(X) > 2 * POOL else SMALL_POOL
    pool, rest = order[:size], order[size : size + HOLDOUT]
    return Split(X[pool], targets[pool], X[rest], targets[rest])


def play(name: str, seed: int, *, data: Path, cache: Path) -> Iterator[dict[str, Any]]:
    """One project: a line per round with a model, and last what could be accepted."""
    parts = split(whole(name, data=data, cache=cache), seed)
    config = LoopConfig(
        batch_size=BATCH,
        reserve_size=0,
        audit_share=AUDIT_SHARE,
        audit_adapts=False,
        stopping={},
        cold_start="typical",
    )
    facts = _start(parts, seed)
    reserved = audit_size(len(parts.X), config)
    for _ in range(ROUNDS):
        result = run_round(facts, config)
        if result.model is not None and len(facts.audit_positions):
            yield {"set": name, "seed": seed, **_said(facts, config, result, reserved, parts)}
        facts = _answered(facts, result, parts)
    yield {"set": name, "seed": seed, **_accepted(facts, result, parts)}


def _said(
    facts: RoundFacts, config: LoopConfig, result: RoundResult, reserved: int, parts: Split
) -> dict[str, Any]:
    assert result.model is not None
    found = measures.measure(
        facts, config, result.model, reserved=reserved, choice=result.past.choice
    )
    assert found is not None
    proba = result.model.predict_proba(parts.fresh).astype(float)
    answers = evaluation.decide(proba, "single")
    lean = measures.reference(
        facts, config, result.model, reserved=reserved, choice=result.past.choice
    )
    return {
        "labels": len(facts.train_positions) + len(facts.audit_positions),
        "n": found.exact.n,
        "truth": float(evaluation.correct(answers, parts.fresh_targets, "single").mean()),
        "truth_f1": evaluation.macro_f1_value(answers, parts.fresh_targets, "single"),
        "exact": _plain(found.exact),
        "assisted": None if found.assisted is None else _plain(found.assisted),
        "speaks": found.speaks,
        "f1": _plain(found.macro_f1),
        "expected_off": None if lean is None else lean.mean - float(proba.max(axis=1).mean()),
    }


def _accepted(facts: RoundFacts, result: RoundResult, parts: Split) -> dict[str, Any]:
    """The last model judged on all audit labels: each limit's proposal and its true error."""
    if result.model is None:
        return {"accepted": {}}
    audit = predict(result.model, facts.features, facts.audit_positions)
    hits = evaluation.correct(evaluation.decide(audit, "single"), facts.audit_targets, "single")
    free = np.flatnonzero(~facts.unavailable)
    pool = predict(result.model, facts.features, free)
    known = levels(pool.max(axis=1), audit.max(axis=1), hits, alpha=alpha_of_look(1))
    wrong = pool.argmax(axis=1) != parts.targets[free].argmax(axis=1)
    told = {}
    for limit in LIMITS:
        found = best(known, limit)
        inside = pool.max(axis=1) >= (np.inf if found is None else found.threshold)
        error = float(wrong[inside].mean()) if inside.any() else None
        told[str(limit)] = [int(inside.sum()), len(free), error]
    return {"accepted": told, "n": len(hits)}


def _start(parts: Split, seed: int) -> RoundFacts:
    n, n_classes = parts.targets.shape
    none: IntArray = np.empty(0, np.int64)
    return RoundFacts(
        features=parts.X,
        n_classes=n_classes,
        train_positions=none,
        train_targets=np.empty((0, n_classes)),
        train_weights=np.empty(0),
        audit_order=np.random.default_rng([seed, 1]).permutation(n).astype(np.int64),
        audit_positions=none,
        audit_targets=np.empty((0, n_classes)),
        unavailable=np.zeros(n, dtype=np.bool_),
        pending=none,
        number=0,
        seed=seed,
    )


def _answered(facts: RoundFacts, result: RoundResult, parts: Split) -> RoundFacts:
    audits = [pick.position for pick in result.batch if pick.purpose == "audit"]
    queries = [pick.position for pick in result.batch if pick.purpose != "audit"]
    train = np.concatenate([facts.train_positions, np.array(queries, np.int64)])
    audit = np.concatenate([facts.audit_positions, np.array(audits, np.int64)])
    unavailable = facts.unavailable.copy()
    unavailable[train], unavailable[audit] = True, True
    return replace(
        facts,
        train_positions=train,
        train_targets=parts.targets[train],
        train_weights=np.ones(len(train)),
        audit_positions=audit,
        audit_targets=parts.targets[audit],
        unavailable=unavailable,
        number=facts.number + 1,
        history=(*facts.history, result.past),
    )


def _plain(metric: Metric) -> list[float]:
    return [metric.value, metric.low, metric.high]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("data", "cache", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", default=list(SETS))
    parser.add_argument("--seeds", nargs="+", type=int, default=list(range(8)))
    given = parser.parse_args()
    done = _done(given.out)
    with given.out.open("a", encoding="utf-8") as file:
        for seed in given.seeds:
            for name in given.sets:
                if (name, seed) in done:
                    continue
                lines = list(play(name, seed, data=given.data, cache=given.cache))
                file.writelines(json.dumps(line) + "\n" for line in lines)
                file.flush()
                print(name, seed, len(lines), f"load {os.getloadavg()[0]:.1f}", flush=True)


def _done(path: Path) -> set[tuple[str, int]]:
    if not path.exists():
        return set()
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {(line["set"], line["seed"]) for line in lines if "accepted" in line}


if __name__ == "__main__":
    main()
