"""What a round saw that rows no longer tell: kept when it is published, read to repeat it."""

import io
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from importlib.metadata import version
from typing import Any

import numpy as np
from django.core.exceptions import ValidationError

from annotation import exchange
from annotation.exchange import Answers, Pool, ProjectFacts
from selection.core.config import LoopConfig
from selection.core.fingerprints import fingerprints
from selection.core.types import BoolArray, IntArray, RoundFacts
from selection.facts import Snapshot
from selection.models import Inputs, Round, SelectionConfig

LIBRARIES = ("numpy", "scipy", "scikit-learn")
# What counts as an item's answer: its classes, weight, number of people, and whether it is settled.
Told = tuple[list[int], float, int, bool]


@dataclass(frozen=True)
class Seen:
    """The fields of an Inputs row, made before the short write that publishes a round."""

    project: dict[str, Any]
    asides: dict[str, Any]
    desk: bytes
    answers: list[list[Any]]
    digests: dict[str, str]


def describe(snapshot: Snapshot, facts: RoundFacts) -> Seen:
    """Return what must be kept to repeat a round of these facts exactly."""
    return Seen(
        project=asdict(snapshot.project),
        asides={name: getattr(snapshot, name) for name in _asides()},
        desk=_packed(snapshot.pool),
        answers=_untold(snapshot),
        digests=fingerprints(facts),
    )


def keep(row: Round, seen: Seen) -> None:
    Inputs.objects.create(
        round=row,
        project=seen.project,
        asides=seen.asides,
        desk=seen.desk,
        answers=seen.answers,
        digests=seen.digests,
        made_with=made_with(),
    )


def made_with() -> dict[str, str]:
    """Return the versions that may change a number's last digits."""
    libraries = {name: version(name) for name in LIBRARIES}
    return {"python": platform.python_version(), **libraries, "machine": platform.machine()}


def snapshot_of(row: Round) -> tuple[Snapshot, SelectionConfig]:
    """Return the world as this round saw it, and how it was to read the items.

    Labels are read again as of its revision, items by their ids. Raises ValidationError when the
    round was published without its inputs, or items it saw are gone.
    """
    kept = Inputs.objects.filter(round=row).first()
    if kept is None:
        raise ValidationError(
            f"Round {row.number} was published before alapp kept what a repetition needs."
        )
    pool = _pool(row, kept)
    snapshot = Snapshot(
        project=_project(row.project_id, kept.project),
        pool=pool,
        answers=_answers(row, kept, pool.ids),
        config=LoopConfig.from_dict(row.config),
        number=row.number,
        **_tuples(kept.asides),
    )
    reading = SelectionConfig(
        project_id=row.project_id,
        features=row.facts["features"],
        features_params=row.facts["features_params"],
    )
    return snapshot, reading


def _asides() -> list[str]:
    """Return what else a snapshot holds: the budget left and whatever is added to it."""
    own = ("project", "pool", "answers", "config", "number")
    return [each.name for each in fields(Snapshot) if each.name not in own]


# The pool: ids as differences, which compress to little; hashes and ranks never change


def _packed(pool: Pool) -> bytes:
    masks = {name: np.flatnonzero(getattr(pool, name)) for name in _flags()}
    arrays = {"ids": pool.ids, **masks}
    file = io.BytesIO()
    steps: dict[str, Any] = {name: _steps(array) for name, array in arrays.items()}
    np.savez_compressed(file, **steps)
    return file.getvalue()


def _steps(values: IntArray) -> IntArray:
    return np.diff(values, prepend=0).astype(np.int64)


def _pool(row: Round, kept: Inputs) -> Pool:
    with np.load(io.BytesIO(bytes(kept.desk)), allow_pickle=False) as packed:
        found = {name: np.cumsum(packed[name], dtype=np.int64) for name in packed.files}
    ids = found["ids"]
    known = exchange.known_items(row.project_id)
    gone = ~np.isin(ids, known.ids)
    if gone.any():
        raise ValidationError(
            f"{int(gone.sum()):,} of the {len(ids):,} items round {row.number} saw have been "
            "deleted since: it cannot be repeated."
        )
    places = np.searchsorted(known.ids, ids)
    return Pool(
        ids=ids,
        content_hashes=[known.content_hashes[place] for place in places],
        audit_ranks=known.audit_ranks[places],
        **{name: _mask(found.get(name, ids[:0]), len(ids)) for name in _flags()},
    )


def _flags() -> list[str]:
    """Return what a pool says of each item by yes or no."""
    plain = ("ids", "content_hashes", "audit_ranks")
    return [each.name for each in fields(Pool) if each.name not in plain]


def _mask(positions: IntArray, n: int) -> BoolArray:
    mask = np.zeros(n, dtype=np.bool_)
    mask[positions] = True
    return mask


# Labels: read again, but for what they do not tell


def _untold(snapshot: Snapshot) -> list[list[Any]]:
    """Return the answers the round saw that its revision does not tell, and the other way round.

    A label that came while the round was reading, or an answer nobody gave as a label.
    """
    ids = snapshot.pool.ids
    saw = _by_item(snapshot.answers, ids)
    told = _by_item(
        exchange.answers_at(snapshot.project.id, revision=snapshot.answers.revision), ids
    )
    differ = (item for item in sorted(saw.keys() | told.keys()) if saw.get(item) != told.get(item))
    return [[item, *saw.get(item, (None,))] for item in differ]


def _answers(row: Round, kept: Inputs, ids: IntArray) -> Answers:
    told = exchange.answers_at(row.project_id, revision=row.label_revision)
    found = _by_item(told, ids)
    for item, value, *rest in kept.answers:
        found.pop(item, None)
        if value is not None:
            found[item] = (value, *rest) if len(rest) == 3 else (value, rest[0], 1, False)
    items = sorted(found)
    return Answers(
        revision=row.label_revision,
        item_ids=np.array(items, dtype=np.int64),
        values=[found[item][0] for item in items],
        certainties=np.array([found[item][1] for item in items], dtype=np.float64),
        n_labels=row.n_labels,
        n_answers=np.array([found[item][2] for item in items], dtype=np.int64),
        is_settled=np.array([found[item][3] for item in items], dtype=np.bool_),
    )


def _by_item(answers: Answers, ids: IntArray) -> dict[int, Told]:
    inside = np.isin(answers.item_ids, ids).tolist()
    rows = zip(
        answers.item_ids.tolist(),
        answers.values,
        answers.certainties.tolist(),
        answers.n_answers.tolist(),
        answers.is_settled.tolist(),
        strict=True,
    )
    return {
        item: (list(value), *rest)
        for (item, value, *rest), is_in in zip(rows, inside, strict=True)
        if is_in
    }


def _project(project_id: int, then: Mapping[str, Any]) -> ProjectFacts:
    """Return the project as it was; what a later version of alapp asks for besides, as it is."""
    now = asdict(exchange.project_facts(project_id))
    known = {each.name for each in fields(ProjectFacts)}
    values = now | {name: value for name, value in then.items() if name in known}
    return ProjectFacts(**_tuples(values))


def _tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what JSON made lists of as tuples again."""
    return {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
