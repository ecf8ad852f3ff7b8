"""Items whose answer is known (gold): chosen by leads, asked blindly, held against people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet

from annotation import schema
from annotation.models import (
    Assignment,
    Batch,
    Consensus,
    Decision,
    Gold,
    Item,
    Project,
    Purpose,
    State,
    User,
)
from annotation.models.projects import MAX_OVERLAP
from annotation.services import audit, labels, overlap, quality

# An item three people agree on, and surely, may become one at a lead's nod.
AGREEING, SURE = 3, 0.95


@dataclass(frozen=True)
class Known:
    """One item and its answer, as a lead gives it; `row` is the line of their file, if any."""

    item_id: int
    class_ids: Sequence[int]
    row: int | None = None


@transaction.atomic
def add(
    *, project: Project, known: Sequence[Known], source: str, actor: User, now: datetime
) -> int:
    """Let these items measure people from the next batch on; return how many are new.

    All or nothing. They leave training at the next retrain. Raises ValidationError naming each
    item that cannot: one of another project, with a wrong answer, or that measures a model.
    """
    problems, rows = [], []
    items = Item.objects.filter(project=project, withdrawn_at=None).in_bulk(
        [each.item_id for each in known]
    )
    measuring = _measuring(project, [each.item_id for each in known])
    question = labels.question_of(project)
    for each in known:
        try:
            rows.append(_gold(project, each, items, measuring, question, source, actor, now))
        except ValidationError as error:
            problems += error.messages
    if problems:
        raise ValidationError(problems)
    before = Gold.objects.filter(project=project).count()
    Gold.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    ids = [row.item_id for row in rows]
    _stop_asking(ids, now)
    quality.update_consensus_of(project=project, item_ids=ids)
    n = Gold.objects.filter(project=project).count() - before
    audit.note("gold.add", actor=actor, project=project, after={"items": ids, "source": source})
    return n


@transaction.atomic
def retire(*, project: Project, item_id: int, actor: User, now: datetime) -> None:
    """Ask this item no more; what it said of people stays, and it trains no model."""
    gold = Gold.objects.filter(project=project, item=item_id, retired_at=None)
    if gold.update(retired_at=now):
        _stop_asking([item_id], now)
        audit.note("gold.retire", actor=actor, project=project, target=f"item {item_id}")


@transaction.atomic
def restore(*, project: Project, item_id: int, actor: User) -> None:
    """Ask a retired item again, from the next batch on; what it said of people stays.

    Raises ValidationError when it measures the model by now.
    """
    gold = Gold.objects.select_for_update().filter(project=project, item=item_id)
    found = gold.exclude(retired_at=None).select_related("item").first()
    if found is None:
        return
    if _measuring(project, [item_id]):
        text = f"Item {found.item.key!r} measures the model, and cannot measure people as well."
        raise ValidationError(text)
    gold.update(retired_at=None)
    audit.note("gold.restore", actor=actor, project=project, target=f"item {item_id}")


def candidates(project: Project) -> QuerySet[Consensus]:
    """Return items that could measure people: decided by a lead, or agreed by three, surely.

    Never one that measures a model, nor one that is it already.
    """
    sure = Q(is_final=True) | Q(
        n_labels__gte=AGREEING, certainty__gte=SURE, is_tied=False, is_final=False
    )
    rows = Consensus.objects.filter(sure, project=project, item__withdrawn_at=None)
    measuring = Assignment.objects.filter(project=project, purpose=Purpose.AUDIT)
    return rows.filter(item__gold=None).exclude(item__in=measuring.values("item")).order_by("-pk")


def chosen(project: Project, batch: Batch, *, n_asked: int) -> list[Assignment]:
    """Return known answers to lay among a batch's items, at places by lot.

    As many in a hundred as the project says, those asked least first. Each takes the next slot of
    its item, so that it goes to somebody who has not seen it.
    """
    wanted = _share(project, batch, n_asked)
    waiting = Assignment.objects.filter(item__gold__project=project, state=State.OPEN)
    gold = Gold.objects.filter(project=project, retired_at=None, item__withdrawn_at=None)
    items = list(gold.exclude(item__in=waiting.values("item")).values_list("item", flat=True))
    # Each is asked slot by slot, so that its next one says how often it was.
    slots = {item: slot for item, slot in overlap.next_slots(items).items() if slot < MAX_OVERLAP}
    first = sorted(slots, key=lambda item: (slots[item], _lot(project, batch, item)))[:wanted]
    spare = {str(item_id): told for item_id, told in batch.spare.items()}
    return [
        Assignment(
            project=project,
            batch=batch,
            item_id=item,
            slot=slots[item],
            position=int.from_bytes(_lot(project, batch, item)[8:]) % max(n_asked, 1),
            purpose=Purpose.GOLD,
            reason={"code": "gold"},
            said=spare.get(str(item)),
        )
        for item in first
    ]


def _share(project: Project, batch: Batch, n_asked: int) -> int:
    """Return how many of so many items; what is left of one is rounded by lot."""
    exact = n_asked * project.gold_percent / 100
    lot = int.from_bytes(_lot(project, batch, 0)[:6]) / 2**48
    return int(exact) + int(lot < exact % 1)


def _lot(project: Project, batch: Batch, item_id: int) -> bytes:
    key = f"{project.seed}.{batch.number}".encode()
    return blake2b(str(item_id).encode(), key=key, digest_size=16, person=b"gold").digest()


def _gold(
    project: Project,
    known: Known,
    items: Mapping[int, Item],
    measuring: set[int],
    question: schema.Question,
    source: str,
    actor: User,
    now: datetime,
) -> Gold:
    where = f"Row {known.row}: " if known.row is not None else ""
    if known.item_id not in items:
        raise ValidationError(f"{where}item {known.item_id} is not part of this project.")
    item = items[known.item_id]
    if known.item_id in measuring:
        text = f"{where}item {item.key!r} measures the model, and cannot measure people as well."
        raise ValidationError(text)
    try:
        value = schema.check(question, known.class_ids)
    except schema.AnswerError as error:
        raise ValidationError(f"{where}item {item.key!r}: {error}") from None
    return Gold(
        project=project, item=item, value=value, source=source, added_by=actor, added_at=now
    )


def _measuring(project: Project, item_ids: Sequence[int]) -> set[int]:
    asked = Assignment.objects.filter(project=project, item__in=item_ids, purpose=Purpose.AUDIT)
    return set(asked.exclude(state=State.WITHDRAWN).values_list("item", flat=True))


def _stop_asking(item_ids: Sequence[int], now: datetime) -> None:
    waiting = Assignment.objects.filter(item__in=item_ids, state=State.OPEN)
    waiting.update(state=State.WITHDRAWN, closed_at=now)


def suggested(project: Project, item_ids: Sequence[int]) -> list[Known]:
    """Return these candidates with what was decided or agreed."""
    rows = candidates(project).filter(item__in=item_ids).values_list("item", "value")
    decided = dict(
        Decision.objects.standing().filter(item__in=item_ids).values_list("item", "value")
    )
    return [Known(item, decided.get(item, value)) for item, value in rows]
