"""Probabilities of the classes, by what people answered and how good they are."""

from collections import defaultdict
from collections.abc import Sequence

from annotation.models import Label, Project, Reliability, Task, Trust
from annotation.quality.single import ENOUGH, Given, chances_each, chances_of
from annotation.services.quality import truths_of


def chances(project: Project, item_ids: Sequence[int]) -> dict[int, dict[int, float]]:
    """Return, for every item somebody answered, how likely each class is the right one.

    What a lead decided, or was known before, is certain. Answers of people who are left out count
    for nothing.
    """
    classes = [each.pk for each in project.classes.all()]
    is_multi = project.task == Task.MULTI
    found = {}
    truths = truths_of(item_ids)
    for item, given in _given(project, item_ids).items():
        if item not in truths:
            found[item] = (chances_each if is_multi else chances_of)(given, classes)
    for item, truth in truths.items():
        found[item] = {each: float(each in truth) for each in classes}
    return found


def _given(project: Project, item_ids: Sequence[int]) -> dict[int, list[Given]]:
    known = Reliability.objects.filter(project=project, n_shared__gte=ENOUGH)
    skills = dict(known.values_list("annotator", "skill"))
    out = Trust.objects.filter(project=project, is_left_out=True)
    labels = Label.objects.current().filter(item__in=item_ids)
    labels = labels.exclude(annotator__in=out.values("annotator"))
    found: dict[int, list[Given]] = defaultdict(list)
    for item, annotator, value in labels.order_by("pk").values_list("item", "annotator", "value"):
        found[item].append(Given(tuple(value or ()), skills.get(annotator)))
    return found
