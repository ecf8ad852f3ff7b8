"""How many of the next batch measure the model: enough to decide about the target, no more."""

from dataclasses import dataclass, replace
from math import ceil

from selection.core.config import LoopConfig
from selection.core.stopping import FIRST_LOOK, PLANNED_LOOKS, audit_labels_needed
from selection.core.types import Metric

# Never less than this, so that the curve stays honest, nor more, so that the model goes on
# learning; unless a lead's own share lies beyond.
LEAST, MOST = 0.1, 0.5
# Without a target: at 90 % accuracy so many tell it to within about six points either way.
ENOUGH = 100
# What is missing is to come with so many batches.
BATCHES = 3


@dataclass(frozen=True)
class AuditPlan:
    """The share of the next batch that are audit items, and why.

    reason: off, fixed, first, steady, enough, far, close, needed, look or beyond. needed: audit
    labels that would prove the target if the model is really at value; None where that is no
    question. look: how many the target rule waits for before it looks again.
    """

    share: float
    reason: str
    n_audit: int
    reserved: int
    value: float | None = None
    target: float | None = None
    needed: int | None = None
    look: int | None = None


def plan(
    config: LoopConfig,
    *,
    accuracy: Metric | None,
    n_audit: int,
    reserved: int,
    batch_size: int,
    look: int = 0,
) -> AuditPlan:
    """The audit share of the next batch.

    Shapes: none. Unit: share of the batch; accuracy is the current model's estimate on n_audit
    labels of `reserved` items, look what the target rule waits for. Errors: none. Source: ours.
    Estimates decide how many audit items come next, never which: their order was fixed by chance
    before anything was known.
    """
    share = config.audit_share
    found = AuditPlan(share, "fixed", n_audit, reserved)
    if share == 0 or reserved == 0:
        return _changed(found, 0.0, "off")
    if not config.audit_adapts:
        return found
    if accuracy is None or n_audit < FIRST_LOOK:
        return _changed(found, share, "first")
    if config.target_value is None or config.target_metric != "accuracy":
        is_enough = n_audit >= ENOUGH and config.target_value is None
        return _changed(found, _least(share) if is_enough else share, _calm(is_enough))
    return _toward(found, config, accuracy, batch_size, min(look, reserved))


def _toward(
    found: AuditPlan, config: LoopConfig, accuracy: Metric, batch_size: int, look: int
) -> AuditPlan:
    share, target = config.audit_share, float(config.target_value or 0.0)
    alpha = (1 - config.confidence) / 2 / PLANNED_LOOKS
    needed = audit_labels_needed(accuracy.value, target, alpha)
    found = replace(
        found, reason="close", value=accuracy.value, target=target, needed=needed, look=look
    )
    if accuracy.high < target:
        return _changed(found, _least(share), "far")
    if needed is None:
        return found
    if needed > found.reserved:
        return _changed(found, share, "beyond")
    missing = max(needed, look) - found.n_audit
    if missing <= 0:
        return _changed(found, _least(share), "enough")
    wanted = ceil(missing / BATCHES) / max(batch_size, 1)
    reason = "needed" if needed > found.n_audit else "look"
    return _changed(found, min(max(wanted, _least(share)), max(MOST, share)), reason)


def _least(share: float) -> float:
    return min(share, LEAST)


def _calm(is_enough: bool) -> str:
    return "enough" if is_enough else "steady"


def _changed(found: AuditPlan, share: float, reason: str) -> AuditPlan:
    return replace(found, share=share, reason=reason)
