"""Estimates as stored with a round and read by pages: no numpy here, web processes import it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from selection.core.offers import Level


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval, valid for one look, from n audit labels."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class ClassEstimates:
    """One class; an estimate is None where no audit item speaks of it."""

    class_id: int
    n_true: int
    n_predicted: int
    precision: Estimate | None
    recall: Estimate | None
    f1: Estimate | None


@dataclass(frozen=True)
class Measured:
    """Round.facts["measured"]: the round's model on the audit labels there were.

    accuracy is the estimate that `speaks` ("exact" or "assisted"); the assisted one leans on what
    the model expects of n_reference further items; `narrower` is what that saves of the width.
    """

    accuracy: Estimate
    speaks: str
    exact: Estimate
    assisted: Estimate | None
    n_reference: int
    narrower: float
    macro_f1: Estimate
    classes: list[ClassEstimates]


@dataclass(frozen=True)
class AuditPlanFacts:
    """Round.facts["audit_plan"]: how many of the round's batch are audit items, and why.

    reason: off, fixed, first, steady, enough, far, close, needed, look or beyond. look: how many
    audit labels the target rule waits for before it looks again.
    """

    share: float
    reason: str
    n_batch: int
    n_batch_audit: int
    n_audit: int
    reserved: int
    value: float | None
    target: float | None
    needed: int | None
    look: int | None = None

    @property
    def sentence(self) -> str:
        """What the plan is and why, for the lead."""
        why = WHY[self.reason].format(
            n=f"{self.n_audit:,}",
            reserved=f"{self.reserved:,}",
            needed=f"{self.needed:,}" if self.needed else "",
            look=f"{self.look:,}" if self.look else "",
            value=_percent(self.value),
            target=_percent(self.target),
        )
        if not self.n_batch:
            return f"Nothing is asked now: {why}"
        return f"{self.n_batch_audit} of the {self.n_batch} in this batch are audit items: {why}"


@dataclass(frozen=True)
class FinalReport:
    """Final.report: what may be accepted, at which chance of error, and what confidence means.

    levels as in core.offers; `look` is the how-manieth final model this is, alpha its share of
    the chance of error. calibration: how far confidence and truth lie apart before and after
    tempering, on n held-out answers, is_fair where these are audit items.
    """

    levels: list[Level]
    look: int
    alpha: float
    temperature: float
    before: float | None
    after: float | None
    n_calibration: int
    is_fair: bool


WHY = {
    "off": "audit items are switched off, or the pool is too small for them.",
    "fixed": "the share is fixed in the settings.",
    "first": "{n} have been labelled, and the first 50 come at the usual share.",
    "steady": "{n} of {reserved} have been labelled, and they come at the usual share.",
    "enough": "{n} have been labelled, which is enough for now; a few keep the curve honest.",
    "far": "with {n} labelled the model is clearly below the target of {target}, "
    "so labels that teach it matter more.",
    "close": "the estimate, {value}, is not above the target of {target} yet; "
    "{n} have been labelled and more come at the usual share.",
    "needed": "about {needed} are needed to tell {value} from {target}, "
    "and {n} have been labelled.",
    "look": "{n} have been labelled, enough to tell {value} from {target}, "
    "and the target is looked at again with {look}.",
    "beyond": "about {needed} would be needed to tell {value} from {target}, more than the "
    "{reserved} that are kept for this; the settings can keep more.",
}


def measured_of(facts: Mapping[str, Any]) -> Measured | None:
    """Return what a round measured; None while there was nothing to measure."""
    found = facts.get("measured")
    if not found:
        return None
    changed: dict[str, Any] = {
        name: Estimate(**found[name]) for name in ("accuracy", "exact", "macro_f1")
    }
    changed["assisted"] = _estimate(found["assisted"])
    changed["classes"] = [_of_class(each) for each in found["classes"]]
    return Measured(**{**found, **changed})


def audit_plan_of(facts: Mapping[str, Any]) -> AuditPlanFacts | None:
    """Return the plan of a round's batch; None for rounds from before there were plans."""
    found = facts.get("audit_plan")
    return AuditPlanFacts(**found) if found else None


def final_report_of(found: Mapping[str, Any]) -> FinalReport:
    return FinalReport(**{**found, "levels": [Level(**each) for each in found["levels"]]})


def _of_class(found: Mapping[str, Any]) -> ClassEstimates:
    names = ("precision", "recall", "f1")
    return ClassEstimates(**{**found, **{name: _estimate(found[name]) for name in names}})


def _estimate(found: Mapping[str, Any] | None) -> Estimate | None:
    return None if found is None else Estimate(**found)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.3g} %"
