"""Repeat a published round from what was stored of it, and say whether the same came out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import process_time
from typing import Any

from django.core.exceptions import ValidationError

from alapp.clock import database_now
from annotation.exchange import Attempt
from selection import inputs, retraining
from selection.core.fingerprints import fingerprints
from selection.core.streams import Clock
from selection.facts import Snapshot
from selection.models import Inputs, Pick, Replay, Round

# What each input is in plain words, and why it may differ.
CAUSES = {
    "features": "The items read differently: they were encoded anew, or vectors were imported.",
    "blocks": "Other encoders read the items.",
    "class_vectors": "The classes' names and descriptions read differently: the encoder changed.",
    "train_positions": "Other items count as labelled.",
    "train_targets": "Some items have another answer.",
    "train_weights": "The answers' certainty is counted differently.",
    "train_answers": "Another number of people answered some items.",
    "train_settled": "Other items are settled.",
    "train_sure": "The answers are believed otherwise.",
    "skill": "People are believed otherwise.",
    "audit_order": "The order of the audit items is another one.",
    "audit_positions": "Other audit items count as labelled.",
    "audit_targets": "Some audit items have another answer.",
    "audit_reserved": "Another number of audit items is kept apart.",
    "unavailable": "Other items may be picked.",
    "pending": "Other items were with annotators.",
    "history": "Earlier rounds are told differently.",
    "seed": "The seed is another one.",
    "budget_left": "Another budget was left.",
    inputs.LABELS: "Labels up to its revision are not what they were: the database was changed.",
    "seeds": "Other items were picked by leads.",
    "outside_proba": "The outside model's predictions are others.",
    "outside_scores": "The scores from outside are others.",
}


def run_replay(attempt: Attempt) -> dict[str, Any]:
    """Repeat the round of the run's parameters and keep what came of it.

    Nothing is published. Raises ValidationError when there is no such round.
    """
    number = attempt.params["round"]
    row = Round.objects.filter(project=attempt.project_id, number=number).first()
    if row is None:
        raise ValidationError(f"There is no round {number}.")
    start = process_time()
    attempt.report_progress(step=f"Looking up what round {number} saw", progress=0, total=None)
    try:
        snapshot, reading = inputs.snapshot_of(row)
    except ValidationError as error:
        return _keep(row, impossible(row, error.messages), start)
    worked = retraining.work_out(snapshot, reading, attempt, Clock())
    attempt.report_progress(step="Comparing", progress=0, total=None)
    return _keep(row, compare(row, snapshot, worked), start)


def _keep(row: Round, found: "Found", start: float) -> dict[str, Any]:
    Replay.objects.update_or_create(
        round=row,
        defaults={
            "made_at": database_now(),
            "is_possible": found.is_possible,
            "is_same": found.is_same,
            "is_same_model": found.is_same_model,
            "n_same": found.n_same,
            "n_picks": found.n_picks,
            "model_version": found.model_version,
            "differences": list(found.differences),
            "made_with": inputs.made_with(),
            "cpu_seconds": process_time() - start,
        },
    )
    return {"round": row.number, "same": found.is_same, "said": found.sentence}


@dataclass(frozen=True)
class Found:
    """What a repetition gave beside what was published."""

    n_picks: int
    n_same: int
    is_same_model: bool
    model_version: str
    differences: tuple[str, ...]
    is_possible: bool = True

    @property
    def is_same(self) -> bool:
        return self.is_possible and self.is_same_model and self.n_same == self.n_picks

    @property
    def sentence(self) -> str:
        if not self.is_possible:
            return "Cannot be repeated"
        if self.is_same:
            return f"Same {self.n_picks:,} picks, same model"
        model = "the same model" if self.is_same_model else "another model"
        return f"{self.n_same:,} of {self.n_picks:,} picks the same, {model}"


def impossible(row: Round, reasons: Sequence[str]) -> Found:
    n_picks = Pick.objects.filter(round=row).count()
    return Found(n_picks, 0, False, "", tuple(reasons), is_possible=False)


def compare(row: Round, snapshot: Snapshot, worked: retraining.Worked) -> Found:
    """Compare picks and model bit for bit, and name the inputs that differ."""
    before = list(Pick.objects.filter(round=row).order_by("position"))
    after = retraining.pick_rows(row, snapshot, worked.result)
    n_same = sum(_told(a) == _told(b) for a, b in zip(before, after, strict=False))
    digest = retraining.model_version(worked.result)
    kept = Inputs.objects.get(round=row)
    return Found(
        n_picks=max(len(before), len(after)),
        n_same=n_same,
        is_same_model=digest == row.model_version,
        model_version=digest,
        differences=tuple(_differences(row, kept, before, after, snapshot, worked)),
    )


def _told(pick: Pick) -> tuple[Any, ...]:
    """Return all that a pick says: item, purpose and every figure to the last bit."""
    return (
        pick.item_id,
        pick.position,
        pick.purpose,
        pick.in_reserve,
        pick.score,
        pick.probability,
        pick.predicted_class,
        pick.confidence,
        pick.reason["code"],
        pick.reason["class_ids"],
        pick.reason["numbers"],
    )


def _differences(
    row: Round,
    kept: Inputs,
    before: Sequence[Pick],
    after: Sequence[Pick],
    snapshot: Snapshot,
    worked: retraining.Worked,
) -> Iterator[str]:
    yield from _of_picks(before, after)
    if worked.features_version != row.features_version:
        yield f"The items are read by {worked.features_version}, then by {row.features_version}."
    now = fingerprints(worked.facts) | {inputs.LABELS: inputs.labels_digest(snapshot)}
    for name, digest in kept.digests.items():
        if now.get(name) != digest:
            yield CAUSES.get(name, f"Another {name.replace('_', ' ')}.")
    yield from _of_libraries(kept.made_with, inputs.made_with())


def _of_picks(before: Sequence[Pick], after: Sequence[Pick]) -> Iterator[str]:
    if len(before) != len(after):
        yield f"{len(after):,} picks instead of {len(before):,}."
    for a, b in zip(before, after, strict=False):
        if _told(a) != _told(b):
            what = "another item" if a.item_id != b.item_id else "the same item, other figures"
            yield f"The first difference is at place {a.position + 1}: {what}."
            return


def _of_libraries(then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for name in now:
        if then.get(name) != now[name]:
            yield f"{name} is {now[name]} now, {then.get(name, 'not noted')} then."
