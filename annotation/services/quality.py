"""Consensus: the agreed answer of an item, made anew from its labels whenever they change.

Between two retrains the skills of the annotators are what the worker measured last; at each
retrain `reliability.measure` agrees on everything anew.
"""

from collections.abc import Sequence

from django.db.models import Exists, F, FloatField, OuterRef, Subquery, Value

from annotation.models import (
    Consensus,
    Decision,
    Gold,
    Label,
    Project,
    Reliability,
    Task,
    Trust,
)
from annotation.quality.single import ENOUGH, Belief, Given, believe, believe_each
from annotation.services import statements

Answer = tuple[int, ...]
WRITTEN = ["value", "certainty", "n_labels", "is_tied", "is_final"]


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
    final = truths_of(item_ids)
    answers = _answers(project, item_ids)
    rows = [
        _consensus(project, item_id, given, final.get(item_id))
        for item_id, given in answers.items()
        if given or item_id in final
    ]
    made = {row.item_id for row in rows}
    if silent := [item_id for item_id in item_ids if item_id not in made]:
        Consensus.objects.filter(item__in=silent).delete()
    Consensus.objects.bulk_create(
        rows,
        batch_size=2_000,
        update_conflicts=True,
        unique_fields=["item"],
        update_fields=WRITTEN,
    )


def truths_of(item_ids: Sequence[int]) -> dict[int, Answer]:
    """Return what is known of these items: decided by a lead, or gold."""
    decided = Decision.objects.standing().filter(item__in=item_ids)
    gold = Gold.objects.filter(item__in=item_ids)
    # A decision comes after what was known before it.
    rows = gold.values_list("item", "value", Value(0)).union(
        decided.values_list("item", "value", Value(1)), all=True
    )
    return {item_id: tuple(value) for item_id, value, _ in sorted(rows, key=lambda row: row[2])}


def _answers(project: Project, item_ids: Sequence[int]) -> dict[int, list[Given]]:
    """Return what counts of each item, with the skill of who said it, oldest first."""
    who = {"project": project, "annotator": OuterRef("annotator")}
    skill = Reliability.objects.filter(n_shared__gte=ENOUGH, **who).values("skill")[:1]
    left_out = Trust.objects.filter(is_left_out=True, **who)
    labels = Label.objects.current().filter(~Exists(left_out), project=project, item__in=item_ids)
    rows = labels.annotate(skill=Subquery(skill, output_field=FloatField())).order_by("pk")
    answers: dict[int, list[Given]] = {item_id: [] for item_id in item_ids}
    for item_id, value, known in rows.values_list("item_id", "value", F("skill")):
        answers[item_id].append(Given(tuple(value or ()), known))
    return answers


def _consensus(
    project: Project, item_id: int, answers: Sequence[Given], final: Answer | None
) -> Consensus:
    if final is not None:
        belief = Belief(final, 1.0, is_tied=False)
    elif len(answers) == 1:
        belief = Belief(answers[0].answer, 1.0, is_tied=False)
    elif project.task == Task.MULTI:
        belief = believe_each(answers)
    else:
        # Where somebody has just answered, the classes are at hand already.
        belief = believe(answers, n_answers=len(project.classes.all()))
    return Consensus(
        project=project,
        item_id=item_id,
        value=list(belief.answer),
        certainty=belief.certainty,
        n_labels=len(answers),
        is_tied=belief.is_tied,
        is_final=final is not None,
    )
