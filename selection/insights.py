"""What a round found out beside its picks, in numbers that pages read: `Round.facts`."""

from dataclasses import asdict
from typing import Any

import numpy as np

from annotation import exchange
from annotation.exchange import Cost
from selection.against_random import against_random
from selection.core.forecast import MIN_AUDIT, MIN_POINTS, fit_curve
from selection.core.outlook import Outlook, Pace, Step, look_ahead, per_point, recent_gain
from selection.core.types import CoreError, LearningCurve, RoundFacts, RoundResult
from selection.facts import Snapshot
from selection.models import Round
from selection.plainly import plain

# What the dearest models of a window have cost is read from so many newest rounds at most.
COSTS_BACK = 400


def insights_of(snapshot: Snapshot, facts: RoundFacts, result: RoundResult) -> dict[str, Any]:
    """Return what goes into the round's facts; reads only, outside any transaction."""
    cost = exchange.cost_until(snapshot.project.id, snapshot.answers.revision)
    costs = {**_earlier_costs(snapshot.project.id), result.past.n_labels: cost}
    found = {"cost": asdict(cost)}
    if snapshot.predictions:
        # How an outside model grows with labels is not known here: nothing to look ahead by.
        return found | {"forecast": {"state": "outside"}, "price": None, "against_random": None}
    found |= against_random(snapshot, facts, result, pace_of(snapshot, facts))
    rate = _rate(cost)
    if result.curve is None:
        return found | {"forecast": _too_early(None), "price": None}
    price = _price(result.curve, costs)
    rate = price["each"] if price else rate
    return found | {"forecast": _forecast(snapshot, facts, result, rate), "price": price}


def pace_of(snapshot: Snapshot, facts: RoundFacts) -> Pace:
    """Return how many labels people give for one that trains, as the project goes so far."""
    answered = len(facts.train_positions) + len(facts.audit_positions)
    left = (facts.audit_reserved or 0) - len(facts.audit_positions)
    return Pace(
        opinions=max(snapshot.answers.n_labels / answered, 1.0) if answered else 1.0,
        audit_share=snapshot.config.audit_share,
        audit_left=max(left, 0),
    )


def _earlier_costs(project_id: int) -> dict[int, Cost]:
    """Return what had been spent when so many labels trained, of rounds that wrote it down."""
    rounds = Round.objects.filter(project=project_id, facts__has_key="cost").order_by("-number")
    kept = rounds.values_list("n_train", "facts__cost")[:COSTS_BACK]
    return {n_train: Cost(**cost) for n_train, cost in kept}


def _rate(cost: Cost) -> dict[str, float | None]:
    """Return hours and money per label so far."""
    n = max(cost.n_labels, 1)
    return {"hours": cost.hours / n, "money": None if cost.money is None else cost.money / n}


def _price(points: LearningCurve, costs: dict[int, Cost]) -> dict[str, Any] | None:
    """Return what the last doubling of the labels gained and cost; None before there is one."""
    gained = recent_gain(points)
    if gained is None or int(points.n[-1]) < MIN_AUDIT:
        return None
    first, last = costs.get(int(gained.first)), costs.get(int(gained.last))
    if first is None or last is None or last.n_labels <= first.n_labels:
        return None
    labels, hours = last.n_labels - first.n_labels, last.hours - first.hours
    money = None if first.money is None or last.money is None else last.money - first.money
    spent = {"labels": float(labels), "hours": hours, "money": money}
    return {
        "spent": spent,
        "gain": gained.gain,
        "per_point": {
            unit: None if amount is None else plain(per_point(amount, gained.gain))
            for unit, amount in spent.items()
        },
        "each": {
            "hours": hours / labels,
            "money": None if money is None else money / labels,
        },
    }


def _forecast(
    snapshot: Snapshot, facts: RoundFacts, result: RoundResult, rate: dict[str, float | None]
) -> dict[str, Any]:
    points = result.curve
    if points is None or int(points.n[-1]) < MIN_AUDIT:
        return _too_early(points)
    try:
        laws = fit_curve(points)
    except CoreError:
        return _too_early(points)
    config, pace = snapshot.config, pace_of(snapshot, facts)
    outlook = look_ahead(
        laws,
        now=result.past.n_labels,
        pool_left=max(result.n_candidates - pace.audit_left, 0),
        pace=pace,
        target=config.target_value,
        budget_left=snapshot.budget_left,
    )
    return {
        "state": outlook.state or "open",
        "metric": config.target_metric,
        "target": config.target_value,
        "n_labels": snapshot.answers.n_labels,
        "rate": rate,
        **_ranges(outlook),
        "at_budget": _step(outlook.at_budget),
        "path": [_step(each) for each in outlook.path],
    }


def _too_early(points: LearningCurve | None) -> dict[str, Any]:
    """Return what is missing before anything can be said of the future."""
    n_models = 0 if points is None else len(np.unique(points.labels))
    n_audit = 0 if points is None else int(points.n[-1])
    return {
        "state": "early",
        "models": n_models,
        "models_needed": MIN_POINTS,
        "audit": n_audit,
        "audit_needed": MIN_AUDIT,
    }


def _ranges(outlook: Outlook) -> dict[str, Any]:
    names = ("to_target", "now", "doubling", "next_point", "whole_pool")
    return {name: plain(getattr(outlook, name)) for name in names}


def _step(step: Step | None) -> dict[str, Any] | None:
    return None if step is None else {"labels": step.labels, "value": plain(step.value)}
