"""Items for a lead to decide: people disagree, or said that something is wrong. Reads only.

The least sure come first, page by page from a place on; nothing here needs numpy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from string import ascii_uppercase
from typing import TypeVar

from django.db.models import Count, Exists, F, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from annotation.models import (
    Assignment,
    Consensus,
    Decision,
    Item,
    ItemPayload,
    Label,
    LabelClass,
    Project,
    Remark,
    Returned,
    State,
    User,
)

Kind = TypeVar("Kind", bound=Model)
PER_PAGE = 50
# Surer than this, an item is left alone; so many opinions are enough to say it will not get surer.
SURE, ENOUGH = 0.95, 5
# Two who agree and of whom nothing is known are as sure as this, but for rounding: not unsure.
UNSURE = 0.8 - 1e-6
REASONS = {
    "tied": "Tied",
    "many": "Asked often, still unsure",
    "unsure": "Unsure",
    "said": "Flagged or commented",
}


@dataclass(frozen=True, order=True)
class Place:
    """Where an item stands in the queue: the less sure first, then the older."""

    certainty: float
    item_id: int

    def __str__(self) -> str:
        return f"{self.certainty!r}_{self.item_id}"

    @classmethod
    def read(cls, sent: str) -> "Place | None":
        """Return the place a page names, None for what is none."""
        certainty, _, item_id = sent.partition("_")
        try:
            place = cls(float(certainty), int(item_id))
        except ValueError:
            return None
        return place if 0 <= place.certainty <= 1 and 0 < place.item_id < 2**63 else None


@dataclass(frozen=True)
class Row:
    """One item of the queue; `certainty` is None before anybody answered it."""

    item: Item
    payload: ItemPayload
    place: Place
    certainty: float | None
    n_labels: int
    reasons: list[str]


@dataclass(frozen=True)
class Opinion:
    """One person's answer under a letter; `who` and `is_right` are known once it is decided."""

    letter: str
    label_id: int
    classes: list[LabelClass]
    active_ms: int
    remarks: list[Remark]
    returned: Returned | None
    who: User | None
    is_right: bool | None


@dataclass(frozen=True)
class Case:
    """One item with everything said about it; `others` are remarks of who gave no answer."""

    item: Item
    payload: ItemPayload
    place: Place
    reasons: list[str]
    opinions: list[Opinion]
    others: list[Remark]
    decision: Decision | None
    decided: list[LabelClass]

    @property
    def has_waiting_remarks(self) -> bool:
        said = [*self.others, *(remark for each in self.opinions for remark in each.remarks)]
        return any(remark.settled_at is None for remark in said)


def counts(project: Project) -> dict[str, int]:
    """Return how many items wait for each reason; an item may have several."""
    names = ("tied", "many", "unsure")
    found = _disputed(project).aggregate(**{each: Count("pk", _rule(each)) for each in names})
    return {**found, "said": _said(project).count()}


def page_of(
    project: Project, *, reason: str = "", after: Place | None = None
) -> tuple[list[Row], Place | None]:
    """Return a page of the queue beyond a place, and where the next one begins, if there is one."""
    places = _places(project, reason, after=after, limit=PER_PAGE + 1)
    rows = _rows(project, places[:PER_PAGE])
    return rows, places[PER_PAGE - 1] if len(places) > PER_PAGE else None


def following(project: Project, place: Place, *, reason: str = "") -> Place | None:
    """Return what waits next after a place."""
    return next(iter(_places(project, reason, after=place, limit=1)), None)


def preceding(project: Project, place: Place, *, reason: str = "") -> Place | None:
    """Return what waits just before a place."""
    return next(iter(_places(project, reason, before=place, limit=1)), None)


def case_of(project: Project, item: Item) -> Case:
    """Return one item with the answers side by side, names hidden until it is decided."""
    classes = {each.pk: each for each in project.classes.all()}
    decision = Decision.objects.standing().filter(item=item).select_related("decided_by").first()
    remarks = list(Remark.objects.filter(item=item).select_related("annotator").order_by("pk"))
    opinions = _opinions(project, item, classes, decision, remarks)
    answered = set(Label.objects.current().filter(item=item).values_list("annotator", flat=True))
    found = _with_facts(project, [item.pk]).get()
    return Case(
        item=found,
        payload=found.payload,
        place=_place(found),
        reasons=_reasons(found),
        opinions=opinions,
        others=[each for each in remarks if each.annotator_id not in answered],
        decision=decision,
        decided=_named(decision.value, classes) if decision else [],
    )


def decided(
    project: Project, *, before: int | None
) -> tuple[list[tuple[Decision, list[LabelClass]]], int | None]:
    """Return decisions that stand, the newest first, and where the older ones begin."""
    rows = Decision.objects.standing().filter(project=project).order_by("-pk")
    rows = rows.select_related("item__payload", "decided_by")
    found = list(rows.filter(pk__lt=before)[: PER_PAGE + 1] if before else rows[: PER_PAGE + 1])
    classes = {each.pk: each for each in project.classes.all()}
    more = found[PER_PAGE - 1].pk if len(found) > PER_PAGE else None
    return [(each, _named(each.value, classes)) for each in found[:PER_PAGE]], more


def _disputed(project: Project) -> QuerySet[Consensus]:
    """Return what may be a dispute, by the index of the least sure; see `_rule`."""
    rows = Consensus.objects.filter(project=project, n_labels__gt=1, certainty__lt=SURE)
    rows = rows.filter(is_final=False, item__withdrawn_at=None)
    return rows.annotate(is_asked=_is_asked("item"), wanted=F("project__overlap"))


def _rule(reason: str) -> Q:
    """Return which consensus is in dispute. While somebody is still asked, few answers wait."""
    rules = {
        "tied": Q(is_tied=True, is_asked=False),
        "many": Q(n_labels__gte=ENOUGH),
        "unsure": Q(certainty__lt=UNSURE, n_labels__gte=F("wanted"), is_asked=False),
    }
    return rules[reason] if reason else rules["tied"] | rules["many"] | rules["unsure"]


def _is_asked(item: str) -> Exists:
    out = Assignment.objects.filter(item=OuterRef(item), state__in=[State.OPEN, State.LEASED])
    return Exists(out)


def _said(project: Project) -> QuerySet[Item]:
    waiting = Remark.objects.waiting().filter(project=project)
    return Item.objects.filter(pk__in=waiting.values("item"), withdrawn_at=None)


def _places(
    project: Project,
    reason: str,
    *,
    limit: int,
    after: Place | None = None,
    before: Place | None = None,
) -> list[Place]:
    """Merge disputes and what was flagged: two queries, each by an index of its own."""
    places: set[Place] = set()
    if reason != "said":
        rows = _disputed(project).filter(_rule(reason))
        found = _beyond(rows, "certainty", "item_id", after, before)
        places |= {Place(*row) for row in found.values_list("certainty", "item_id")[:limit]}
    if reason in ("", "said"):
        items = _said(project).annotate(sure=Coalesce("consensus__certainty", 1.0))
        flagged = _beyond(items, "sure", "pk", after, before)
        places |= {Place(*row) for row in flagged.values_list("sure", "pk")[:limit]}
    return sorted(places, reverse=before is not None)[:limit]


def _beyond(
    rows: QuerySet[Kind], sure: str, pk: str, after: Place | None, before: Place | None
) -> QuerySet[Kind]:
    place, side = (before, "lt") if before else (after, "gt")
    order = [f"-{sure}", f"-{pk}"] if before else [sure, pk]
    if place is None:
        return rows.order_by(*order)
    same = Q(**{sure: place.certainty, f"{pk}__{side}": place.item_id})
    # The first is implied by the second: it lets a database begin where the page begins.
    rows = rows.filter(**{f"{sure}__{side}e": place.certainty})
    return rows.filter(Q(**{f"{sure}__{side}": place.certainty}) | same).order_by(*order)


def _with_facts(project: Project, item_ids: Sequence[int]) -> QuerySet[Item]:
    waiting = Remark.objects.waiting().filter(item=OuterRef("pk"))
    items = Item.objects.filter(project=project, pk__in=item_ids)
    items = items.select_related("payload", "consensus", "project")
    return items.annotate(is_asked=_is_asked("pk"), is_said=Exists(waiting))


def _rows(project: Project, places: Sequence[Place]) -> list[Row]:
    items = {each.pk: each for each in _with_facts(project, [one.item_id for one in places])}
    return [_row(items[place.item_id], place) for place in places if place.item_id in items]


def _row(item: Item, place: Place) -> Row:
    agreed = getattr(item, "consensus", None)
    return Row(
        item=item,
        payload=item.payload,
        place=place,
        certainty=agreed.certainty if agreed else None,
        n_labels=agreed.n_labels if agreed else 0,
        reasons=_reasons(item),
    )


def _place(item: Item) -> Place:
    agreed = getattr(item, "consensus", None)
    return Place(agreed.certainty if agreed else 1.0, item.pk)


def _reasons(item: Item) -> list[str]:
    """Say in words why an item waits, as `_rule` has it."""
    agreed, is_asked = getattr(item, "consensus", None), getattr(item, "is_asked", False)
    found = {"said": bool(getattr(item, "is_said", False))}
    if agreed and agreed.n_labels > 1 and not agreed.is_final:
        enough = agreed.n_labels >= item.project.overlap and not is_asked
        found["tied"] = agreed.is_tied and not is_asked
        found["many"] = agreed.n_labels >= ENOUGH and agreed.certainty < SURE
        found["unsure"] = agreed.certainty < UNSURE and enough and not agreed.is_tied
    return [title for name, title in REASONS.items() if found.get(name)]


def _opinions(
    project: Project,
    item: Item,
    classes: dict[int, LabelClass],
    decision: Decision | None,
    remarks: Sequence[Remark],
) -> list[Opinion]:
    labels = list(Label.objects.current().filter(item=item).select_related("annotator"))
    labels.sort(key=lambda each: _lot(project, item, each.annotator_id))
    waiting = Returned.objects.waiting().filter(label__item=item)
    returned = {each.label_id: each for each in waiting}
    return [
        Opinion(
            letter=_letter(place),
            label_id=label.pk,
            classes=_named(label.value or [], classes),
            active_ms=label.active_ms,
            remarks=[each for each in remarks if each.annotator_id == label.annotator_id],
            returned=returned.get(label.pk),
            who=label.annotator if decision else None,
            is_right=label.value == decision.value if decision else None,
        )
        for place, label in enumerate(labels)
    ]


def _lot(project: Project, item: Item, annotator_id: int) -> bytes:
    """Draw the order anew for each item: else A would soon be known."""
    key = str(project.seed).encode()
    text = f"{item.pk}.{annotator_id}".encode()
    return blake2b(text, key=key, digest_size=16, person=b"sides").digest()


def _letter(place: int) -> str:
    return ascii_uppercase[place] if place < len(ascii_uppercase) else str(place + 1)


def _named(value: Sequence[int], classes: dict[int, LabelClass]) -> list[LabelClass]:
    return [each for pk, each in classes.items() if pk in value]
