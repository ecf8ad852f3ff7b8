"""Rounds as pages show them, read from rows: what each was made from, found, asked and taught."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.db.models.fields.json import KT, KeyTransform

from annotation import exchange
from annotation.exchange import RunView, spreadsheet_cell
from selection.asking import REPLAY
from selection.models import Metric, Pick, Replay, Round

PER_PAGE = 25
PICKS_PER_PAGE = 100
# Heavy or long, and not on the list.
NOT_LISTED = ("facts", "health", "verdicts")
STEPS = (
    ("read", "Read what is on the desk"),
    ("encode", "Read the items"),
    ("fit", "Train"),
    ("evaluate", "Measure"),
    ("score", "Score the pool"),
    ("pick", "Choose"),
    ("keep", "Keep what was seen"),
)
UNSET = "not set"


@dataclass(frozen=True)
class Change:
    """One setting that differs from the round before."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Listed:
    """A round in the list: with its accuracy, and what changed in the settings for it."""

    round: Round
    accuracy: Metric | None
    changes: list[Change]
    replay: Replay | None


@dataclass(frozen=True)
class Step:
    """How long a part of the round took, by the clock and of the CPU; None where not measured."""

    name: str
    wall: float
    cpu: float | None


@dataclass(frozen=True)
class Answered:
    """A pick and what was answered since, None as long as nothing was."""

    pick: Pick
    predicted: str
    answer: str | None
    agrees: bool | None


@dataclass(frozen=True)
class Tally:
    """Of the picks answered so far that the model had a guess for, how many it guessed right."""

    n_answered: int
    n_guessed: int
    n_right: int


def page_of(project_id: int, number: str) -> tuple[Page[Round], list[Listed]]:
    """Return a page of the rounds, newest first: four statements, whatever the number of rounds."""
    rounds = _plain(project_id).order_by("-number")
    page = Paginator(rounds, PER_PAGE).get_page(number)
    shown = list(page.object_list)
    if not shown:
        return page, []
    before = _plain(project_id).filter(number=shown[-1].number - 1).first()
    metrics = {m.round_id: m for m in Metric.objects.filter(round__in=shown, name="accuracy")}
    replays = {r.round_id: r for r in Replay.objects.filter(round__in=shown)}
    listed = [
        Listed(each, metrics.get(each.pk), changes(older, each), replays.get(each.pk))
        for each, older in zip(shown, [*shown[1:], before], strict=True)
    ]
    return page, listed


def _plain(project_id: int) -> QuerySet[Round]:
    rounds = Round.objects.filter(project=project_id).defer(*NOT_LISTED)
    return rounds.annotate(
        features=KT("facts__features"), features_params=KeyTransform("features_params", "facts")
    )


def find(project_id: int, number: int) -> Round | None:
    rounds = Round.objects.filter(project=project_id, number=number).select_related("replay")
    return rounds.first()


def neighbours(shown: Round) -> tuple[int | None, int | None]:
    """Return the numbers of the round before and the round after, None at the ends."""
    near = Round.objects.filter(
        project=shown.project_id, number__in=[shown.number - 1, shown.number + 1]
    )
    numbers = set(near.values_list("number", flat=True))
    older, newer = shown.number - 1, shown.number + 1
    return (older if older in numbers else None), (newer if newer in numbers else None)


def before(shown: Round) -> Round | None:
    return _plain(shown.project_id).filter(number=shown.number - 1).first()


# Settings


def changes(before: Round | None, after: Round) -> list[Change]:
    """Return the settings that differ from the round before; none for the first round."""
    if before is None:
        return []
    old, new = settings_of(before), settings_of(after)
    # Rounds of older versions did not keep what the model reads.
    knows_both = "features" in old and "features" in new
    return [
        Change(_words(name), shown(old.get(name)), shown(new.get(name)))
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name) and (knows_both or not name.startswith("features"))
    ]


def settings_of(row: Round) -> dict[str, Any]:
    """Return every setting of a round by its name; parameters by "name.parameter"."""
    facts = row.facts if "facts" not in row.get_deferred_fields() else {}
    features = getattr(row, "features", None) or facts.get("features")
    params = getattr(row, "features_params", None) or facts.get("features_params")
    given = dict(row.config)
    if features is not None:
        given |= {"features": features, "features_params": params or {}}
    return dict(_flat(given))


def _flat(given: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in given.items():
        if not isinstance(value, Mapping):
            yield f"{prefix}{name}", value
        elif not value and prefix == "stopping.":
            # A rule without parameters of its own.
            yield f"{prefix}{name}", "judged"
        else:
            yield from _flat(value, f"{prefix}{name}.")


def shown(value: object) -> str:
    if value is None:
        return UNSET
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _words(name: str) -> str:
    return name.replace("_", " ").replace(".", ": ").capitalize()


# Time


def steps(row: Round) -> list[Step]:
    """Return the parts of the round that were measured, in their order."""
    cpu = row.facts.get("cpu", {})
    return [
        Step(words, row.timings[name], cpu.get(name))
        for name, words in STEPS
        if row.timings.get(name)
    ]


# Picks


def picks_of(row: Round, number: str) -> tuple[Page[Pick], list[Answered]]:
    """Return a page of what the round asked for, in its order, with what was agreed since."""
    page = Paginator(_picks(row), PICKS_PER_PAGE).get_page(number)
    return page, answered(row.project_id, list(page.object_list))


def _picks(row: Round) -> QuerySet[Pick]:
    return row.picks.select_related("item__payload", "item__consensus").order_by("position")


def answered(project_id: int, picks: Sequence[Pick]) -> list[Answered]:
    names = class_names(project_id)
    return [_answered(pick, names) for pick in picks]


def class_names(project_id: int) -> dict[int, str]:
    facts = exchange.project_facts(project_id)
    return dict(zip(facts.class_ids, facts.class_names, strict=True))


def _answered(pick: Pick, names: Mapping[int, str]) -> Answered:
    agreed = getattr(pick.item, "consensus", None)
    guess = pick.predicted_class
    predicted = "" if guess is None else names.get(guess, "a class since removed")
    if agreed is None:
        return Answered(pick, predicted, None, None)
    answer = ", ".join(names.get(each, "?") for each in agreed.value) or "None of the classes"
    return Answered(pick, predicted, answer, None if guess is None else guess in agreed.value)


def tally(row: Round) -> Tally:
    """Count how the model's guesses fared on what was asked: of chosen items, no sample."""
    rows = row.picks.filter(item__consensus__isnull=False)
    pairs = list(rows.values_list("predicted_class", "item__consensus__value"))
    guessed = [(guess, value) for guess, value in pairs if guess is not None]
    return Tally(len(pairs), len(guessed), sum(guess in value for guess, value in guessed))


CSV_HEAD = (
    "place", "item", "key", "purpose", "in_reserve", "reason", "why", "score", "probability",
    "predicted", "confidence", "answer", "agrees",
)  # fmt: skip


def csv_rows(row: Round) -> Iterator[list[str]]:
    """Yield the picks as cells that no spreadsheet takes for a formula, a chunk in memory."""
    names = class_names(row.project_id)
    yield list(CSV_HEAD)
    for pick in _picks(row).iterator(chunk_size=500):
        each = _answered(pick, names)
        cells = (
            pick.position + 1, pick.item_id, pick.item.key, pick.purpose, int(pick.in_reserve),
            pick.reason.get("code"), pick.reason.get("text"), pick.score, pick.probability,
            each.predicted, pick.confidence, each.answer,
            None if each.agrees is None else int(each.agrees),
        )  # fmt: skip
        yield [spreadsheet_cell(cell) for cell in cells]


def replay_run(row: Round) -> RunView | None:
    """Return the newest run that repeats this round; None when nobody asked for one lately."""
    runs = exchange.recent_runs(row.project_id, REPLAY, n=20)
    return next((run for run in runs if run.params.get("round") == row.number), None)
