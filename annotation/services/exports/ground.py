"""What all rows of an export rest on, looked up once, and what is looked up for many at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Max, QuerySet

from annotation.formats.writing import CONSENSUS, Kind
from annotation.models import Assignment, Gold, Item, Project, Purpose, Seed, State
from annotation.services.exports import people
from annotation.services.exports.orders import Order
from annotation.services.exports.origins import Origins, PickOrigin, Predictions, RoundOrigin

# A page of rows in memory: fewer where their texts are long.
PAGE_ROWS, LEAST_ROWS = 2_000, 50
PAGE_CHARACTERS = 4_000_000
ASKED = (State.LEASED, State.DONE, State.SKIPPED)
TRAIN, AUDIT, GOLD, POOL = "train", "audit", "gold", "pool"


class Asked(NamedTuple):
    """How an item was asked; `round` is None for what was asked outside any round."""

    purpose: str
    round: int | None
    score: float | None
    reason: str
    model: str


NOT_ASKED = Asked("", None, None, "", "")


@dataclass(frozen=True)
class Ground:
    """The project as it was at the moment of the export.

    `fields` are the columns that came with its items, and what their values are. `audit_until` is
    how far the audit order has been asked; `sought` are items that left it.
    """

    project: Project
    order: Order
    classes: Mapping[int, str]
    people: Mapping[int, str]
    fields: Mapping[str, Kind]
    rounds: Mapping[int, RoundOrigin]
    origins: Origins
    predictions: Predictions | None
    audit_until: int
    sought: frozenset[int]

    @property
    def is_multi(self) -> bool:
        return self.project.task == "multi"

    @property
    def is_bare(self) -> bool:
        """Say whether only items and labels are wanted, as they could be imported."""
        order = self.order
        return order.contents == CONSENSUS and order.with_content and not order.with_provenance

    def named(self, class_ids: Sequence[int] | None) -> Any:
        """Return an answer by the names of its classes: one, or a list where there may be several.

        None where there is none.
        """
        if class_ids is None:
            return None
        names = [self.classes.get(each, f"class {each}") for each in class_ids]
        return names if self.is_multi else (names[0] if names else None)

    def content(self, text: str, fields: Mapping[str, Any], file: str) -> tuple[Any, ...]:
        """Return the cells of the columns that hold an item itself."""
        if not self.order.with_content:
            return ()
        own = {"text": (text,), "image": (file,)}.get(self.project.modality, ())
        return (*own, *[fields.get(name) for name in self.fields])

    def provenance(self, split: str, asked: Asked, pick: PickOrigin | None) -> tuple[Any, ...]:
        """Return the cells of the columns that say how an item or an answer was come by."""
        if not self.order.with_provenance:
            return ()
        origin = None if asked.round is None else self.rounds.get(asked.round)
        strategy = pick.strategy if pick else ""
        return (
            split,
            asked.purpose or None,
            asked.round,
            strategy or (origin.strategy if origin else None),
            asked.score,
            pick.probability if pick else None,
            asked.reason or None,
            asked.model or (origin.model if origin else None) or None,
            origin.seed if origin else None,
        )

    def splits(self, ranks: Mapping[int, int], labelled: set[int]) -> dict[int, str]:
        """Return what each of these items serves for, by item; `ranks` are their audit ranks."""
        gold = set(Gold.objects.filter(item__in=ranks).values_list("item", flat=True))
        found = {}
        for item, rank in ranks.items():
            if item in gold:
                found[item] = GOLD
            elif item not in labelled:
                found[item] = POOL
            else:
                is_audit = rank <= self.audit_until and item not in self.sought
                found[item] = AUDIT if is_audit else TRAIN
        return found


def ground_of(
    project: Project, order: Order, origins: Origins, predictions: Predictions | None
) -> Ground:
    asked = Assignment.objects.filter(project=project, purpose=Purpose.AUDIT, state__in=ASKED)
    sought = Seed.objects.filter(project=project).exclude(item__in=asked.values("item"))
    until = asked.aggregate(last=Max("item__audit_rank"))["last"]
    return Ground(
        project=project,
        order=order,
        classes={each.pk: each.name for each in project.classes.all()},
        people=people.names_of(project.pk, with_names=order.names),
        fields=_fields(project) if order.with_content else {},
        rounds=origins.rounds(),
        origins=origins,
        predictions=predictions,
        audit_until=-1 if until is None else until,
        sought=frozenset(sought.values_list("item", flat=True)),
    )


def pages(rows: QuerySet[Any, Any], *, size_of: int | None = None) -> Iterator[list[Any]]:
    """Yield the rows in order of their first value, the key, a page in memory at a time.

    `size_of` is the place of a text whose length tells how many rows a page may have.
    """
    last, n = 0, PAGE_ROWS
    while page := list(rows.filter(pk__gt=last)[:n]):
        yield page
        last = page[-1][0]
        if size_of is not None:
            mean = sum(len(row[size_of] or "") for row in page) / len(page)
            n = int(min(max(PAGE_CHARACTERS / (mean + 1), LEAST_ROWS), PAGE_ROWS))


def first_asked(item_ids: Sequence[int]) -> dict[int, Asked]:
    """Return how each item was asked first."""
    names = (
        "item", "purpose", "batch__number", "score", "reason", "model_version",
    )  # fmt: skip
    rows = Assignment.objects.filter(item__in=item_ids, state__in=ASKED).order_by("pk")
    found: dict[int, Asked] = {}
    for item, purpose, number, score, reason, model in rows.values_list(*names):
        found.setdefault(item, asked_as(purpose, number, score, reason, model))
    return found


def asked_as(
    purpose: str, number: int | None, score: float | None, reason: Any, model: str
) -> Asked:
    is_round = number is not None and number >= 0
    return Asked(
        purpose, number if is_round else None, score, (reason or {}).get("text", ""), model or ""
    )


def _fields(project: Project) -> dict[str, Kind]:
    """Return the columns that came with the items, in their files' order, and their kinds."""
    kinds: dict[str, set[type]] = {name: set() for name in project.field_order}
    rows = Item.objects.filter(project=project).exclude(payload__fields={})
    for page in pages(rows.order_by("pk").values_list("pk", "payload__fields")):
        for _, fields in page:
            for name, value in fields.items():
                kinds.setdefault(name, set()).add(type(value))
    return {name: _kind(found - {type(None)}) for name, found in kinds.items() if found}


def _kind(types: set[type]) -> Kind:
    if types <= {str}:
        return Kind.TEXT
    if types == {bool}:
        return Kind.BOOLEAN
    if types == {int}:
        return Kind.INTEGER
    return Kind.NUMBER if types <= {int, float} else Kind.MIXED
