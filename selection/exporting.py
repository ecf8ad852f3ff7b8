"""A project taken away: labels, agreement, predictions and how each item was come by, in a stream.

One line an item, flat in memory whatever the size; for pages and for jobs.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from annotation import exchange
from annotation.exchange import ExportedItem, ProjectFacts
from selection import final_files
from selection.final_files import Prediction
from selection.models import Acceptance, Final, Pick, Round
from selection.services import accepting

CHUNK = 500
COLUMNS = (
    "item", "key", "content", "value", "source", "agreed", "certainty", "labels", "predicted",
    "confidence", "accepted", "round", "purpose", "strategy", "score", "probability", "reason",
    "model", "seed", "final_model",
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """What the lines are made from, looked up once."""

    project: ProjectFacts
    names: dict[int, str]
    final: Final | None
    accepted: Acceptance | None
    seeds: dict[int, int]
    strategies: dict[int, str]


def csv_lines(project_id: int) -> Iterator[str]:
    """Yield the header and a line per item, in cells no spreadsheet takes for a formula."""
    yield _line(COLUMNS)
    for row in rows(project_id):
        row["labels"] = "; ".join(
            f"{each['annotator']}: {', '.join(each['classes'])}" for each in row["labels"]
        )
        row["value"], row["agreed"], row["predicted"] = (
            "" if row[name] is None else ", ".join(row[name])
            for name in ("value", "agreed", "predicted")
        )
        yield _line([row[name] for name in COLUMNS])


def jsonl_lines(project_id: int) -> Iterator[str]:
    """Yield one JSON object per item, its labels inside."""
    for row in rows(project_id):
        yield json.dumps(row, ensure_ascii=False) + "\n"


def rows(project_id: int) -> Iterator[dict[str, Any]]:
    """Yield every item in order of id.

    `value` is what to use: the agreed label, else the accepted prediction, else the prediction;
    `source` says which ("label", "accepted", "prediction", "").
    """
    source = _source(project_id)
    predictions = _predictions(source.final)
    items = exchange.export_items(project_id)
    waiting: Prediction | None = None
    while some := list(islice(items, CHUNK)):
        picks = _picks(project_id, [item.id for item in some])
        for item in some:
            while waiting is None or waiting.item_id < item.id:
                waiting = next(predictions, None)
                if waiting is None:
                    break
            fits = waiting is not None and waiting.item_id == item.id
            yield _row(source, item, waiting if fits else None, picks.get(item.id))


def _source(project_id: int) -> Source:
    project = exchange.project_facts(project_id)
    accepted = accepting.standing(project_id)
    seen = Round.objects.filter(project=project_id).values_list("number", "seed", "config")
    rounds = list(seen)
    return Source(
        project=project,
        names=dict(zip(project.class_ids, project.class_names, strict=True)),
        # Accepted predictions are those of the model they were accepted from.
        final=accepted.final if accepted else accepting.newest(project_id),
        accepted=accepted,
        seeds={number: seed for number, seed, _ in rounds},
        strategies={number: config.get("strategy", "") for number, _, config in rounds},
    )


def _predictions(final: Final | None) -> Iterator[Prediction]:
    if final is None:
        return iter(())
    return final_files.read_all(final.file, len(final.class_ids))


def _picks(project_id: int, item_ids: Sequence[int]) -> dict[int, dict[int, float | None]]:
    found = Pick.objects.filter(round__project=project_id, item__in=item_ids)
    chances = found.values_list("item", "round__number", "probability")
    by_item: dict[int, dict[int, float | None]] = {}
    for item_id, number, probability in chances:
        by_item.setdefault(item_id, {})[number] = probability
    return by_item


def _row(
    source: Source,
    item: ExportedItem,
    said: Prediction | None,
    chances: dict[int, float | None] | None,
) -> dict[str, Any]:
    is_accepted = _is_accepted(source, item, said)
    predicted = None if said is None else _predicted(source, said, is_accepted)
    agreed = None if item.agreed is None else _named(source, item.agreed)
    number = item.batch if item.batch is not None and item.batch >= 0 else None
    return {
        "item": item.id,
        "key": item.key,
        "content": item.content,
        "value": predicted if agreed is None else agreed,
        "source": "label" if agreed is not None else _origin(said, is_accepted),
        "agreed": agreed,
        "certainty": item.certainty,
        "labels": [_label(source, each) for each in item.labels],
        "predicted": predicted,
        "confidence": None if said is None else round(said.confidence, 6),
        "accepted": is_accepted,
        "round": number,
        "purpose": item.purpose,
        "strategy": "" if number is None else source.strategies.get(number, ""),
        "score": item.score,
        "probability": None if number is None else (chances or {}).get(number),
        "reason": item.reason,
        "model": item.model_version,
        "seed": None if number is None else source.seeds.get(number),
        "final_model": "" if source.final is None else source.final.model_version,
    }


def _is_accepted(source: Source, item: ExportedItem, said: Prediction | None) -> bool:
    """A label always goes before a prediction, also one that came after the acceptance."""
    if source.accepted is None or said is None or item.agreed is not None:
        return False
    return said.judged >= source.accepted.threshold


def _predicted(source: Source, said: Prediction, is_accepted: bool) -> list[str]:
    """What was accepted is what the judge said: its answers are those that were judged."""
    places = said.judge_answer if is_accepted else said.answer
    class_ids = source.final.class_ids if source.final else []
    return _named(source, [class_ids[place] for place in places])


def _origin(said: Prediction | None, is_accepted: bool) -> str:
    if is_accepted:
        return "accepted"
    return "" if said is None else "prediction"


def _named(source: Source, class_ids: Sequence[int]) -> list[str]:
    return [source.names.get(each, f"class {each}") for each in class_ids]


def _label(source: Source, label: exchange.ExportedLabel) -> dict[str, Any]:
    return {
        "annotator": label.annotator,
        "classes": _named(source, label.classes),
        "purpose": label.purpose,
        "origin": label.origin,
        "active_seconds": label.active_seconds,
        "created_at": label.created_at.isoformat(),
    }


def _line(cells: Sequence[object]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([exchange.spreadsheet_cell(each) for each in cells])
    return buffer.getvalue()
