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
# What a digest of all labels is kept under, beside the digests of the facts.
LABELS = "labels"


@dataclass(frozen=True)
class Seen:
    """The fields of an Inputs row, made before the short write that publishes a round."""

    project: dict[str, Any]
    asides: dict[str, Any]
    desk: bytes
    answers: bytes
    digests: dict[str, str]


def describe(snapshot: Snapshot, facts: RoundFacts) -> Seen:
    """Return what must be kept to repeat a round of these facts exactly."""
    return Seen(
        project=asdict(snapshot.project),
        asides={name: getattr(snapshot, name) for name in _asides()},
        desk=_packed(snapshot.pool),
        answers=_packed_answers(snapshot.answers),
        digests=fingerprints(facts) | {LABELS: labels_digest(snapshot)},
    )


def keep(row: Round, seen: Seen) -> None:
    Inputs.objects.create(
        round=row,
        project=seen.project,
        asides=seen.asides,
        desk=seen.desk,
        answers_seen=seen.answers,
        digests=seen.digests,
        made_with=made_with(),
    )


def labels_digest(snapshot: Snapshot) -> str:
    """Return a digest of all labels up to the revision the round saw."""
    return exchange.labels_digest(snapshot.project.id, revision=snapshot.answers.revision)


def made_with() -> dict[str, str]:
    """Return the versions that may change a number's last digits."""
    libraries = {name: version(name) for name in LIBRARIES}
    return {"python": platform.python_version(), **libraries, "machine": platform.machine()}


def snapshot_of(row: Round) -> tuple[Snapshot, SelectionConfig]:
    """Return the world as this round saw it, and how it was to read the items.

    Items are read again by their ids; what was agreed of them then depends on the skills measured
    then, and was kept. Raises ValidationError when the round was published without its inputs, or
    items it saw are gone.
    """
    kept = Inputs.objects.filter(round=row).first()
    if kept is None or not kept.answers_seen:
        raise ValidationError(
            f"Round {row.number} was published before alapp kept what a repetition needs."
        )
    pool = _pool(row, kept)
    snapshot = Snapshot(
        project=_project(row.project_id, kept.project),
        pool=pool,
        answers=_answers(bytes(kept.answers_seen)),
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


# Answers: classes in one row, how many of them each item has, and every other column as it is


def _packed_answers(answers: Answers) -> bytes:
    columns: dict[str, Any] = {each.name: getattr(answers, each.name) for each in fields(answers)}
    values: list[list[int]] = columns.pop("values")
    columns["item_ids"] = _steps(answers.item_ids)
    columns["value_sizes"] = np.array([len(value) for value in values], dtype=np.int64)
    columns["value_classes"] = np.array([c for value in values for c in value], dtype=np.int64)
    file = io.BytesIO()
    np.savez_compressed(file, **columns)
    return file.getvalue()


def _answers(content: bytes) -> Answers:
    with np.load(io.BytesIO(content), allow_pickle=False) as packed:
        found: dict[str, Any] = {name: packed[name] for name in packed.files}
    sizes, classes = found.pop("value_sizes"), found.pop("value_classes").tolist()
    ends = np.cumsum(sizes).tolist()
    starts = [end - size for end, size in zip(ends, sizes.tolist(), strict=True)]
    found["values"] = [classes[at:end] for at, end in zip(starts, ends, strict=True)]
    found["item_ids"] = np.cumsum(found["item_ids"], dtype=np.int64)
    # Plain numbers come back as arrays without a side.
    plain = {
        n: v.item() if isinstance(v, np.ndarray) and not v.ndim else v for n, v in found.items()
    }
    return Answers(**plain)


def _project(project_id: int, then: Mapping[str, Any]) -> ProjectFacts:
    """Return the project as it was; what a later version of alapp asks for besides, as it is."""
    now = asdict(exchange.project_facts(project_id))
    known = {each.name for each in fields(ProjectFacts)}
    values = now | {name: value for name, value in then.items() if name in known}
    return ProjectFacts(**_tuples(values))


def _tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what JSON made lists of as tuples again."""
    return {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
