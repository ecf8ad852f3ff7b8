"""What exports want to know of selection: how items were chosen, and what the model says of each.

For workers and commands: a model of the last round is asked anew, which takes numbers.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from django.core.exceptions import ValidationError

from annotation.exchange import (
    Attempt,
    Origins,
    PickOrigin,
    Predicted,
    Predictions,
    RoundOrigin,
)
from selection import final_files, model_files, retraining
from selection.core.chunks import pieces, predict_piece
from selection.core.evaluation import decide
from selection.core.measures import expected_correct
from selection.core.types import FloatArray, Task
from selection.encoding import features_of
from selection.models import Acceptance, Final, Inputs, Pick, Round
from selection.services import accepting

ROWS = 4_096


def origins_of(project_id: int) -> Origins:
    return Origins(
        rounds=partial(_rounds, project_id),
        picks=partial(_picks, project_id),
        predict=partial(_predict, project_id),
    )


def _rounds(project_id: int) -> Mapping[int, RoundOrigin]:
    rows = Round.objects.filter(project=project_id)
    return {
        number: RoundOrigin(seed, config.get("strategy", ""), model)
        for number, seed, config, model in rows.values_list(
            "number", "seed", "config", "model_version"
        )
    }


def _picks(project_id: int, item_ids: Sequence[int]) -> Mapping[tuple[int, int], PickOrigin]:
    rows = Pick.objects.filter(round__project=project_id, item__in=item_ids)
    return {
        (item, number): PickOrigin(strategy, probability)
        for item, number, strategy, probability in rows.values_list(
            "item", "round__number", "strategy", "probability"
        )
    }


def _predict(project_id: int, attempt: Attempt, path: Path) -> Predictions | None:
    """Return what the final model says, else that of the last round; None before any model."""
    accepted = accepting.standing(project_id)
    # Accepted predictions are those of the model they were accepted from.
    final = accepted.final if accepted else accepting.newest(project_id)
    if final is not None:
        return _of_final(final, accepted)
    rounds = Round.objects.filter(project=project_id).exclude(model_file="")
    newest = rounds.order_by("-number").first()
    return _of_round(newest, attempt, path) if newest else None


def _of_final(final: Final, accepted: Acceptance | None) -> Predictions:
    def rows() -> Iterator[Predicted]:
        for said in final_files.read_all(final.file, len(final.class_ids)):
            is_accepted = accepted is not None and said.judged >= accepted.threshold
            yield Predicted(
                said.item_id,
                tuple(final.class_ids[place] for place in said.answer),
                said.confidence,
                # What was accepted is what the judge said: its answers are those that were judged.
                tuple(final.class_ids[n] for n in said.judge_answer) if is_accepted else None,
            )

    return Predictions(
        model=final.model_version,
        source=f"final model {final.number}",
        class_ids=tuple(final.class_ids),
        has_probabilities=False,
        rows=rows,
    )


def _of_round(newest: Round, attempt: Attempt, path: Path) -> Predictions:
    """Ask the model of a round about every item; what it says goes to the file, piece by piece."""
    snapshot, selection = retraining.read(newest.project_id)
    encoded = features_of(snapshot, selection, attempt)
    if encoded.version != newest.features_version:
        raise ValidationError(
            f"The model of round {newest.number} reads items in another way than is set now: "
            "there are predictions again after the next round."
        )
    class_ids = _classes_of(newest, snapshot.project.class_ids)
    model = model_files.read(newest.model_file)
    ids, n = snapshot.pool.ids, len(snapshot.pool.ids)
    with path.open("wb") as file:
        for part in pieces(n, ROWS):
            attempt.report_progress(step="Asking the model", progress=part.start, total=n)
            places = np.arange(part.start, part.stop, dtype=np.int64)
            records = np.empty(len(places), dtype=_record(len(class_ids)))
            records["item"] = ids[places]
            records["proba"] = predict_piece(model, encoded.matrix, places)
            file.write(records.tobytes())
    return Predictions(
        model=newest.model_version,
        source=f"model of round {newest.number}",
        class_ids=class_ids,
        has_probabilities=True,
        rows=partial(_read, path, class_ids, snapshot.config.task),
    )


def _classes_of(newest: Round, now: tuple[int, ...]) -> tuple[int, ...]:
    """Return the classes the model knows: those of its round, where that was kept."""
    known = Inputs.objects.filter(round=newest).values_list("project", flat=True).first()
    return tuple(known["class_ids"]) if known else now


def _record(n_classes: int) -> np.dtype[np.void]:
    return np.dtype([("item", "<i8"), ("proba", "<f4", (n_classes,))])


def _read(path: Path, class_ids: tuple[int, ...], task: Task) -> Iterator[Predicted]:
    kind = _record(len(class_ids))
    with path.open("rb") as file:
        while block := file.read(kind.itemsize * ROWS):
            records = np.frombuffer(block, dtype=kind)
            yield from _told(records["item"], records["proba"].astype(np.float64), class_ids, task)


def _told(
    items: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    proba: FloatArray,
    class_ids: tuple[int, ...],
    task: Task,
) -> Iterator[Predicted]:
    answers = decide(proba, task)
    sure = expected_correct(proba, task)
    for item, answer, confidence, chances in zip(
        items.tolist(), answers.tolist(), sure.tolist(), proba.tolist(), strict=True
    ):
        given = np.flatnonzero(answer).tolist() if task == "multi" else [answer]
        yield Predicted(item, tuple(class_ids[n] for n in given), confidence, None, tuple(chances))
