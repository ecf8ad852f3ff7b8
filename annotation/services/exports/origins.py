"""What only selection knows of items: how they were chosen, and what its model says of them.

`ALAPP_EXPORT_ORIGINS` names the function that gives it, so that the desk needs not know selection;
without one, exports say nothing of either.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from annotation.services.runs import Attempt


@dataclass(frozen=True, slots=True)
class RoundOrigin:
    """What repeats a round: its seed, its strategy, the model that scored ("" without one)."""

    seed: int
    strategy: str
    model: str


@dataclass(frozen=True, slots=True)
class PickOrigin:
    """How a round came by an item; the probability only where chance decided."""

    strategy: str
    probability: float | None


@dataclass(frozen=True, slots=True)
class Predicted:
    """What the model says of one item.

    `accepted` is what a lead accepted without a human, which counts while nobody answered.
    `probabilities` are in the order of Predictions.class_ids; empty where they were not kept.
    """

    item_id: int
    classes: tuple[int, ...]
    confidence: float
    accepted: tuple[int, ...] | None = None
    probabilities: tuple[float, ...] = ()


@dataclass(frozen=True)
class Predictions:
    """A model's word on every item. `rows` gives them anew at each call, in order of item id."""

    model: str
    source: str
    class_ids: tuple[int, ...]
    has_probabilities: bool
    rows: Callable[[], Iterator[Predicted]]


def no_predictions(attempt: "Attempt", path: Path) -> Predictions | None:
    return None


@dataclass(frozen=True)
class Origins:
    """What can be asked of selection about one project.

    `picks` takes item ids and gives what is known by (item, round). `predict` may take long, writes
    what it needs to the path, and gives None while there is no model.
    """

    rounds: Callable[[], Mapping[int, RoundOrigin]] = dict
    picks: Callable[[Sequence[int]], Mapping[tuple[int, int], PickOrigin]] = lambda item_ids: {}
    predict: Callable[["Attempt", Path], Predictions | None] = no_predictions


def origins_of(project_id: int) -> Origins:
    if not settings.ALAPP_EXPORT_ORIGINS:
        return Origins()
    found: Origins = import_string(settings.ALAPP_EXPORT_ORIGINS)(project_id)
    return found
