"""After the stop, in the worker: the final model, its predictions, and what could be accepted."""

import os
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from django.core.exceptions import ValidationError
from django.db import transaction
from numpy.typing import NDArray

from annotation import exchange
from annotation.exchange import Attempt
from selection import final_files, model_files, retraining
from selection.core import final as core
from selection.core.chunks import pieces, predict_piece
from selection.core.confidence import tempered
from selection.core.evaluation import decide
from selection.core.measures import expected_correct
from selection.core.offers import alpha_of_look
from selection.core.types import Float32Array, FloatArray, IntArray, RoundFacts, Task
from selection.encoding import features_of
from selection.estimates import FinalReport
from selection.facts import Snapshot, assemble, history_of
from selection.models import Final

ROWS = 4_096


@dataclass(frozen=True)
class Made:
    """What is ready to be written: models, their files, and the report."""

    models: core.FinalModels
    file: str
    report: FinalReport
    features_version: str


def run_final(attempt: Attempt) -> dict[str, Any]:
    """Fit on every label, predict every item, and find what may be accepted without a human.

    Raises ValidationError while the project is active: audit items would train beside it.
    """
    if exchange.is_active(attempt.project_id):
        raise ValidationError("Pause or stop the project first: its audit items still measure.")
    _show(attempt, "Reading the items")
    snapshot, selection = retraining.read(attempt.project_id)
    encoded = features_of(snapshot, selection, attempt)
    facts = replace(
        assemble(snapshot, encoded.matrix, history_of(snapshot)),
        blocks=encoded.blocks,
        class_vectors=encoded.class_vectors,
    )
    _show(attempt, "Training on all labels")
    models = core.fit_final(facts, snapshot.config)
    number = Final.objects.filter(project=attempt.project_id).count() + 1
    file, judged = _write(attempt, snapshot, facts, models, number)
    report = _report(snapshot, facts, models, judged, _look(facts, attempt.project_id))
    return _publish(attempt, snapshot, facts, number, Made(models, file, report, encoded.version))


def _show(attempt: Attempt, step: str, done: int = 0, total: int | None = None) -> None:
    attempt.report_progress(step=step, progress=done, total=total)


def _look(facts: RoundFacts, project_id: int) -> int:
    """Number the looks at different audit labels: the same ones again are the same look."""
    seen = Final.objects.filter(project=project_id).order_by("number")
    sizes = list(dict.fromkeys(seen.values_list("n_audit", flat=True)))
    n = len(facts.audit_positions)
    return sizes.index(n) + 1 if n in sizes else len(sizes) + 1


def _write(
    attempt: Attempt, snapshot: Snapshot, facts: RoundFacts, models: core.FinalModels, number: int
) -> tuple[str, Float32Array]:
    """Write both files whole; return their name and the judge's confidence of every item."""
    name = final_files.name_of(snapshot.project.id, number, models.model.digest())  # type: ignore[attr-defined]
    path = final_files.folder() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    own, judged = np.empty(facts.n_items, np.float32), np.empty(facts.n_items, np.float32)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        for part in pieces(facts.n_items, ROWS):
            _show(attempt, "Predicting every item", part.start, facts.n_items)
            records = _records(snapshot, facts, models, part)
            own[part], judged[part] = records["confidence"], records["judged"]
            file.write(records.tobytes())
    useful = _most_useful(snapshot, facts, own)
    order = draft.with_name(draft.name + ".order")
    order.write_bytes(useful.astype("<u4").tobytes())
    os.replace(order, final_files.useful_path(name))
    os.replace(draft, path)
    return name, judged


def _records(
    snapshot: Snapshot, facts: RoundFacts, models: core.FinalModels, part: slice
) -> NDArray[np.void]:
    task = snapshot.config.task
    positions = np.arange(part.start, part.stop, dtype=np.int64)
    final = tempered(
        predict_piece(models.model, facts.features, positions),
        models.calibration.temperature,
        task,
    )
    judge = predict_piece(models.judge, facts.features, positions).astype(np.float64)
    width = final_files.bytes_of(facts.n_classes)
    records = np.empty(
        len(positions),
        dtype=[
            ("item", "<i8"),
            ("confidence", "<f4"),
            ("judged", "<f4"),
            ("answer", "u1", (width,)),
            ("judge_answer", "u1", (width,)),
        ],
    )
    records["item"] = snapshot.pool.ids[positions]
    records["confidence"] = expected_correct(final, task)
    records["judged"] = expected_correct(judge, task)
    records["answer"] = _bits(final, task)
    records["judge_answer"] = _bits(judge, task)
    return records


def _bits(proba: FloatArray, task: Task) -> NDArray[np.uint8]:
    answers = decide(proba, task)
    given = answers if task == "multi" else np.eye(proba.shape[1], dtype=np.int64)[answers]
    return np.packbits(given.astype(np.uint8), axis=1, bitorder="little")


def _most_useful(snapshot: Snapshot, facts: RoundFacts, confidence: Float32Array) -> IntArray:
    """Order items without a label by doubt; audit items keep out: they are asked by chance only."""
    free = ~snapshot.pool.is_labelled & ~snapshot.pool.is_asked
    free[facts.audit_order[: facts.audit_reserved or 0]] = False
    places = np.flatnonzero(free)
    return places[np.argsort(confidence[places], kind="stable")].astype(np.int64)


def _report(
    snapshot: Snapshot, facts: RoundFacts, models: core.FinalModels, judged: Float32Array, look: int
) -> FinalReport:
    alpha = alpha_of_look(look)
    found = core.judged_levels(
        facts,
        models.judge,
        judged[~snapshot.pool.is_labelled],
        snapshot.config.task,
        alpha=alpha,
    )
    seen = models.calibration
    return FinalReport(
        list(found),
        look,
        alpha,
        seen.temperature,
        seen.before,
        seen.after,
        seen.n,
        seen.is_fair,
    )


def _publish(
    attempt: Attempt, snapshot: Snapshot, facts: RoundFacts, number: int, made: Made
) -> dict[str, Any]:
    """Write the row and end the run in one short write; a superseded attempt writes nothing."""
    project_id = snapshot.project.id
    model_file = model_files.write(project_id, snapshot.number, made.models.model)
    judge_file = model_files.write(project_id, snapshot.number, made.models.judge)
    with transaction.atomic():
        attempt.hold()
        Final.objects.create(
            project_id=project_id,
            number=number,
            seed=snapshot.seed,
            config=snapshot.config.to_dict(),
            features_version=made.features_version,
            label_revision=snapshot.answers.revision,
            class_ids=list(snapshot.project.class_ids),
            model_version=made.models.model.digest()[:40],  # type: ignore[attr-defined]
            model_file=model_file,
            judge_version=made.models.judge.digest()[:40],  # type: ignore[attr-defined]
            judge_file=judge_file,
            n_items=facts.n_items,
            n_labelled=len(facts.train_positions) + len(facts.audit_positions),
            n_audit=len(facts.audit_positions),
            file=made.file,
            report=asdict(made.report),
        )
        report = {"final": number, "items": facts.n_items}
        attempt.finish(report)
    return report
