"""What the lead's page shows, read from rows: nothing here changes anything."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from annotation import exchange
from annotation.exchange import Progress, ProjectFacts, RunView, Spending
from selection.models import Pick, Round
from selection.prospects import FuturePoint, Told, forecast_told, path_of, price_told

# A worker shows a sign of life every few seconds; without one for this long it is away.
WORKER_AWAY = timedelta(seconds=20)
NEWEST_ROUNDS = 10
# With fewer audit labels an interval spans a third of the scale or more.
ROUGH_BELOW = 30


@dataclass(frozen=True)
class CurvePoint:
    """One round's model on n audit labels; n_labels is what had been labelled for it.

    hours of active time and money had been spent by then, None where unknown; `changes` says
    what was set or chosen otherwise than in the round before.
    """

    round: int
    n_labels: int
    value: float
    low: float
    high: float
    n: int
    hours: float | None = None
    money: float | None = None
    changes: Sequence[str] = ()

    @property
    def is_rough(self) -> bool:
        """Say whether so few audit labels measure it that its interval is all it tells."""
        return self.n < ROUGH_BELOW


@dataclass(frozen=True)
class ClassShare:
    """How often a class was answered, and picked for being predicted."""

    name: str
    colour: str
    n_labels: int
    n_picked: int


@dataclass(frozen=True)
class Health:
    """One remark: a word with its level (good, info, warn, bad), and what it means.

    `page` names the page of the project that shows more.
    """

    level: str
    word: str
    text: str
    page: str = ""


@dataclass(frozen=True)
class Overview:
    """Everything the progress page shows of one project."""

    project: ProjectFacts
    progress: Progress
    spending: Spending | None
    rounds: list[Round]
    curve: list[CurvePoint]
    classes: list[ClassShare]
    health: list[Health]
    runs: list[RunView]
    people: list[exchange.PersonAtWork]
    n_items: int
    n_labels: int

    @property
    def fingerprint(self) -> str:
        """Changes whenever the page would look different."""
        seen = (self.progress, self.spending, self.curve, self.health, self.runs, self.people)
        return hashlib.blake2b(repr(seen).encode(), digest_size=8).hexdigest()

    @property
    def newest(self) -> Round | None:
        return self.rounds[0] if self.rounds else None

    @property
    def now_point(self) -> CurvePoint | None:
        """The current model's estimate; None while it cannot be measured."""
        newest = self.newest
        if newest is None or not self.curve or self.curve[-1].round != newest.number:
            return None
        return self.curve[-1]

    @property
    def target(self) -> float | None:
        return self.newest.config.get("target_value") if self.newest else None

    @property
    def stop_reasons(self) -> list[str]:
        verdicts = self.newest.verdicts if self.newest else []
        return [verdict["reason"] for verdict in verdicts if verdict["stop"]]

    @property
    def currency(self) -> str:
        cost = self.newest.facts.get("cost", {}) if self.newest else {}
        return str(cost.get("currency", "Money"))

    @property
    def forecast(self) -> Told | None:
        return forecast_told(self.newest.facts) if self.newest else None

    @property
    def price(self) -> Told | None:
        return price_told(self.newest.facts) if self.newest else None

    @property
    def path(self) -> list[FuturePoint]:
        return path_of(self.newest.facts) if self.newest else []

    @property
    def has_money(self) -> bool:
        return any(point.money is not None for point in self.curve)

    @property
    def active_seconds(self) -> float:
        return sum(person.active_seconds for person in self.people)

    @property
    def most_labelled(self) -> int:
        return max((each.n_labels for each in self.classes), default=0) or 1

    @property
    def open_run(self) -> RunView | None:
        return next((run for run in self.runs if run.is_open), None)


def overview(project_id: int, *, now: datetime) -> Overview:
    project = exchange.project_facts(project_id)
    rounds = list(Round.objects.filter(project=project_id).order_by("-number")[:NEWEST_ROUNDS])
    runs = exchange.recent_runs(project_id, "round")
    return Overview(
        project=project,
        progress=exchange.progress(project_id, now=now),
        spending=exchange.spending(project_id),
        rounds=rounds,
        curve=curve_of(project_id, rounds),
        classes=class_shares(project, rounds),
        health=health(project_id, rounds, runs, now=now),
        runs=runs,
        people=exchange.people_at_work(project_id),
        n_items=exchange.n_items(project_id),
        n_labels=exchange.n_labels(project_id),
    )


def curve_of(project_id: int, rounds: Sequence[Round] = ()) -> list[CurvePoint]:
    """Return the curve as the newest round measured it; scipy stays in the worker."""
    newest = next(
        iter(rounds or Round.objects.filter(project=project_id).order_by("-number")[:1]), None
    )
    points = newest.facts.get("curve", []) if newest else []
    return [CurvePoint(**point) for point in points]


def class_shares(project: ProjectFacts, rounds: Sequence[Round]) -> list[ClassShare]:
    counts = exchange.class_counts(project.id)
    newest = rounds[0] if rounds else None
    picked = Pick.objects.filter(round=newest, in_reserve=False)
    predicted = list(picked.values_list("predicted_class", flat=True))
    return [
        ClassShare(name, colour, counts.get(class_id, 0), predicted.count(class_id))
        for class_id, name, colour in zip(
            project.class_ids, project.class_names, project.class_colours, strict=True
        )
    ]


def health(
    project_id: int, rounds: Sequence[Round], runs: Sequence[RunView], *, now: datetime
) -> list[Health]:
    """Return what a lead should know, worst first; one good word when there is nothing."""
    remarks = [*_of_worker(now), *_of_runs(runs), *_of_other_runs(project_id)]
    remarks += _of_fallback(project_id)
    if rounds:
        remarks += [Health(b["level"], _word(b["code"]), b["text"]) for b in rounds[0].health]
    order = {"bad": 0, "warn": 1, "info": 2}
    remarks.sort(key=lambda remark: order[remark.level])
    return remarks or [Health("good", "All well", "Worker, model and queue work as they should.")]


def _word(code: str) -> str:
    return code.replace("_", " ").capitalize()


def _of_worker(now: datetime) -> list[Health]:
    seen = exchange.worker_seen_at()
    if seen is not None and now - seen < WORKER_AWAY:
        return []
    since = f"since {seen:%d %b, %H:%M} UTC" if seen else "yet"
    text = f"No worker has shown a sign of life {since}: batches are not followed by new ones."
    return [Health("bad", "Worker away", text + " Start one with: manage.py work")]


def _of_runs(runs: Sequence[RunView]) -> list[Health]:
    if not runs or not runs[0].error:
        return []
    newest = runs[0]
    if newest.state == "failed":
        text = f"{newest.error} Labelling goes on meanwhile."
        return [Health("bad", "Round failed", text, page="runs")]
    if newest.is_open:
        text = f"Attempt {newest.attempt} failed: {newest.error}"
        return [Health("warn", "Trying again", text, page="runs")]
    return []


def _of_other_runs(project_id: int) -> list[Health]:
    failed = (run for run in exchange.failed_runs(project_id) if run.kind != "round")
    return [
        Health("bad", f"{run.kind.capitalize()} failed", run.error, page="runs") for run in failed
    ]


def _of_fallback(project_id: int) -> list[Health]:
    drawn = exchange.fallback(project_id)
    if drawn.n_now:
        text = f"The queue ran dry: annotators hold {drawn.n_now:,} drawn at random."
        return [Health("warn", "Fallback in use", text, page="queue")]
    if not drawn.n_ever:
        return []
    words = "item was" if drawn.n_ever == 1 else "items were"
    text = f"{drawn.n_ever:,} {words} handed out at random because the queue had run dry."
    return [Health("info", "Fallback used", text, page="queue")]
