"""What the lead's page shows, read from rows: nothing here changes anything."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from annotation import exchange
from annotation.exchange import Progress, ProjectFacts, RunView, Spending
from selection import against_pool
from selection.against_pool import AgainstPool
from selection.configuration import gone_on
from selection.estimates import AuditPlanFacts, ClassEstimates, Measured, audit_plan_of, measured_of
from selection.health import Health, remarks
from selection.models import GoneOn, Pick, Round
from selection.prospects import (
    FuturePoint,
    RandomPoint,
    Told,
    against_told,
    forecast_told,
    path_of,
    price_told,
    random_path_of,
)
from selection.stop_rules import RuleRow, rule_rows

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
class Overview:
    """Everything the progress page shows of one project."""

    project: ProjectFacts
    progress: Progress
    spending: Spending | None
    rounds: list[Round]
    curve: list[CurvePoint]
    classes: list[ClassShare]
    health: list[Health]
    against_pool: AgainstPool | None
    runs: list[RunView]
    people: list[exchange.PersonAtWork]
    n_items: int
    n_labels: int
    gone_on: dict[str, GoneOn]

    @property
    def fingerprint(self) -> str:
        """Changes whenever the page would look different."""
        words = [word.pk for word in self.gone_on.values()]
        seen = (self.project, self.progress, self.spending, self.curve, self.health, self.runs)
        return hashlib.blake2b(repr((seen, self.people, words)).encode(), digest_size=8).hexdigest()

    @property
    def alarms(self) -> list[Health]:
        """What is wrong, worst first."""
        return [remark for remark in self.health if remark.level in ("bad", "warn")]

    @property
    def checks(self) -> list[Health]:
        """What is worth knowing, then what was checked and is well."""
        return [remark for remark in self.health if remark.level not in ("bad", "warn")]

    @property
    def outside(self) -> Mapping[str, Any] | None:
        """What is to be said of the outside model that speaks; None where it is an own one."""
        newest = self.newest
        return newest.facts.get("outside", {}).get("predictions") if newest else None

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
    def measured(self) -> Measured | None:
        return measured_of(self.newest.facts) if self.newest else None

    @property
    def audit_plan(self) -> AuditPlanFacts | None:
        return audit_plan_of(self.newest.facts) if self.newest else None

    @property
    def certificate(self) -> str:
        """What the target rule said: the one statement that may be read after every batch."""
        verdicts = self.newest.verdicts if self.newest and self.target else []
        return next((each["reason"] for each in verdicts if each["rule"] == "target"), "")

    @property
    def class_estimates(self) -> list[tuple[str, str, ClassEstimates]]:
        """Name, colour and estimates of each class that is still there."""
        measured = self.measured
        project = self.project
        found = {each.class_id: each for each in measured.classes} if measured else {}
        named = zip(project.class_ids, project.class_names, project.class_colours, strict=True)
        return [(name, colour, found[pk]) for pk, name, colour in named if pk in found]

    @property
    def target(self) -> float | None:
        return self.newest.config.get("target_value") if self.newest else None

    @property
    def rules(self) -> list[RuleRow]:
        return rule_rows(self.rounds, self.gone_on)

    @property
    def stop_reasons(self) -> list[str]:
        """Return why to stop, by the rules that no lead has set aside."""
        verdicts = self.newest.verdicts if self.newest else []
        said = (each for each in verdicts if each["rule"] not in self.gone_on)
        return [verdict["reason"] for verdict in said if verdict["stop"]]

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
    def against(self) -> Told | None:
        return against_told(self.newest.facts) if self.newest else None

    @property
    def path(self) -> list[FuturePoint]:
        return path_of(self.newest.facts) if self.newest else []

    @property
    def random_path(self) -> list[RandomPoint]:
        newest = self.newest
        return random_path_of(newest.facts, n_labels=newest.n_labels) if newest else []

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
    n_labels = exchange.n_labels(project_id)
    counts = exchange.class_counts(project_id)
    return Overview(
        project=project,
        progress=exchange.progress(project_id, now=now),
        spending=exchange.spending(project_id),
        rounds=rounds,
        curve=curve_of(project_id, rounds),
        classes=class_shares(project, rounds, counts),
        health=remarks(project_id, rounds, runs, n_labels=n_labels, now=now),
        against_pool=against_pool.read(project, rounds[0].facts, counts) if rounds else None,
        runs=runs,
        people=exchange.people_at_work(project_id),
        n_items=exchange.n_items(project_id),
        n_labels=n_labels,
        gone_on=gone_on(project_id, n_labels=n_labels),
    )


def curve_of(project_id: int, rounds: Sequence[Round] = ()) -> list[CurvePoint]:
    """Return the curve as the newest round measured it; scipy stays in the worker."""
    newest = next(
        iter(rounds or Round.objects.filter(project=project_id).order_by("-number")[:1]), None
    )
    points = newest.facts.get("curve", []) if newest else []
    return [CurvePoint(**point) for point in points]


def class_shares(
    project: ProjectFacts, rounds: Sequence[Round], counts: Mapping[int, int]
) -> list[ClassShare]:
    newest = rounds[0] if rounds else None
    picked = Pick.objects.filter(round=newest, in_reserve=False)
    predicted = list(picked.values_list("predicted_class", flat=True))
    return [
        ClassShare(name, colour, counts.get(class_id, 0), predicted.count(class_id))
        for class_id, name, colour in zip(
            project.class_ids, project.class_names, project.class_colours, strict=True
        )
    ]
