"""What is to be exported: the choices, as they stand in the run's row, and whether they fit."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError

from annotation.formats.outgoing import OUT_FORMATS
from annotation.formats.writing import (
    CONSENSUS,
    CONTENTS,
    ITEMS,
    LABELS,
    PREDICTIONS,
    RESULTS,
    SOFT,
    OutFormat,
)
from annotation.models import Project, Purpose

KIND = "export"
ARCHIVE = "zip"
ALL, LABELLED, UNLABELLED = "all", "labelled", "unlabelled"
STATUSES = (ALL, LABELLED, UNLABELLED)
TITLES = {
    LABELS: "Answers",
    CONSENSUS: "Agreed labels",
    SOFT: "Probabilities by people",
    PREDICTIONS: "Predictions",
    ITEMS: "Items with everything",
    RESULTS: "What to use",
}


ABOUT = {
    LABELS: "A row for every answer of every person, with those corrected since.",
    CONSENSUS: "A row for every item: what was agreed, how sure that is, and by how many.",
    SOFT: "A row for every item: how likely each class is, by the answers and the skill of those "
    "who gave them.",
    PREDICTIONS: "A row for every item: what the final model says, else that of the last round.",
    ITEMS: "A row for every item: label, prediction and every answer inside.",
    RESULTS: "A row for every item: the label or else the prediction, which of them it is, and how "
    "the item was come by.",
}


@dataclass(frozen=True)
class Order:
    """What to write, of which rows, and how.

    Filters that are empty let everything pass. `since` is an ISO moment. `names` gives people's
    names instead of letters; `is_safe` writes cells for spreadsheets.
    """

    contents: str
    format: str
    status: str = ALL
    purposes: tuple[str, ...] = ()
    classes: tuple[int, ...] = ()
    since: str = ""
    first_round: int | None = None
    last_round: int | None = None
    standing_only: bool = False
    with_content: bool = True
    with_provenance: bool = True
    names: bool = False
    is_safe: bool = False

    @classmethod
    def of(cls, params: dict[str, Any]) -> "Order":
        known = {name: params[name] for name in cls.__dataclass_fields__ if name in params}
        return cls(
            **{
                **known,
                "purposes": tuple(known.get("purposes", ())),
                "classes": tuple(known.get("classes", ())),
            }
        )

    def as_params(self, project: Project) -> dict[str, Any]:
        return {**asdict(self), "filename": self.filename(project)}

    @property
    def out_format(self) -> OutFormat:
        return OUT_FORMATS[self.format]

    @property
    def since_moment(self) -> datetime | None:
        return datetime.fromisoformat(self.since) if self.since else None

    @property
    def has_rounds(self) -> bool:
        return self.first_round is not None or self.last_round is not None

    def filename(self, project: Project) -> str:
        return f"{project.slug}-{self.contents}{self.out_format.ending}"


def told(order: Order) -> list[str]:
    """Return in words what was chosen otherwise than by default."""
    first, last = order.first_round, order.last_round
    rounds = f"rounds {first or 0} to {last}" if last is not None else f"rounds from {first}"
    said = {
        "items with a label": order.status == LABELLED,
        "items without a label": order.status == UNLABELLED,
        "answers that stand": order.standing_only,
        f"since {order.since[:10]}": bool(order.since),
        rounds: order.has_rounds,
        f"asked because: {', '.join(order.purposes)}": bool(order.purposes),
        f"{len(order.classes)} of the classes": bool(order.classes),
        "without the items themselves": not order.with_content,
        "without where it came from": not order.with_provenance,
        "people by name": order.names,
        "safe for spreadsheets": order.is_safe,
    }
    return [words for words, is_so in said.items() if is_so]


def check(order: Order, project: Project) -> None:
    """Raise ValidationError, by field, where the choices are unknown or do not go together."""
    _check_known("contents", order.contents, CONTENTS)
    _check_known("format", order.format, tuple(OUT_FORMATS))
    _check_known("status", order.status, STATUSES)
    for purpose in order.purposes:
        _check_known("purposes", purpose, tuple(Purpose.values))
    form = order.out_format
    if order.contents not in form.contents:
        fitting = ", ".join(TITLES[each].lower() for each in CONTENTS if each in form.contents)
        raise _wrong("format", f"{form.title} has no place for that; it can hold: {fitting}.")
    if project.modality not in form.modalities:
        raise _wrong("format", f"{form.title} is not for projects of {project.modality}s.")
    if order.format == ARCHIVE and not order.with_content:
        raise _wrong("with_content", "Without the images there is nothing to put in the archive.")
    _check_numbers(order, project)


def _check_numbers(order: Order, project: Project) -> None:
    strange = set(order.classes) - {each.pk for each in project.classes.all()}
    if strange:
        raise _wrong("classes", f"There is no class {min(strange)} in this project.")
    first, last = order.first_round, order.last_round
    if first is not None and last is not None and first > last:
        raise _wrong("last_round", f"Round {last} comes before round {first}.")
    try:
        moment = order.since_moment
    except ValueError:
        raise _wrong("since", f"{order.since!r} is no date and time.") from None
    if moment is not None and moment.tzinfo is None:
        raise _wrong("since", f"{order.since!r} does not say its time zone.")


def _check_known(field: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise _wrong(field, f"{value!r} is none of {', '.join(known)}.")


def _wrong(field: str, message: str) -> ValidationError:
    return ValidationError({field: message})
