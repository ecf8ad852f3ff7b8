"""A project's items as a lead looks through them. Reads only."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q

from annotation.models import Assignment, Item, LabelClass, Project, State

PER_PAGE = 50


@dataclass(frozen=True)
class Row:
    """One item of the list. `classes` is the agreed answer; None when there is none yet."""

    item: Item
    classes: list[LabelClass] | None
    certainty: float
    n_labels: int
    place: str


def page_of(*, project: Project, search: str, number: str) -> tuple[Page[Item], list[Row]]:
    """Return one page of the items whose text or key holds the words, in order of import."""
    items = Item.objects.filter(project=project, withdrawn_at=None)
    if search:
        items = items.filter(Q(payload__text__icontains=search) | Q(key__icontains=search))
    page = Paginator(items.order_by("pk"), PER_PAGE).get_page(number)
    found = (
        Item.objects.filter(pk__in=[item.pk for item in page])
        .select_related("payload", "consensus")
        .annotate(**{state: _has(state) for state in (State.LEASED, State.OPEN, State.SKIPPED)})
    )
    classes = {each.pk: each for each in project.classes.all()}
    return page, [_row(item, classes) for item in found.order_by("pk")]


def _has(state: str) -> Exists:
    return Exists(Assignment.objects.filter(item=OuterRef("pk"), state=state))


def _row(item: Item, classes: dict[int, LabelClass]) -> Row:
    agreed = getattr(item, "consensus", None)
    return Row(
        item=item,
        classes=[classes[pk] for pk in agreed.value if pk in classes] if agreed else None,
        certainty=agreed.certainty if agreed else 0.0,
        n_labels=agreed.n_labels if agreed else 0,
        place=_place(item),
    )


def _place(item: Item) -> str:
    """Say in words where an item without an answer is."""
    words = {
        State.SKIPPED: "Skipped, for you to decide",
        State.LEASED: "With an annotator",
        State.OPEN: "In the queue",
    }
    for state, place in words.items():
        if getattr(item, state):
            return place
    return "In the pool"
