"""What to spend the labels on, without a database: alapp's mix, new items only, three each.

Mirrors the loop with the functions it runs itself: `settle` agrees on the answers, `run_round`
trains and chooses, and a small desk hands items to people of known skill. Prints, per skill and
plan, means with their standard errors over the seeds: labels right (of items that may train, of
all, audit items included, and of the whole pool with the model's word where nobody answered), and
the model's accuracy on rows nobody sees.
"""

import argparse
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from joblib import Parallel, delayed
from sklearn.datasets import load_digits

from annotation.quality import relabelling
from annotation.quality.settling import Opinions, Said, Settled, settle, weigh
from selection.core import crossfit
from selection.core.calibration import tempered
from selection.core.chunks import predict
from selection.core.config import LoopConfig
from selection.core.loop import audit_size, run_round
from selection.core.types import RoundFacts, RoundResult

N_HELD_OUT = 450
CREWS: dict[str, tuple[float, ...]] = {
    "95 %": (0.95,) * 10,
    "80 %": (0.8,) * 10,
    "60 %": (0.6,) * 10,
    "mixed": (0.95,) * 5 + (0.8,) * 3 + (0.4,) * 2,
}
# Opinions per item, the share of items that get them, and the share asked again (None: by skill).
PLANS: dict[str, tuple[int, float, float | None]] = {
    "mix": (2, 0.1, None),
    "new only": (1, 1.0, 0.0),
    "three each": (3, 1.0, 0.0),
}
FIGURES = ("labels", "all labels", "whole pool", "model")


@dataclass(frozen=True)
class World:
    """Rows (n, d) of a pool with their classes (n,), and rows nobody labels."""

    rows: np.ndarray
    truth: np.ndarray
    test_rows: np.ndarray
    test_truth: np.ndarray

    @property
    def n_classes(self) -> int:
        return int(self.truth.max()) + 1


def digits(seed: int) -> World:
    data = load_digits()
    order = np.random.default_rng([seed, 1]).permutation(len(data.target))
    rows = (data.data / np.linalg.norm(data.data, axis=1, keepdims=True)).astype(np.float32)
    pool, test = order[:-N_HELD_OUT], order[-N_HELD_OUT:]
    return World(rows[pool], data.target[pool], rows[test], data.target[test])


def clouds(seed: int) -> World:
    """Five overlapping clouds, one rare and one twice as wide: the best model is right 88 %."""
    rng = np.random.default_rng([seed, 2])
    sizes = rng.permutation(np.repeat(np.arange(5), (150, 250, 350, 400, 450)))
    centres = np.random.default_rng(17).standard_normal((5, 12)) * 0.62
    spread = np.where(sizes == 3, 1.6, 1.0)[:, None]
    rows = (centres[sizes] + spread * 0.75 * rng.standard_normal((len(sizes), 12))).astype("f4")
    return World(rows[:-400], sizes[:-400], rows[-400:], sizes[-400:])


WORLDS = {"digits": digits, "clouds": clouds}


@dataclass
class Desk:
    """Who said what, and why it was asked: items in the order they are handed out."""

    world: World
    skills: Sequence[float]
    rng: np.random.Generator
    said: list[Said] = field(default_factory=list)
    seen: dict[int, set[int]] = field(default_factory=dict)
    audits: set[int] = field(default_factory=set)

    def work(self, slots: Sequence[tuple[int, str]], n_labels: int) -> None:
        """Whoever comes next answers, item after item, until the labels are spent."""
        for item, purpose in slots:
            if len(self.said) >= n_labels:
                return
            seen = self.seen.setdefault(item, set())
            free = [who for who in range(len(self.skills)) if who not in seen]
            if not free:
                continue
            if purpose == "relabel" and len(seen) == 1:
                self._tells_nothing(item)
            if purpose == "audit":
                self.audits.add(item)
            who = int(self.rng.choice(free))
            seen.add(who)
            self.said.append(Said(item, who, (self._answer(item, who),), len(self.said)))

    def _answer(self, item: int, who: int) -> int:
        truth = int(self.world.truth[item])
        if self.rng.random() < self.skills[who]:
            return truth
        n = self.world.n_classes
        return (truth + 1 + int(self.rng.integers(n - 1))) % n

    def _tells_nothing(self, item: int) -> None:
        """An only answer that made alapp ask again does not tell of its giver's skill."""
        place = next(n for n, each in enumerate(self.said) if each.item == item)
        self.said[place] = replace(self.said[place], tells=False)


def played(
    world: World, skills: Sequence[float], plan: str, *, seed: int, batch: int, n_labels: int
) -> dict[str, float]:
    """Return the figures after so many answers of one project."""
    overlap, share_overlapped, share = PLANS[plan]
    desk = Desk(world, skills, np.random.default_rng([seed, 3]))
    twice = np.random.default_rng([seed, 4]).random(len(world.truth)) < share_overlapped
    size = batch if share_overlapped < 1 else batch // overlap
    # Calibrating takes most of the time, and changes little here.
    config = LoopConfig(
        batch_size=size, reserve_size=size, estimator="logistic", calibrate=False, stopping={}
    )
    facts, word = _empty(world, seed, config), None
    while True:
        settled = _settled(world, desk, word)
        config = replace(config, relabel_share=_share(settled, share))
        facts = _facts(facts, desk, settled)
        result = run_round(facts, config)
        if len(desk.said) >= n_labels:
            return _figures(world, desk, settled, result) | {
                "items": len(settled.verdicts),
                "asked again": sum(not each.tells for each in desk.said),
            }
        word = _word(world, facts, config, result)
        slots = [
            (pick.position, pick.purpose if place == 0 or pick.purpose == "audit" else "overlap")
            for pick in result.picks
            for place in range(overlap if pick.purpose != "relabel" and twice[pick.position] else 1)
        ]
        n_asked = sum(
            overlap if p.purpose != "relabel" and twice[p.position] else 1 for p in result.batch
        )
        desk.work(slots[:n_asked], n_labels)
        facts = replace(facts, number=facts.number + 1, history=(*facts.history, result.past))


def _share(settled: Settled, share: float | None) -> float:
    if share is not None:
        return share
    return relabelling.share_of(settled.mean_skill)


def _settled(world: World, desk: Desk, word: Opinions | None) -> Settled:
    classes = list(range(world.n_classes))
    if word is not None:
        keep = ~np.isin(word.items, list(desk.audits))
        word = replace(word, items=word.items[keep], proba=word.proba[keep])
    said = sorted(desk.said, key=lambda each: (each.item, each.label))
    return settle(said, classes=classes, is_multi=False, opinions=word)


def _word(
    world: World, facts: RoundFacts, config: LoopConfig, result: RoundResult
) -> Opinions | None:
    """What models without an item's label think of it: trained ones and the items just picked."""
    if result.model is None:
        return None
    kept = facts.audit_order[: audit_size(facts.n_items, config)]
    held = crossfit.held_out(facts, config, kept, dict(result.past.choice))
    if held is None:
        return None
    held = tempered(held, facts.train_targets)
    new = np.array([p.position for p in result.picks if p.purpose == "query"], dtype=np.int64)
    proba = predict(result.model, facts.features, new)
    return Opinions(
        np.concatenate([facts.train_positions, new]),
        range(world.n_classes),
        np.concatenate([held, proba]),
    )


def _empty(world: World, seed: int, config: LoopConfig) -> RoundFacts:
    n, k = len(world.truth), world.n_classes
    none = np.empty(0, np.int64)
    return RoundFacts(
        features=world.rows,
        n_classes=k,
        train_positions=none,
        train_targets=np.empty((0, k)),
        train_weights=np.empty(0),
        audit_order=np.random.default_rng([seed, 5]).permutation(n),
        audit_positions=none,
        audit_targets=np.empty((0, k)),
        unavailable=np.zeros(n, dtype=bool),
        pending=none,
        number=0,
        seed=seed,
    )


def _facts(facts: RoundFacts, desk: Desk, settled: Settled) -> RoundFacts:
    items = np.array(sorted(settled.verdicts), dtype=np.int64)
    found = [settled.verdicts[item] for item in items.tolist()]
    targets = np.eye(facts.n_classes)[[each.answer[0] for each in found]]
    targets = targets.reshape(-1, facts.n_classes)
    audits = np.isin(items, list(desk.audits))
    trains = ~audits
    sure = np.array([each.certainty for each in found])
    answers = np.array([each.n_labels for each in found], dtype=np.int64)
    weights = np.array([weigh(each.certainty, settled.mean_skill) for each in found])
    unavailable = np.zeros(facts.n_items, dtype=bool)
    unavailable[items] = True
    return replace(
        facts,
        train_positions=items[trains],
        train_targets=targets[trains],
        train_weights=weights[trains],
        train_answers=answers[trains],
        train_settled=((answers >= relabelling.MOST) | ((answers > 1) & (sure >= 0.95)))[trains],
        train_sure=sure[trains],
        skill=settled.mean_skill,
        audit_positions=items[audits],
        audit_targets=targets[audits],
        unavailable=unavailable,
    )


def _figures(world: World, desk: Desk, settled: Settled, result: RoundResult) -> dict[str, float]:
    model = result.model
    if model is None:
        raise RuntimeError("no model could be made")
    right = {i: v.answer[0] == world.truth[i] for i, v in settled.verdicts.items()}
    whole = model.predict_proba(world.rows).argmax(axis=1)
    for item, verdict in settled.verdicts.items():
        whole[item] = verdict.answer[0]
    tested = model.predict_proba(world.test_rows).argmax(axis=1)
    return {
        "labels": float(np.mean([hit for item, hit in right.items() if item not in desk.audits])),
        "all labels": float(np.mean(list(right.values()))),
        "whole pool": float((whole == world.truth).mean()),
        "model": float((tested == world.test_truth).mean()),
    }


def one(task: tuple[str, str, str, int, int, int]) -> dict[str, float]:
    world, crew, plan, seed, batch, n_labels = task
    return played(WORLDS[world](seed), CREWS[crew], plan, seed=seed, batch=batch, n_labels=n_labels)


def line(name: str, found: Sequence[dict[str, float]]) -> str:
    cells = []
    for figure in FIGURES:
        values = np.array([each[figure] for each in found])
        error = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else float("nan")
        cells.append(f"{values.mean():.3f} ± {error:.3f}")
    items, again = (np.mean([each[n] for each in found]) for n in ("items", "asked again"))
    return f"| {name} | " + " | ".join(cells) + f" | {items:.0f} | {again:.0f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", nargs="+", default=list(WORLDS), choices=list(WORLDS))
    parser.add_argument("--crews", nargs="+", default=list(CREWS), choices=list(CREWS))
    parser.add_argument("--plans", nargs="+", default=list(PLANS), choices=list(PLANS))
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=100, help="0 to 99 were chosen on")
    parser.add_argument("--labels", type=int, default=450)
    parser.add_argument("--batch", type=int, default=50)
    parser.add_argument("--jobs", type=int, default=1)
    args = parser.parse_args()
    start = time.monotonic()
    print(f"Load {os.getloadavg()[0]:.1f}; seeds {args.first_seed} and on; batches of {args.batch}")
    print(f"| | {' | '.join(FIGURES)} | items | only answers asked again |")
    print("|---" * (len(FIGURES) + 3) + "|")
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    workers = Parallel(n_jobs=args.jobs)
    for world in args.worlds:
        for crew in args.crews:
            for plan in args.plans:
                tasks = [(world, crew, plan, s, args.batch, args.labels) for s in seeds]
                found = workers(delayed(one)(task) for task in tasks)
                print(line(f"{world}, {crew}, {plan}", found), flush=True)
    print(f"{time.monotonic() - start:.0f} s of wall time, {args.jobs} at once")


if __name__ == "__main__":
    main()
