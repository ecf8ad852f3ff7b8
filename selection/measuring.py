"""What a round measured, as the pages read it: stored by the worker in the round's facts.

Round.facts["measured"] holds a `Measured`, Round.facts["audit_plan"] an `AuditPlanFacts`, both as
plain dicts.
"""

from dataclasses import asdict
from typing import Any

from selection.core import measures
from selection.core.audit_plan import AuditPlan
from selection.core.loop import audit_plan_of
from selection.core.per_class import ClassScores
from selection.core.types import FloatArray, Metric, RoundFacts, RoundResult
from selection.estimates import AuditPlanFacts, ClassEstimates, Estimate, Measured
from selection.facts import Snapshot


def measured_facts(
    snapshot: Snapshot,
    facts: RoundFacts,
    result: RoundResult,
    *,
    fresh: FloatArray | None = None,
) -> dict[str, Any]:
    """Return what goes into the round's facts; "measured" is None while nothing can be measured.

    `fresh` are predictions for the training items by models without them, where made already.
    """
    reserved = facts.audit_reserved or 0
    found = measures.measure(
        facts,
        snapshot.config,
        result.model,
        reserved=reserved,
        choice=result.past.choice,
        fresh=fresh,
    )
    planned = audit_plan_of(facts, snapshot.config, result.past, reserved)
    return {
        "measured": None if found is None else asdict(_measured(snapshot, found)),
        "audit_plan": asdict(_planned(planned, result)),
    }


def _measured(snapshot: Snapshot, found: measures.Measures) -> Measured:
    return Measured(
        accuracy=_estimate(found.accuracy),
        speaks=found.speaks,
        exact=_estimate(found.exact),
        assisted=None if found.assisted is None else _estimate(found.assisted),
        n_reference=found.n_reference,
        narrower=found.narrower,
        macro_f1=_estimate(found.macro_f1),
        classes=[_of_class(snapshot, each) for each in found.classes],
    )


def _of_class(snapshot: Snapshot, scores: ClassScores) -> ClassEstimates:
    return ClassEstimates(
        class_id=snapshot.project.class_ids[scores.number],
        n_true=scores.n_true,
        n_predicted=scores.n_predicted,
        precision=_estimate_or_none(scores.precision),
        recall=_estimate_or_none(scores.recall),
        f1=_estimate_or_none(scores.f1),
    )


def _estimate_or_none(metric: Metric | None) -> Estimate | None:
    return None if metric is None else _estimate(metric)


def _estimate(metric: Metric) -> Estimate:
    return Estimate(metric.value, metric.low, metric.high, metric.n)


def _planned(found: AuditPlan, result: RoundResult) -> AuditPlanFacts:
    batch = result.batch
    return AuditPlanFacts(
        share=found.share,
        reason=found.reason,
        n_batch=len(batch),
        n_batch_audit=sum(1 for pick in batch if pick.purpose == "audit"),
        n_audit=found.n_audit,
        reserved=found.reserved,
        value=found.value,
        target=found.target,
        needed=found.needed,
        look=found.look,
    )
