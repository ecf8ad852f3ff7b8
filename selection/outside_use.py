"""Which outside models there are, which are in use, and whether the queue is behind them.

Imports no numbers: pages and whoever looks for work that is due ask too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotation import exchange
from selection.core.catalog import STRATEGIES
from selection.core.config import LoopConfig
from selection.models import OutsideModel, OutsideVersion, Round
from selection.outside_rows import PREDICTIONS, SCORES

# Predictions that ranked so many rounds are old: the labels since then taught them nothing.
OLD_AFTER_ROUNDS = 3
ROUNDS_BACK = 50


@dataclass(frozen=True)
class Listed:
    """An outside model as its page shows it. `n_rounds` were ranked by its newest version."""

    model: OutsideModel
    newest: OutsideVersion
    is_used: bool
    n_rounds: int
    accuracy: Mapping[str, Any] | None


def newest_of(project_id: int, kind: str, name: str) -> OutsideVersion | None:
    rows = OutsideVersion.objects.filter(
        model__project=project_id, model__name=name, model__kind=kind
    )
    return rows.select_related("model").order_by("-number").first()


def names(project_id: int, kind: str) -> list[str]:
    rows = OutsideModel.objects.filter(project=project_id, kind=kind)
    return list(rows.order_by("name").values_list("name", flat=True))


def used(config: Mapping[str, Any]) -> dict[str, str]:
    """Return the names a configuration goes by, of each kind it goes by."""
    found = {}
    if config.get("predictions"):
        found[PREDICTIONS] = str(config["predictions"])
    strategy = STRATEGIES.get(config.get("strategy", LoopConfig.strategy))
    if strategy is not None and strategy.needs_scores and config.get("scores"):
        found[SCORES] = str(config["scores"])
    return found


def is_behind(newest: Round, config: Mapping[str, Any]) -> bool:
    """Say whether something was pushed since the round for the model that ranked it."""
    for kind, name in used(config).items():
        seen = newest.facts.get("outside", {}).get(kind, {})
        if seen.get("model") != name:
            continue
        version = newest_of(newest.project_id, kind, name)
        if version is not None and version.digest != seen["version"]:
            return True
    return False


def rounds_by(project_id: int) -> dict[str, int]:
    """Return how many of the newest rounds, one after the other, were ranked by each version."""
    rows = Round.objects.filter(project=project_id).order_by("-number")
    counted: dict[str, int] = {}
    for place, facts in enumerate(rows.values_list("facts__outside", flat=True)[:ROUNDS_BACK]):
        for told in (facts or {}).values():
            if counted.get(told["version"], 0) == place:
                counted[told["version"]] = place + 1
    return counted


def listed(project_id: int, config: Mapping[str, Any]) -> list[Listed]:
    """Return the project's outside models with their newest versions, by name."""
    models = OutsideModel.objects.filter(project=project_id).order_by("name")
    versions = OutsideVersion.objects.filter(model__project=project_id).order_by("number")
    newest = {each.model_id: each for each in versions.select_related("pushed_by")}
    in_use, ranked = used(config), rounds_by(project_id)
    measured = _measured(project_id)
    return [
        Listed(
            model=model,
            newest=newest[model.pk],
            is_used=in_use.get(model.kind) == model.name,
            n_rounds=ranked.get(newest[model.pk].digest, 0),
            accuracy=measured.get(newest[model.pk].digest),
        )
        for model in models
        if model.pk in newest
    ]


def n_items(project_id: int) -> int:
    return exchange.n_items(project_id)


def _measured(project_id: int) -> dict[str, Mapping[str, Any]]:
    """Return the newest estimate of each version that ranked a round."""
    rows = Round.objects.filter(project=project_id, facts__has_key="outside").order_by("number")
    kept = rows.values_list("facts__outside__predictions__version", "facts__measured__accuracy")
    return {version: accuracy for version, accuracy in kept if version and accuracy}
