"""Groups of similar items in the pool: a worker looks for them, leads look through them."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from annotation.models import Group, Guess, Item, Project, User
from annotation.services import runs

KIND = "groups"
SHOWN_EXAMPLES = 6
CHUNK = 2_000


@dataclass(frozen=True)
class GroupOf:
    """A group with the items that stand for it, and how many of it are labelled."""

    group: Group
    examples: list[Item]
    n_labelled: int


@dataclass(frozen=True)
class GroupDraft:
    """A group to be written: its size, telling words, and typical items, the first the most."""

    number: int
    size: int
    words: Sequence[str]
    examples: Sequence[int]


@dataclass(frozen=True)
class GuessDraft:
    """What the reader says of one item."""

    item_id: int
    number: int
    class_id: int | None = None
    confidence: float | None = None


def look(*, project: Project, actor: User) -> bool:
    """Have a worker look for groups; False while one does already."""
    return runs.ask(kind=KIND, project=project, params=None, actor=actor)


def of(project: Project) -> list[GroupOf]:
    """Return the groups, the largest first, in three statements."""
    rows = list(Group.objects.filter(project=project).order_by("-size", "number"))
    wanted = [pk for row in rows for pk in row.examples[:SHOWN_EXAMPLES]]
    items = Item.objects.filter(pk__in=wanted, withdrawn_at=None).select_related("payload")
    found = {item.pk: item for item in items}
    labelled = _labelled(project) if rows else {}
    return [
        GroupOf(
            row,
            [found[pk] for pk in row.examples[:SHOWN_EXAMPLES] if pk in found],
            labelled.get(row.number, 0),
        )
        for row in rows
    ]


def _labelled(project: Project) -> dict[int, int]:
    numbers = Guess.objects.filter(item__consensus__project=project, project=project)
    counts: dict[int, int] = {}
    for number in numbers.values_list("number", flat=True).iterator():
        counts[number] = counts.get(number, 0) + 1
    return counts


def write(
    *, attempt: runs.Attempt, groups: Sequence[GroupDraft], guesses: Iterable[GuessDraft]
) -> None:
    """Replace the project's groups and guesses by these, and end the run.

    In short writes, so that people go on labelling: a million guesses in one would make all
    others wait. The groups go first and come last, so that a page shows them only when their
    guesses are whole. Raises Superseded when another worker has taken the run over.
    """
    with transaction.atomic():
        attempt.hold()
        Group.objects.filter(project=attempt.project_id).delete()
    n, rest = 0, iter(guesses)
    while chunk := list(itertools.islice(rest, CHUNK)):
        _write_guesses(attempt, chunk)
        n += len(chunk)
        attempt.report_progress(step="Writing", progress=n)
    with transaction.atomic():
        attempt.hold()
        Group.objects.bulk_create(
            Group(
                project_id=attempt.project_id,
                number=each.number,
                size=each.size,
                words=list(each.words),
                examples=list(each.examples),
            )
            for each in groups
        )
        attempt.finish({"groups": len(groups), "items": n})


@transaction.atomic
def _write_guesses(attempt: runs.Attempt, chunk: Sequence[GuessDraft]) -> None:
    attempt.hold()
    Guess.objects.bulk_create(
        [
            Guess(
                item_id=each.item_id,
                project_id=attempt.project_id,
                number=each.number,
                class_id=each.class_id,
                confidence=each.confidence,
            )
            for each in chunk
        ],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["item"],
        update_fields=["number", "class_id", "confidence"],
    )
