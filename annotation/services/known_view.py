"""The page of known answers: which there are, how they fare, what may become one. Reads only."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from annotation.models import Consensus, Decision, Gold, Label, LabelClass, Project, Purpose
from annotation.services import known_answers

Answer = tuple[int, ...]
PER_PAGE = 50
# Wrong so often and never right: more likely the known answer is.
DOUBTFUL_AFTER = 3


@dataclass(frozen=True)
class Asked:
    """A known answer, how often it was asked and how often answered right."""

    gold: Gold
    classes: list[LabelClass]
    n: int
    right: int

    @property
    def is_doubtful(self) -> bool:
        """Say whether so many were wrong and nobody right that it is probably wrong itself."""
        return self.n >= DOUBTFUL_AFTER and not self.right


@dataclass(frozen=True)
class Candidate:
    """An item a lead may make known by a nod, with what was decided or agreed."""

    consensus: Consensus
    classes: list[LabelClass]


@dataclass(frozen=True)
class Summary:
    n: int
    n_retired: int
    n_doubtful: int


def page_of(project: Project, *, before: int | None) -> tuple[list[Asked], int | None]:
    """Return known answers, the newest first, and where the older ones begin."""
    rows = Gold.objects.filter(project=project).select_related("item__payload").order_by("-pk")
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PER_PAGE + 1])
    counted = _counted(project, [each.item_id for each in found])
    classes = list(project.classes.all())
    more = found[PER_PAGE - 1].pk if len(found) > PER_PAGE else None
    return [
        Asked(each, _named(each.value, classes), *_score(counted, each))
        for each in found[:PER_PAGE]
    ], more


def summary(project: Project) -> Summary:
    """Count known answers; the doubtful among those still asked."""
    gold = list(Gold.objects.filter(project=project))
    counted = _counted(project, None)
    standing = [each for each in gold if each.retired_at is None]
    scores = [_score(counted, each) for each in standing]
    n_doubtful = sum(n >= DOUBTFUL_AFTER and not right for n, right in scores)
    return Summary(len(standing), len(gold) - len(standing), n_doubtful)


def candidates(project: Project) -> tuple[list[Candidate], int]:
    """Return the newest items that may become known, and how many there are."""
    rows = known_answers.candidates(project)
    found = list(rows.select_related("item__payload")[:PER_PAGE])
    ids = [each.pk for each in found]
    standing = Decision.objects.standing().filter(item__in=ids)
    decided = dict(standing.values_list("item", "value"))
    classes = list(project.classes.all())
    shown = [Candidate(each, _named(decided.get(each.pk, each.value), classes)) for each in found]
    return shown, len(found) if len(found) < PER_PAGE else rows.count()


def _counted(project: Project, item_ids: Sequence[int] | None) -> dict[int, Counter[Answer]]:
    """Count the answers to known items, item by item."""
    labels = Label.objects.current().filter(project=project, purpose=Purpose.GOLD)
    if item_ids is not None:
        labels = labels.filter(item__in=item_ids)
    counted: dict[int, Counter[Answer]] = defaultdict(Counter)
    for item, value in labels.values_list("item", "value"):
        counted[item][tuple(value or ())] += 1
    return counted


def _score(counted: Mapping[int, Counter[Answer]], gold: Gold) -> tuple[int, int]:
    given = counted.get(gold.item_id, Counter())
    return given.total(), given[tuple(gold.value)]


def _named(value: Sequence[int], classes: Sequence[LabelClass]) -> list[LabelClass]:
    return [each for each in classes if each.pk in value]
