"""What was set or chosen otherwise in a round than in the one before: marks on the curve."""

from collections.abc import Mapping
from typing import Any

from selection.core.catalog import BATCHES, ESTIMATORS, STRATEGIES, Entry
from selection.models import Round

KERNELS = {"linear": "linear", "gaussian": "by likeness", "forest": "trees"}
# Settings that change what a model learns or is asked, and how a page names them.
PLAIN = {
    "batch_size": "Batch size",
    "random_share": "Random share",
    "rare_share": "Share for rare classes",
    "relabel_share": "Share for second opinions",
    "audit_share": "Audit share",
    "audit_max": "Audit items at most",
    "target_metric": "Target measure",
    "target_value": "Target",
}


def changes_between(before: Round, after: Round) -> list[str]:
    """Return, in words, how the later round was made otherwise."""
    old, new = before.config, after.config
    found = [
        *_entry("Strategy", "strategy", STRATEGIES, old, new),
        *_entry("Batches", "batch", BATCHES, old, new),
        *_entry("Model", "estimator", ESTIMATORS, old, new),
        *_plain(old, new),
    ]
    if before.features_version != after.features_version:
        found.append("Other features")
    return found + _of_model(before.facts.get("choice", {}), after.facts.get("choice", {}))


def _entry(
    name: str,
    field: str,
    known: Mapping[str, Entry],
    old: Mapping[str, Any],
    new: Mapping[str, Any],
) -> list[str]:
    was, is_now = old.get(field), new.get(field)
    if was == is_now:
        settings = f"{field}_params"
        return [f"{name}: other settings"] if old.get(settings) != new.get(settings) else []
    return [f"{name}: {_title(known, was)} to {_title(known, is_now)}"]


def _title(known: Mapping[str, Entry], name: Any) -> str:
    return known[name].title if name in known else str(name)


def _plain(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return [
        f"{words}: {_said(old.get(field))} to {_said(new.get(field))}"
        for field, words in PLAIN.items()
        if old.get(field) != new.get(field)
    ]


def _said(value: Any) -> str:
    return "none" if value is None else str(value)


def _of_model(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return what cross-validation chose otherwise, as far as a lead may wonder at a jump."""
    if not old or not new:
        return []
    found = []
    if old.get("kernel") != new.get("kernel"):
        kinds = [KERNELS.get(str(each.get("kernel")), "unknown") for each in (old, new)]
        found.append(f"Model chosen: {kinds[0]} to {kinds[1]}")
    for field, words in (("strength", "descriptions"), ("spread", "neighbours")):
        was, is_now = (bool(each.get(field)) for each in (old, new))
        if was != is_now:
            found.append(f"Model {'uses' if is_now else 'leaves out'} {words}")
    return found
