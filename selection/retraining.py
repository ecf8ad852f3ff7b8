"""Run the due round: the only orchestrator of reading, fitting, choosing and publishing."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db import transaction

from alapp.clock import database_now
from annotation import exchange
from annotation.exchange import Attempt
from selection import asking, doubting, executing, inputs, missing, model_files, opinions, outside
from selection.configuration import config_of, gone_on
from selection.core.loop import run_round
from selection.core.streams import Clock
from selection.core.types import IntArray, PastRound, Picked, RoundFacts, RoundResult, Verdict
from selection.curve import measure
from selection.describing import distribution_of
from selection.due import is_due
from selection.encoding import features_of
from selection.facts import Snapshot, assemble, history_of
from selection.insights import insights_of
from selection.measuring import measured_facts
from selection.models import Metric, Pick, Predictions, Round, SelectionConfig
from selection.telling import tell
from selection.wording import reason_text


def run_round_of(attempt: Attempt) -> dict[str, Any]:
    """Run the due round of a project: read, encode, fit, measure, pick, and publish in one write.

    "force" in the run's parameters is a lead's "train now". Fitting happens outside any
    transaction; a worker that lost its hold on the run cannot publish.
    """
    if not attempt.params.get("force") and not is_due(attempt.project_id):
        return {"published": None}
    clock = Clock()
    with clock.time("read"):
        snapshot, selection = read(attempt.project_id)
    worked = work_out(snapshot, selection, attempt, clock)
    own = None if snapshot.predictions else worked.result.model
    path = model_files.write(snapshot.project.id, snapshot.number, own)
    with clock.time("keep"):
        seen = inputs.describe(snapshot, worked.facts)
    with clock.time("hold_out"):
        held = doubting.held_out_of(snapshot, worked.facts, worked.result)
    found = outside.told(snapshot, worked.facts, worked.n_audit)
    with clock.time("measure"):
        fresh = doubting.whole(held, worked.facts)
        found |= measured_facts(snapshot, worked.facts, worked.result, fresh=fresh)
    with clock.time("describe"):
        found |= {"distribution": distribution_of(snapshot, worked.facts, worked.result)}
    with clock.time("look_ahead"):
        found |= insights_of(snapshot, worked.facts, worked.result)
    with clock.time("doubt"):
        doubting.write(snapshot, worked.facts, held, now=database_now())
        kept = opinions.describe(snapshot, worked.facts, worked.result, held)
    _show(attempt, "Publishing")
    return _publish(attempt, snapshot, selection, worked, seen, kept, path, found)


@dataclass(frozen=True)
class Worked:
    """What a round looked at and found, before anything is written."""

    facts: RoundFacts
    result: RoundResult
    features_version: str
    clock: Clock
    # Labelled audit items, those included that an outside model says nothing of.
    n_audit: int


def work_out(
    snapshot: Snapshot, selection: SelectionConfig, attempt: Attempt, clock: Clock
) -> Worked:
    """Encode, train and choose; the same for a round and for its repetition. Writes no rows."""
    _show(attempt, "Reading the items")
    with clock.time("encode"):
        features = features_of(snapshot, selection, attempt)
    _show(attempt, "Training and choosing")
    facts = replace(
        assemble(snapshot, features.matrix, history_of(snapshot)),
        blocks=features.blocks,
        class_vectors=features.class_vectors,
    )
    n_audit = len(facts.audit_positions)
    facts = outside.laid_beside(facts, snapshot)
    with executing.executor() as executor:
        result = run_round(facts, snapshot.config, executor=executor)
    return Worked(facts, result, features.version, clock, n_audit)


def _show(attempt: Attempt, step: str) -> None:
    attempt.report_progress(step=step, progress=0, total=None)


def read(project_id: int) -> tuple[Snapshot, SelectionConfig]:
    """Read answers before the pool: a label that comes between belongs to the next round."""
    selection = config_of(project_id)
    project = exchange.project_facts(project_id)
    newest = Round.objects.filter(project=project_id).order_by("-number").first()
    task = "multi" if project.is_multi else "single"
    word = opinions.standing(project_id)
    exchange.measure_people(project_id, now=database_now(), opinions=word)
    answers = exchange.load_answers(project_id)
    # Before the pool: what is picked between is sought there, and asked by the next round.
    seeds = tuple(exchange.waiting_seeds(project_id))
    config = missing.checked({**selection.config, **_again(selection)}, selection.features, task)
    pushed = outside.chosen(project_id, config)
    snapshot = Snapshot(
        project=project,
        answers=answers,
        pool=exchange.load_pool(project_id),
        config=config,
        number=newest.number + 1 if newest else 0,
        seeds=seeds,
        budget_left=exchange.progress(project_id, now=database_now()).budget_left,
        predictions=pushed.predictions,
        scores=pushed.scores,
    )
    return snapshot, selection


def _again(selection: SelectionConfig) -> dict[str, float]:
    """Return how much of the batch may be further opinions: none where a lead wants none, the
    share that was set, else what the skill of those who label makes worth asking."""
    if not selection.config.get("relabels", True):
        return {"relabel_share": 0.0}
    given = float(selection.config.get("relabel_share") or 0.0)
    return {"relabel_share": given or exchange.worth_asking_again(selection.project_id)}


def _publish(
    attempt: Attempt,
    snapshot: Snapshot,
    selection: SelectionConfig,
    worked: Worked,
    seen: inputs.Seen,
    kept: opinions.Kept,
    path: str,
    found: dict[str, Any],
) -> dict[str, Any]:
    """Swap model, picks and batch in one short write; a superseded attempt writes nothing.

    The run is done in the same write: killed right after it, "train now" is not obeyed twice.
    """
    result = worked.result
    told, spare = tell(snapshot, worked.facts, result)
    with transaction.atomic():
        attempt.hold()
        row = _round_row(snapshot, selection, worked, path)
        stops = _stops(snapshot.project.id, result)
        row.facts |= found | {"stops": [verdict.rule for verdict in stops]}
        row.save(force_insert=True)
        inputs.keep(row, seen)
        opinions.keep(row, kept)
        Predictions.objects.create(round=row, **_predictions(snapshot, result.past))
        Metric.objects.bulk_create(
            Metric(round=row, name=m.name, value=m.value, low=m.low, high=m.high, n=m.n)
            for m in result.metrics
        )
        _measure_all(row)
        Pick.objects.bulk_create(pick_rows(row, snapshot, result), batch_size=500)
        n_asked = exchange.publish(
            project_id=snapshot.project.id,
            number=snapshot.number,
            wanted=[
                _wanted(snapshot, place, picked, said)
                for place, (picked, said) in enumerate(zip(result.picks, told, strict=True))
            ],
            model_version=row.model_version,
            spare=spare,
        )
        _stop_if_told(snapshot.project.id, snapshot.number, stops)
        asking.refresh_map(snapshot.project.id)
        report = {"published": snapshot.number, "items": n_asked}
        attempt.finish(report)
        return report


def _measure_all(row: Round) -> None:
    """Measure every round's model on today's audit labels, for the page to read."""
    rounds = list(Round.objects.filter(project=row.project_id).exclude(pk=row.pk))
    row.facts["curve"] = [asdict(point) for point in measure(row.project_id, [*rounds, row])]
    row.save(update_fields=["facts"])


def model_version(result: RoundResult) -> str:
    """Return the digest of the model's numbers; "" when nothing could be fitted."""
    return result.model.digest()[:40] if result.model else ""


def _round_row(snapshot: Snapshot, selection: SelectionConfig, worked: Worked, path: str) -> Round:
    facts, result = worked.facts, worked.result
    timings = asdict(result.timings)
    cpu = timings.pop("cpu")
    return Round(
        project_id=snapshot.project.id,
        number=snapshot.number,
        seed=snapshot.seed,
        config=snapshot.config.to_dict(),
        features_version=worked.features_version,
        label_revision=snapshot.answers.revision,
        n_items=facts.n_items,
        n_labels=snapshot.answers.n_labels,
        n_train=len(facts.train_positions),
        n_audit=len(facts.audit_positions),
        audit_reserved=facts.audit_reserved or 0,
        model_version=model_version(result),
        model_file=path,
        verdicts=[asdict(verdict) for verdict in result.verdicts],
        health=[asdict(badge) for badge in result.health],
        timings=timings | worked.clock.seconds,
        facts={
            "cpu": cpu | worked.clock.cpu_seconds,
            "features": selection.features,
            "features_params": selection.features_params,
            "alpha_spent": result.past.alpha_spent,
            "candidates": result.n_candidates,
            "choice": dict(result.past.choice),
            "held": dict(result.past.held),
        },
    )


def _predictions(snapshot: Snapshot, past: PastRound) -> dict[str, Any]:
    return {
        "audit": _pairs(snapshot, past.audit_positions, past.audit_predictions),
        "stop_set": _pairs(snapshot, past.stop_positions, past.stop_predictions),
    }


def _pairs(
    snapshot: Snapshot, positions: IntArray, predictions: IntArray
) -> list[tuple[int, list[int]]]:
    """Return [item id, class ids] pairs, so that they stay true when the pool grows."""
    ids = snapshot.pool.ids[positions].tolist()
    classes = snapshot.project.class_ids
    if not snapshot.project.is_multi:
        return [(i, [classes[int(c)]]) for i, c in zip(ids, predictions, strict=True)]
    answers = [[classes[c] for c in row.nonzero()[0]] for row in predictions]
    return list(zip(ids, answers, strict=True))


def pick_rows(row: Round, snapshot: Snapshot, result: RoundResult) -> list[Pick]:
    """Return the picks as they are kept, not saved yet."""
    return [
        Pick(
            round=row,
            item_id=int(snapshot.pool.ids[picked.position]),
            position=place,
            purpose=picked.purpose,
            in_reserve=picked.in_reserve,
            strategy=snapshot.config.strategy,
            score=picked.score,
            reason=_reason(snapshot, picked),
            probability=picked.probability,
            predicted_class=_class_id(snapshot, picked.predicted),
            confidence=picked.confidence,
        )
        for place, picked in enumerate(result.picks)
    ]


def _wanted(
    snapshot: Snapshot, place: int, picked: Picked, said: dict[str, Any]
) -> exchange.WantedItem:
    prediction = None
    if picked.predicted is not None:
        prediction = {
            "class_id": _class_id(snapshot, picked.predicted),
            "confidence": picked.confidence,
        }
    return exchange.WantedItem(
        item_id=int(snapshot.pool.ids[picked.position]),
        position=place,
        purpose=picked.purpose,
        in_reserve=picked.in_reserve,
        score=picked.score,
        reason=_reason(snapshot, picked),
        said=said,
        prediction=prediction,
    )


def _reason(snapshot: Snapshot, picked: Picked) -> dict[str, Any]:
    return {
        "code": picked.reason.code,
        "class_ids": [_class_id(snapshot, number) for number in picked.reason.classes],
        "numbers": list(picked.reason.numbers),
        "text": reason_text(picked.reason, snapshot.project.class_names),
    }


def _class_id(snapshot: Snapshot, number: int | None) -> int | None:
    return None if number is None else snapshot.project.class_ids[number]


def _stops(project_id: int, result: RoundResult) -> list[Verdict]:
    """Return the rules that say stop. One that a lead has set aside says nothing until its word
    runs out."""
    aside = gone_on(project_id, n_labels=exchange.n_labels(project_id)).keys()
    return [verdict for verdict in result.verdicts if verdict.stop and verdict.rule not in aside]


def _stop_if_told(project_id: int, number: int, stops: Sequence[Verdict]) -> None:
    """Tell other programs which rules have come to say stop, and pause the project when the lead
    wants that done, not only advised."""
    before = Round.objects.filter(project=project_id, number=number - 1).first()
    known = before.facts.get("stops", []) if before else []
    pauses = config_of(project_id).on_stop == SelectionConfig.OnStop.PAUSE
    if any(verdict.rule not in known for verdict in stops):
        rules = [{"rule": each.rule, "reason": each.reason} for each in stops]
        data = {"round": number, "rules": rules, "pauses": pauses}
        exchange.announce(project_id, "stop.advised", data)
    if stops and pauses:
        exchange.pause(project_id, now=database_now())
