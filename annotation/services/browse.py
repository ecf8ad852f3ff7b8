"""A project's items as a lead looks through them. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet

from annotation.models import Assignment, Item, LabelClass, Project, State

PER_PAGE = 50
# How many items one request of a search reads.
SEARCHED = 100_000


@dataclass(frozen=True)
class Row:
    """One item of the list. `classes` is the agreed answer; None when there is none yet."""

    item: Item
    classes: list[LabelClass] | None
    certainty: float
    n_labels: int
    place: str


def page_of(*, project: Project, number: str) -> tuple[Page[Item], list[Row]]:
    """Return one page of the items, in order of import."""
    page = Paginator(_pool(project), PER_PAGE).get_page(number)
    return page, _rows(project, [item.pk for item in page])


def page_after(
    *, project: Project, after: int, n: int, key: str = ""
) -> tuple[list[Row], int | None]:
    """Return the n items behind one, in order of import, and where the next page begins; with a
    key only the item that has it. Pages go by id: the hundredth costs as much as the first."""
    beyond = _pool(project).filter(pk__gt=after)
    wanted = beyond.filter(key=key) if key else beyond
    ids = list(wanted.values_list("pk", flat=True)[: n + 1])
    return _rows(project, ids[:n]), ids[n - 1] if len(ids) > n else None


def one(*, project: Project, item_id: int) -> Row | None:
    """Return an item of the pool; None for one of another project, or withdrawn."""
    ids = list(_pool(project).filter(pk=item_id).values_list("pk", flat=True))
    return next(iter(_rows(project, ids)), None)


@dataclass(frozen=True)
class Found:
    """A page of what was found. `after` is where to search on, None when all was searched.

    `is_cut` says that the search paused, having read `SEARCHED` items without filling a page.
    """

    rows: list[Row]
    after: int | None
    is_cut: bool


def search(*, project: Project, words: str, after: int) -> Found:
    """Return a page of items whose text or key holds the words, beyond one in order of import.

    A request reads at most `SEARCHED` items, so that the page of a large pool comes at once and
    says that it goes on: words have no index.
    """
    beyond = _pool(project).filter(pk__gt=after)
    last = beyond.values_list("pk", flat=True)[SEARCHED - 1 : SEARCHED].first()
    read = beyond if last is None else beyond.filter(pk__lte=last)
    held = Q(payload__text__icontains=words) | Q(key__icontains=words)
    ids = list(read.filter(held).values_list("pk", flat=True)[: PER_PAGE + 1])
    rows = _rows(project, ids[:PER_PAGE])
    if len(ids) > PER_PAGE:
        return Found(rows, ids[PER_PAGE - 1], is_cut=False)
    return Found(rows, last, is_cut=last is not None)


def _pool(project: Project) -> QuerySet[Item]:
    return Item.objects.filter(project=project, withdrawn_at=None).order_by("pk")


def _rows(project: Project, item_ids: Sequence[int]) -> list[Row]:
    found = (
        Item.objects.filter(pk__in=item_ids)
        .select_related("payload", "consensus")
        .annotate(**{state: _has(state) for state in (State.LEASED, State.OPEN, State.SKIPPED)})
    )
    classes = {each.pk: each for each in project.classes.all()}
    return [_row(item, classes) for item in found.order_by("pk")]


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
