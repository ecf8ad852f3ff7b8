"""What the reader may read as arrays: the pool and its answers. Only workers load this."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Exists, OuterRef
from numpy.typing import NDArray

from annotation.exchange.facts import n_labels, revision
from annotation.models import (
    Consensus,
    Gold,
    Item,
    Purpose,
    Seed,
    State,
)
from annotation.quality import relabelling
from annotation.quality.settling import Verdict, weigh
from annotation.services import overlap, reliability

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
CHUNK = 2_000
POOL_FLAGS = ("is_labelled", "is_asked", "is_out", "is_audit")


@dataclass(frozen=True)
class Pool:
    """Every item of a project, in id order: arrays of one length.

    `is_asked` items were handed out: they are with annotators, answered, or wait for the lead;
    `is_out` ones are with annotators now; `is_audit` ones were handed out as audit items. What
    only waits in the queue is in none of them: the next batch replaces it. `is_sought` items were
    ever picked by a lead; `is_gold` ones have a known answer and measure people, no model.
    """

    ids: IntArray
    content_hashes: list[str]
    audit_ranks: IntArray
    is_labelled: NDArray[np.bool_]
    is_asked: NDArray[np.bool_]
    is_out: NDArray[np.bool_]
    is_audit: NDArray[np.bool_]
    is_sought: NDArray[np.bool_]
    is_gold: NDArray[np.bool_]


@dataclass(frozen=True)
class Answers:
    """The consensus of every labelled item, in item order, as of one revision.

    Certainties are what an item counts for in training, in (0, 1]; n_answers how many people
    answered it; is_settled where another opinion would tell next to nothing, or is for a lead.
    sure is how likely each is right, and skill how likely the next answer will be; None in what a
    round saw before these were kept.
    """

    revision: int
    item_ids: IntArray
    values: list[list[int]]
    certainties: FloatArray
    n_labels: int
    n_answers: IntArray
    is_settled: NDArray[np.bool_]
    sure: FloatArray | None = None
    skill: float | None = None


def load_pool(project_id: int) -> Pool:
    """Return the project's items as arrays; a narrow read, flat in the size of payloads."""
    asked = overlap.asked().filter(item=OuterRef("pk"))
    rows = (
        Item.objects.filter(project=project_id, withdrawn_at=None)
        .order_by("pk")
        .annotate(
            is_labelled=Exists(Consensus.objects.filter(item=OuterRef("pk"))),
            is_asked=Exists(asked),
            is_out=Exists(asked.filter(state=State.LEASED)),
            is_audit=Exists(asked.filter(purpose=Purpose.AUDIT)),
        )
        .values_list("pk", "content_hash", "audit_rank", *POOL_FLAGS)
    )
    columns = list(zip(*rows.iterator(chunk_size=CHUNK), strict=True)) or [()] * 7
    ids = np.array(columns[0], dtype=np.int64)
    flags = {
        name: np.array(column, dtype=np.bool_)
        for name, column in zip(POOL_FLAGS, columns[3:], strict=True)
    }
    sought = list(Seed.objects.filter(project=project_id).values_list("item", flat=True))
    gold = list(Gold.objects.filter(project=project_id).values_list("item", flat=True))
    return Pool(
        ids=ids,
        content_hashes=list(columns[1]),
        audit_ranks=np.array(columns[2], dtype=np.int64),
        is_sought=np.isin(ids, np.array(sought, dtype=np.int64)),
        is_gold=np.isin(ids, np.array(gold, dtype=np.int64)),
        **flags,
    )


def load_answers(project_id: int) -> Answers:
    """Return the consensus of all labelled items, and the revision it belongs to.

    The revision is read first: a label that comes meanwhile may be among the answers, but is
    never taken for seen when it is not.
    """
    seen = revision(project_id)
    rows = list(
        Consensus.objects.filter(project=project_id, item__withdrawn_at=None)
        .filter(item__gold=None)
        .order_by("item")
        .values_list("item", "value", "certainty", "n_labels", "is_final")
    )
    return answers_of(
        [(item, Verdict(tuple(v), sure, n, is_final=final)) for item, v, sure, n, final in rows],
        mean_skill=reliability.mean_skill(project_id),
        revision=seen,
        n_labels=n_labels(project_id),
    )


def answers_of(
    verdicts: Sequence[tuple[int, Verdict]], *, mean_skill: float, revision: int, n_labels: int
) -> Answers:
    """Return verdicts, in item order, as the arrays a round reads."""
    found = [verdict for _, verdict in verdicts]
    return Answers(
        revision=revision,
        item_ids=np.array([item for item, _ in verdicts], dtype=np.int64),
        values=[list(each.answer) for each in found],
        certainties=np.array([weigh(v.certainty, mean_skill) for v in found], dtype=np.float64),
        n_labels=n_labels,
        n_answers=np.array([each.n_labels for each in found], dtype=np.int64),
        is_settled=np.array([_is_settled(each) for each in found], dtype=np.bool_),
        sure=np.array([each.certainty for each in found], dtype=np.float64),
        skill=mean_skill,
    )


def _is_settled(verdict: Verdict) -> bool:
    several = verdict.n_labels > 1
    return (
        verdict.is_final
        or verdict.n_labels >= relabelling.MOST
        or (several and verdict.certainty >= relabelling.SURE)
    )
