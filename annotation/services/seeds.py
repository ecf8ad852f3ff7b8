"""The seed set: what leads sought out in the pool, to be asked first.

Nothing here looks at the audit order, so that neither a refusal nor its absence tells of it. A
sought item is no random one and leaves that order, unless it was handed out as audit item before
(docs/decisions/0025).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, QuerySet

from annotation.models import Assignment, Item, LabelClass, Project, Seed, State, User
from annotation.services import audit

# As many as anybody would pick by hand or with a lasso; more is a matter for an import.
MAX_AT_ONCE = 1_000
MAX_SEEDS = 10_000


@dataclass(frozen=True)
class Added:
    """What became of picking some items: how many are new, were there before, were refused."""

    n_new: int
    n_before: int
    n_unknown: int


@transaction.atomic
def add(
    *,
    project: Project,
    item_ids: Sequence[int],
    actor: User,
    now: datetime,
    suggested_id: int | None = None,
) -> Added:
    """Put these items at the end of the seed set, in this order; those in it stay where they are.

    Items that are not in the project's pool are counted and left out. Adding twice changes
    nothing. Raises ValidationError for too many at once or in all, and for an unknown class.
    """
    wanted = list(dict.fromkeys(int(each) for each in item_ids))
    if len(wanted) > MAX_AT_ONCE:
        raise ValidationError(f"{len(wanted):,} items at once are too many: at most 1,000.")
    _check_class(project, suggested_id)
    pool = Item.objects.filter(project=project, withdrawn_at=None, pk__in=wanted)
    known = set(pool.values_list("pk", flat=True))
    standing = Seed.objects.filter(item__in=known, removed_at=None)
    before = set(standing.values_list("item", flat=True))
    new = [item_id for item_id in wanted if item_id in known - before]
    _check_room(project, len(new))
    _write(project, new, actor, now, suggested_id)
    if new:
        audit.note("seeds.add", actor=actor, project=project, after=new)
    return Added(len(new), len(before), len(wanted) - len(known))


def _write(
    project: Project, item_ids: Sequence[int], actor: User, now: datetime, suggested_id: int | None
) -> None:
    """Write picks, those taken back before anew; of two people who pick the same the last."""
    rows = [
        Seed(
            project=project,
            item_id=item_id,
            suggested_id=suggested_id,
            added_by=actor,
            added_at=now,
            removed_at=None,
        )
        for item_id in item_ids
    ]
    Seed.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["item"],
        update_fields=["suggested", "added_by", "added_at", "removed_at"],
    )


def _check_class(project: Project, class_id: int | None) -> None:
    if class_id is not None and not project.classes.filter(pk=class_id).exists():
        raise ValidationError("This is not a class of this project.")


def _check_room(project: Project, n_new: int) -> None:
    has = Seed.objects.filter(project=project, removed_at=None).count() if n_new else 0
    if has + n_new > MAX_SEEDS:
        raise ValidationError(
            f"The seed set holds {has:,} items; with {n_new:,} more it would be over "
            f"{MAX_SEEDS:,}. Import labels instead."
        )


@transaction.atomic
def remove(*, project: Project, item_ids: Sequence[int], actor: User, now: datetime) -> int:
    """Take picks back that nobody was asked about and that wait in no batch; return how many.

    They are not asked first any more, but stay sought: they never become audit items again.
    """
    standing = Assignment.objects.filter(project=project).exclude(state=State.WITHDRAWN)
    picks = Seed.objects.waiting().filter(project=project, item__in=item_ids)
    picks = picks.exclude(item__in=standing.values("item"))
    gone = list(picks.values_list("item", flat=True))
    Seed.objects.filter(project=project, item__in=gone).update(removed_at=now)
    if gone:
        audit.note("seeds.remove", actor=actor, project=project, before=gone)
    return len(gone)


@transaction.atomic
def suggest(*, project: Project, item_id: int, class_id: int | None, actor: User) -> None:
    """Say of a pick which class it is likely to be, or that nobody knows."""
    _check_class(project, class_id)
    picks = Seed.objects.filter(project=project, item=item_id, removed_at=None)
    pick = picks.select_for_update().first()
    if pick is None:
        raise ValidationError("This item is not in the seed set any more.")
    before = pick.suggested_id
    if before != class_id:
        Seed.objects.filter(pk=pick.pk).update(suggested=class_id)
        audit.note(
            "seeds.suggest",
            actor=actor,
            project=project,
            target=f"item {item_id}",
            before=before,
            after=class_id,
        )


def is_picked(item_id: int) -> bool:
    return Seed.objects.filter(item=item_id, removed_at=None).exists()


def waiting_ids(project_id: int) -> list[int]:
    """Return the items of the seed set nobody was asked about, in the order they were picked."""
    picks = Seed.objects.waiting().filter(project=project_id)
    return list(picks.values_list("item", flat=True))


def listed(project: Project) -> list[Seed]:
    """Return the picks that stand: those that wait in their order, then those that were asked."""
    waiting = set(waiting_ids(project.pk))
    rows = Seed.objects.filter(project=project, removed_at=None, item__withdrawn_at=None)
    rows = rows.select_related("item__payload", "item__consensus", "suggested", "added_by")
    return sorted(rows, key=lambda pick: (pick.item_id not in waiting, pick.added_at, pick.pk))


@dataclass(frozen=True)
class Share:
    """How many picks of one class there are; None stands for those without a suggestion."""

    suggested: LabelClass | None
    n: int
    n_waiting: int


def shares(project: Project) -> list[Share]:
    """Return how many picks each class has, in the order of the classes."""
    picks = Seed.objects.filter(project=project, removed_at=None)
    every, waiting = _by_class(picks), _by_class(picks.waiting())
    rows: list[LabelClass | None] = [*project.classes.all(), None]
    keys = [each.pk if each else None for each in rows]
    return [
        Share(each, every.get(key, 0), waiting.get(key, 0))
        for each, key in zip(rows, keys, strict=True)
    ]


def _by_class(picks: QuerySet[Seed]) -> dict[int | None, int]:
    counted = picks.order_by().values("suggested").annotate(n=Count("pk"))
    return {row["suggested"]: row["n"] for row in counted}
