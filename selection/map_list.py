"""The map as a table: points found by what they are or where they lie. Imports no numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any

from annotation import exchange
from annotation.exchange import Card, ProjectFacts
from selection.map_files import NO_CLASS, NO_DOUBT, Points
from selection.models import Pick, PoolMap

SHOWN = 100
UNSURE = 254
STATES = (("", "Any"), ("open", "Without an answer"), ("answered", "Answered"))
ORDERS = (("doubt", "Least sure first"), ("sure", "Surest first"), ("near", "Nearest to an item"))


@dataclass(frozen=True)
class Wish:
    """What a lead looks for on the map. predicted is a class id, near an item."""

    predicted: int | None = None
    state: str = ""
    order: str = "doubt"
    near: int | None = None


@dataclass(frozen=True)
class Row:
    """A point with its item: what the model says of it and how sure it is, in [0, 1]."""

    card: Card
    predicted: str
    sure: float | None
    answer: str | None


def answers(project: ProjectFacts) -> dict[str, list[int]]:
    """Return the answered items with the place of their class and the round they were picked in.

    -1 stands for no class, or no round. Of several classes the first one colours.
    """
    places = {class_id: place for place, class_id in enumerate(project.class_ids)}
    found = exchange.answered_items(project.id)
    picks = Pick.objects.filter(round__project=project.id).order_by("round__number")
    rounds = dict(picks.values_list("item", "round__number"))
    return {
        "items": [item for item, _ in found],
        "classes": [places.get(value[0], -1) if value else -1 for _, value in found],
        "rounds": [rounds.get(item, -1) for item, _ in found],
    }


def find(project: ProjectFacts, points: Points, wish: Wish) -> list[int]:
    """Return the places of at most 100 points that fit the wish, in its order."""
    answered = {item for item, _ in exchange.answered_items(project.id)}
    wanted = [place for place in range(points.header.n) if _fits(points, place, wish, answered)]
    return nsmallest(SHOWN, wanted, key=_order(points, wish))


def _fits(points: Points, place: int, wish: Wish, answered: set[int]) -> bool:
    if wish.predicted is not None:
        at = points.predicted[place]
        if at == NO_CLASS or points.header.class_ids[at] != wish.predicted:
            return False
    if wish.state:
        return (points.item_id(place) in answered) == (wish.state == "answered")
    return True


def _order(points: Points, wish: Wish) -> Callable[[int], Any]:
    centre = place_of(points, wish.near) if wish.order == "near" and wish.near else None
    if centre is not None:
        x, y = points.x[centre], points.y[centre]
        return lambda at: ((points.x[at] - x) ** 2 + (points.y[at] - y) ** 2, at)
    if wish.order == "sure":
        return lambda at: (points.doubt[at], at)
    # The unknown last: it is neither sure nor unsure.
    return lambda at: (points.doubt[at] == NO_DOUBT, -points.doubt[at], at)


def place_of(points: Points, item_id: int) -> int | None:
    """Return where an item stands among the points, None when it is not shown."""
    try:
        return points.item.index(item_id - points.header.first_id)
    except (ValueError, OverflowError):
        return None


def rows_of(project: ProjectFacts, points: Points, item_ids: Sequence[int]) -> list[Row]:
    """Return these items as rows of a table, in this order."""
    names = dict(zip(project.class_ids, project.class_names, strict=True))
    return [_row(card, points, names) for card in exchange.cards(project.id, item_ids)]


def _row(card: Card, points: Points, names: dict[int, str]) -> Row:
    place = place_of(points, card.id)
    predicted, sure = "", None
    if place is not None and points.doubt[place] != NO_DOUBT:
        sure = 1 - points.doubt[place] / UNSURE
        at = points.predicted[place]
        predicted = "" if at == NO_CLASS else names.get(points.header.class_ids[at], "")
    answer = None
    if card.class_ids is not None:
        answer = ", ".join(names.get(each, "?") for each in card.class_ids) or "Nothing applies"
    return Row(card, predicted, sure, answer)


def find_map(project_id: int) -> PoolMap | None:
    return PoolMap.objects.filter(project=project_id).first()
