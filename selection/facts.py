"""From ids to positions and back: what the desk knows, as the facts a round may look at."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from annotation.exchange import Answers, Pool, ProjectFacts
from selection.core.agreement import labels_apart
from selection.core.config import LoopConfig
from selection.core.loop import audit_size
from selection.core.types import (
    BoolArray,
    FeatureMatrix,
    FloatArray,
    IntArray,
    PastRound,
    RoundFacts,
)
from selection.core.types import Metric as CoreMetric
from selection.models import Predictions, Round

AuditPair = tuple[int, list[int]]

# The stopping rules compare models some labels apart: predictions are read so many such steps
# back, and of so many rounds at least.
STEPS_BACK = 5


@dataclass(frozen=True)
class Snapshot:
    """One consistent look at a project: what the desk gave, and what earlier rounds left."""

    project: ProjectFacts
    pool: Pool
    answers: Answers
    config: LoopConfig
    number: int
    budget_left: int | None
    seeds: tuple[int, ...] = ()
    # Digests of what was pushed from outside and is read in this round, "" for nothing.
    predictions: str = ""
    scores: str = ""

    @property
    def seed(self) -> int:
        """The round's seed: fixed by the project's seed and the number, below 2**63."""
        sequence = np.random.SeedSequence([self.project.seed, self.number])
        return int(sequence.generate_state(1, np.uint64)[0] >> np.uint64(1))

    def positions(self, item_ids: Sequence[int] | IntArray) -> IntArray:
        """Return where these items stand in the pool; items that left it are left out."""
        wanted = np.asarray(item_ids, dtype=np.int64)
        return np.searchsorted(self.pool.ids, wanted[np.isin(wanted, self.pool.ids)])

    def class_numbers(self) -> dict[int, int]:
        return {class_id: number for number, class_id in enumerate(self.project.class_ids)}


def assemble(
    snapshot: Snapshot, features: FeatureMatrix, history: tuple[PastRound, ...]
) -> RoundFacts:
    """Return the facts of the round, audit items kept apart from what the model may learn."""
    ranked = np.argsort(snapshot.pool.audit_ranks, kind="stable")
    chosen = (snapshot.pool.is_sought & ~snapshot.pool.is_audit) | snapshot.pool.is_gold
    random = ranked[~chosen[ranked]]
    reserved = audit_reserved(snapshot, random)
    # What leads sought out takes its place behind the reserved items: it may be asked and train.
    order = np.concatenate([random[:reserved], ranked[~np.isin(ranked, random[:reserved])]])
    labelled, targets = _labelled(snapshot)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    trains = place[labelled] >= reserved
    measures = place[labelled] < min(reserved, _measured(snapshot.pool, random))
    answers, known = snapshot.answers, _known(snapshot)
    return RoundFacts(
        features=features,
        n_classes=len(snapshot.project.class_ids),
        train_positions=labelled[trains],
        train_targets=targets[trains],
        train_weights=answers.certainties[known][trains],
        train_answers=np.maximum(answers.n_answers[known][trains], 1),
        train_settled=answers.is_settled[known][trains],
        train_sure=None if answers.sure is None else answers.sure[known][trains],
        skill=answers.skill,
        audit_order=order,
        audit_positions=labelled[measures],
        audit_targets=targets[measures],
        # What measures people is asked on purpose only, and teaches nothing.
        unavailable=snapshot.pool.is_labelled | snapshot.pool.is_asked | snapshot.pool.is_gold,
        pending=np.flatnonzero(snapshot.pool.is_out),
        audit_reserved=reserved,
        number=snapshot.number,
        seed=snapshot.seed,
        history=history,
        budget_left=snapshot.budget_left,
        seeds=snapshot.positions(snapshot.seeds),
    )


def audit_reserved(snapshot: Snapshot, order: IntArray) -> int:
    """Return how many leading items of the audit order are kept from training and query.

    `order` is the audit order without what leads sought out: that is random no more.
    As many as the configuration asks for, but never past the first item that was chosen for
    another purpose: the audit items stay a uniform sample when the setting is raised or the pool
    grows. Never fewer than up to the last one handed out as audit item: it must not train.
    """
    pool = snapshot.pool
    burnt = _first(pool.is_asked & ~pool.is_audit, order)
    wanted = min(audit_size(len(order), snapshot.config), burnt)
    return max(wanted, _last(pool.is_audit, order))


def _measured(pool: Pool, order: IntArray) -> int:
    """Return how far the audit order has been asked: up to there its labels are a fair sample.

    Imported labels beyond may cover one kind of item only.
    """
    unlabelled = _first(~pool.is_labelled, order)
    return max(unlabelled, _last(pool.is_audit, order))


def _first(mask: BoolArray, order: IntArray) -> int:
    places = np.flatnonzero(mask[order])
    return int(places[0]) if len(places) else len(order)


def _last(mask: BoolArray, order: IntArray) -> int:
    """Return the place behind the last item of the mask, 0 when there is none."""
    places = np.flatnonzero(mask[order])
    return int(places[-1]) + 1 if len(places) else 0


def _known(snapshot: Snapshot) -> BoolArray:
    return np.isin(snapshot.answers.item_ids, snapshot.pool.ids)


def _labelled(snapshot: Snapshot) -> tuple[IntArray, FloatArray]:
    """Return the labelled positions and their targets (L, C)."""
    known = _known(snapshot)
    numbers = snapshot.class_numbers()
    targets = np.zeros((int(known.sum()), len(numbers)))
    values = [value for value, keep in zip(snapshot.answers.values, known, strict=True) if keep]
    for row, value in enumerate(values):
        targets[row, [numbers[class_id] for class_id in value]] = 1.0
    return snapshot.positions(snapshot.answers.item_ids), targets


def history_of(snapshot: Snapshot) -> tuple[PastRound, ...]:
    """Return the published rounds, oldest first; the newest few with their stop sets."""
    rounds = list(
        Round.objects.filter(project=snapshot.project.id, number__lt=snapshot.number)
        .order_by("number")
        .prefetch_related("metrics")
    )
    said = dict(Predictions.objects.filter(round__in=rounds).values_list("round", "audit"))
    past = [_with_audit(_past(each), said.get(each.pk, []), snapshot) for each in rounds]
    for place in _recent(rounds):
        past[place] = _with_stop_set(past[place], rounds[place], snapshot)
    return tuple(past)


def _recent(rounds: Sequence[Round]) -> list[int]:
    """Return the places of the rounds a stopping rule may compare."""
    newest = rounds[-1].n_train if rounds else 0
    oldest = newest - STEPS_BACK * labels_apart(newest)
    few = len(rounds) - STEPS_BACK
    return [n for n, each in enumerate(rounds) if n >= few or each.n_train >= oldest]


def _past(each: Round) -> PastRound:
    metrics = tuple(
        CoreMetric(m.name, m.value, m.low, m.high, m.n)
        for m in sorted(each.metrics.all(), key=lambda m: m.name)
    )
    return PastRound(
        number=each.number,
        n_labels=each.n_train,
        n_audit=each.n_audit,
        metrics=metrics,
        alpha_spent=each.facts.get("alpha_spent", 0.0),
        # An outside model says nothing of how own models grow: as if there had been none.
        has_model=bool(each.model_version) and "predictions" not in each.facts.get("outside", {}),
        choice=each.facts.get("choice", {}),
        held=each.facts.get("held", {}),
    )


def _with_audit(past: PastRound, said: Sequence[AuditPair], snapshot: Snapshot) -> PastRound:
    positions, predictions = _predictions(said, snapshot)
    return replace(past, audit_positions=positions, audit_predictions=predictions)


def _with_stop_set(past: PastRound, each: Round, snapshot: Snapshot) -> PastRound:
    positions, predictions = _predictions(each.predictions.stop_set, snapshot)
    return replace(past, stop_positions=positions, stop_predictions=predictions)


def _predictions(
    pairs: Sequence[tuple[int, list[int]]], snapshot: Snapshot
) -> tuple[IntArray, IntArray]:
    """Return positions and answers: class numbers (k,), or (k, C) 0/1 for multi-label."""
    numbers = snapshot.class_numbers()
    kept = [
        (item_id, [numbers[c] for c in value])
        for item_id, value in pairs
        if all(c in numbers for c in value)
    ]
    inside = np.isin([item_id for item_id, _ in kept], snapshot.pool.ids)
    answers = [value for (_, value), keep in zip(kept, inside, strict=True) if keep]
    positions = snapshot.positions([item_id for item_id, _ in kept])
    if not snapshot.project.is_multi:
        return positions, np.array([value[0] for value in answers], dtype=np.int64)
    matrix = np.zeros((len(answers), len(numbers)), dtype=np.int64)
    for row, value in enumerate(answers):
        matrix[row, value] = 1
    return positions, matrix
