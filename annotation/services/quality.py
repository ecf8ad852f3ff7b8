"""Consensus: the agreed answer of an item, made anew from its labels whenever they change."""

from collections import Counter
from collections.abc import Iterable, Sequence

from annotation.models import Consensus, Label, Project
from annotation.services import statements

Answer = tuple[int, ...]


def count_answer(*, project: Project, item_id: int, value: Sequence[int]) -> None:
    """Take an answer just recorded into the consensus of its item, in the caller's transaction.

    An item's first answer takes one statement. Of two people who answer at once the second waits
    for the first, and then sees both answers.
    """
    if statements.count_answer(project_id=project.pk, item_id=item_id, value=value) > 1:
        update_consensus_of(project=project, item_ids=[item_id])


def count_answers(*, project: Project, item_ids: Sequence[int], value: Sequence[int]) -> None:
    """Take the same answer to several items into their consensus, in the caller's transaction."""
    if not item_ids:
        return
    several = statements.count_answers(project_id=project.pk, item_ids=item_ids, value=value)
    if several:
        update_consensus_of(project=project, item_ids=several)


def update_consensus_of(*, project: Project, item_ids: Sequence[int]) -> None:
    """Make the consensus of these items anew, inside the caller's transaction."""
    # Locked before the labels are read: else two who change an item at once each miss the other.
    list(Consensus.objects.select_for_update().filter(item__in=item_ids).order_by("item"))
    answers: dict[int, list[Answer]] = {item_id: [] for item_id in item_ids}
    labels = Label.objects.current().filter(project=project, item__in=item_ids).order_by("pk")
    for item_id, value in labels.values_list("item_id", "value"):
        answers[item_id].append(tuple(value or ()))
    if silent := [item_id for item_id, given in answers.items() if not given]:
        Consensus.objects.filter(item__in=silent).delete()
    Consensus.objects.bulk_create(
        [_consensus(project, item_id, given) for item_id, given in answers.items() if given],
        batch_size=2_000,
        update_conflicts=True,
        unique_fields=["item"],
        update_fields=["value", "certainty", "n_labels"],
    )


def _consensus(project: Project, item_id: int, answers: Sequence[Answer]) -> Consensus:
    value, certainty = agree(answers)
    return Consensus(
        project=project,
        item_id=item_id,
        value=list(value),
        certainty=certainty,
        n_labels=len(answers),
    )


def agree(answers: Iterable[Answer]) -> tuple[Answer, float]:
    """Return the answer most people gave and their share; of equals, the one given first.

    The share tells ties apart: two answers at one half each are known to be undecided.
    """
    counts = Counter(answers)
    value, n = counts.most_common(1)[0]
    return value, n / counts.total()
