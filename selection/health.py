"""What a lead should know of selection: what is wrong, what to do about it, what was checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from annotation import exchange
from annotation.exchange import RunView
from selection.models import Round
from selection.outside_use import OLD_AFTER_ROUNDS, rounds_by

# A worker shows a sign of life every few seconds; without one for this long it is away.
WORKER_AWAY = timedelta(seconds=20)
# A ranking is old when so many batches were answered since.
OLD_AFTER_BATCHES = 2
# A part of the pool this large should not stay without a label.
LARGE_REGION = 0.1
ORDER = {"bad": 0, "warn": 1, "info": 2, "good": 3}
# What to do about what the core remarked, by its code.
TO_DO = {
    "fallback": "The strategy takes over by itself once two classes have answers.",
    "unseen_classes": "Seek out examples among the items, or describe the classes in the settings.",
    "degenerate_scores": "Label a few more, or choose another strategy for the project.",
    "constant_features": "Choose other features for the project: so nothing can be learnt.",
    "redundant_batch": "Choose a strategy that keeps the items of a batch apart.",
    "short_batch": "Raise the budget, or import more items.",
    "no_audit": "Set a share of audit items for the project.",
    "not_ranked": "Push predictions or scores for all items: see Outside models.",
    "not_converged": "Harmless once in a while; if it stays, choose other features.",
}


@dataclass(frozen=True)
class Health:
    """One remark: a word with its level (good, info, warn, bad), what it means, what to do.

    `page` names the page of the project that shows more.
    """

    level: str
    word: str
    text: str
    page: str = ""
    to_do: str = ""


def remarks(
    project_id: int,
    rounds: Sequence[Round],
    runs: Sequence[RunView],
    *,
    n_labels: int,
    now: datetime,
) -> list[Health]:
    """Return what a lead should know, worst first; what was checked and is well comes last."""
    found = [_of_worker(now), _of_runs(runs), *_of_other_runs(project_id)]
    found += [_of_fallback(project_id)]
    if rounds:
        found += [_of_ranking(rounds[0], runs, n_labels)]
        found += [_of_badge(badge) for badge in rounds[0].health]
        found += _of_the_batch(rounds[0])
        found += _of_outside(rounds[0])
    return sorted(found, key=lambda remark: ORDER[remark.level])


def _of_worker(now: datetime) -> Health:
    seen = exchange.worker_seen_at()
    if seen is not None and now - seen < WORKER_AWAY:
        return Health("good", "Worker", "A worker is alive and looks for rounds that are due.")
    since = f"since {seen:%d %b, %H:%M} UTC" if seen else "yet"
    text = f"No worker has shown a sign of life {since}: batches are not followed by new ones."
    return Health("bad", "Worker away", text, to_do="Start one with: manage.py work")


def _of_runs(runs: Sequence[RunView]) -> Health:
    if not runs or not runs[0].error:
        return Health("good", "Rounds", "The newest round ran through." if runs else "None is due.")
    newest = runs[0]
    if newest.state == "failed":
        text = f"{newest.error} Labelling goes on meanwhile."
        return Health("bad", "Round failed", text, "runs", "Mend the cause, then retry it.")
    text = f"Attempt {newest.attempt} failed: {newest.error}"
    return Health("warn" if newest.is_open else "info", "Trying again", text, page="runs")


def _of_other_runs(project_id: int) -> list[Health]:
    failed = (run for run in exchange.failed_runs(project_id) if run.kind != "round")
    return [
        Health("bad", f"{run.kind.capitalize()} failed", run.error, "runs", "Retry it there.")
        for run in failed
    ]


def _of_fallback(project_id: int) -> Health:
    drawn = exchange.fallback(project_id)
    if drawn.n_now:
        text = f"The queue ran dry: annotators hold {drawn.n_now:,} drawn at random."
        to_do = "Larger batches or a larger reserve keep it from running dry."
        return Health("warn", "Fallback in use", text, "queue", to_do)
    if not drawn.n_ever:
        return Health("good", "Queue", "It has never run dry: every item asked was chosen.")
    words = "item was" if drawn.n_ever == 1 else "items were"
    text = f"{drawn.n_ever:,} {words} handed out at random because the queue had run dry."
    return Health("info", "Fallback used", text, page="queue")


def _of_ranking(newest: Round, runs: Sequence[RunView], n_labels: int) -> Health:
    since = max(n_labels - newest.n_labels, 0)
    is_under_way = bool(runs) and runs[0].is_open
    if since > OLD_AFTER_BATCHES * newest.config.get("batch_size", since) and not is_under_way:
        text = f"What waits in the queue was ranked {since:,} labels ago, by round {newest.number}."
        return Health("warn", "Stale ranking", text, "runs", "Train now, or see why no round came.")
    text = f"What waits in the queue was ranked by round {newest.number}."
    return Health("good", "Ranking", text)


def _of_outside(newest: Round) -> list[Health]:
    """What was pushed from outside: how old it is, and how much of the pool it speaks of."""
    by_version = rounds_by(newest.project_id)
    found = []
    for told in newest.facts.get("outside", {}).values():
        name, n_rounds = told["model"], by_version.get(told["version"], 1)
        if n_rounds > OLD_AFTER_ROUNDS:
            text = f"Version {told['number']} of {name} has ranked the last {n_rounds} rounds."
            to_do = "Train it on the labels made since, and push again."
            found.append(Health("warn", "Old predictions", text, "outside", to_do))
        n_silent = exchange.n_items(newest.project_id) - told["n_known"]
        if n_silent > 0:
            text = f"{name} says nothing of {n_silent:,} items: they wait behind the others."
            to_do = "Push again for all items."
            found.append(Health("warn", "Items not covered", text, "outside", to_do))
    return found


def _of_badge(badge: Mapping[str, Any]) -> Health:
    word = badge["code"].replace("_", " ").capitalize()
    to_do = TO_DO.get(badge["code"], "") if badge["level"] != "info" else ""
    return Health(badge["level"], word, badge["text"], to_do=to_do)


def _of_the_batch(newest: Round) -> list[Health]:
    """Judge the newest batch beside the pool it was picked from."""
    codes = {badge["code"] for badge in newest.health}
    found = newest.facts.get("distribution", {})
    well = []
    if newest.model_version and "degenerate_scores" not in codes:
        text = "The strategy told the items of the pool apart."
        well += [Health("good", "Scores", text)]
    if found.get("alike") is not None and "redundant_batch" not in codes:
        text = "Few items of the newest batch nearly repeat another."
        well += [Health("good", "Variety", text)]
    return [*_of_regions(found), *well]


def _of_regions(found: Mapping[str, Any]) -> list[Health]:
    bare = [
        each
        for each in found.get("regions", [])
        if not each["labelled"] and each["pool"] >= LARGE_REGION * max(found["pool"], 1)
    ]
    has_labels = any(each["labelled"] for each in found.get("regions", []))
    if not bare or not has_labels:
        return []
    named = ", ".join(f"“{each['name']}”" for each in bare[:3])
    share = sum(each["pool"] for each in bare) / found["pool"]
    text = f"Nothing is labelled yet in {share:.0%} of the pool: {named}."
    to_do = "Coverage comes by itself with auto; otherwise seek items out there."
    return [Health("warn", "Bare region", text, to_do=to_do)]
