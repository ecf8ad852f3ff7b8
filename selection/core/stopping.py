"""Stopping rules: pure functions of the rounds so far. Each gives a verdict with its reason.

They advise; whether a project pauses is decided outside. Audit labels enter only here. Budget,
pool and target are exact and stop at once; what goes by estimates must hold several looks.
"""

import numpy as np

from selection.core.agreement import agreement, changed
from selection.core.evaluation import clopper_pearson
from selection.core.forecast import MIN_AUDIT, Curve, fit_curve
from selection.core.holding import LOOKS, held
from selection.core.types import CoreError, FloatArray, PastRound, StopFacts, Verdict

FIRST_LOOK = 50
LOOK_GROWTH = 1.5
PLANNED_LOOKS = 8
LATE_LOOK_GROWTH = 1.2
MIN_CLASS_AUDIT = 5


def budget(facts: StopFacts) -> Verdict:
    """Stop when no label is left to buy.

    Shapes: none. Unit: labels. Errors: none. Source: definition.
    """
    left = facts.budget_left
    if left is None:
        return Verdict("budget", False, None, 0.0, "There is no limit on labels.")
    reason = f"{left} labels are left." if left > 0 else "The budget is used up."
    return Verdict("budget", left <= 0, float(left), 0.0, reason)


def pool_empty(facts: StopFacts) -> Verdict:
    """Stop when no item is left to pick.

    Shapes: none. Unit: items. Errors: none. Source: definition.
    """
    left = facts.n_candidates
    reason = f"{left} items are left." if left else "Every item has been handed out."
    return Verdict("pool_empty", left == 0, float(left), 0.0, reason)


def target(facts: StopFacts) -> Verdict:
    """Stop when the audit labels prove the target, however often it was looked at.

    Shapes: facts.audit_hits (A,). Unit: lower bound and target in [0, 1]. Errors: none. Source:
    Clopper and Pearson 1934 on labels that never trained a model. Half the error probability
    is shared by 8 looks at 50, 75, 113, ... audit labels, half by later looks once the audit
    items are complete (1/2, 1/6, 1/12, ... of it), so that all looks together err at most with
    1 - confidence. The bound of macro-F1 joins exact bounds of the classes (`per_class.macro_f1`).
    """
    wanted = facts.target_value
    if wanted is None:
        return Verdict("target", False, None, None, "No target is set.")
    if facts.audit_hits is None or len(facts.audit_hits) == 0:
        return Verdict("target", False, None, wanted, "Nothing has been measured yet.")
    alpha = look_alpha(facts.rounds, facts.audit_size, 1 - facts.confidence)
    if alpha == 0:
        return _no_look(facts, wanted)
    if facts.target_metric == "macro_f1":
        return _f1_look(facts, wanted, alpha)
    hits = facts.audit_hits
    low, _ = clopper_pearson(int(hits.sum()), len(hits), alpha)
    return _looked(facts, low, wanted, alpha)


def stabilised(facts: StopFacts, *, kappa: float = 0.99, looks: int = LOOKS) -> Verdict:
    """Stop learning new things: three models in a row answer alike.

    Shapes: none. Unit: mean pairwise kappa in [-1, 1]. Errors: none. Source: Bloodgood and
    Vijay-Shanker 2009; the three span at least 30 labels and 2 % of them, because small batches
    change little. It certifies nothing.
    """
    value = agreement(facts.rounds)
    if value is None:
        return Verdict("stabilised", False, None, kappa, "Three models are needed to compare.")
    is_stable = value >= kappa
    word = "agree" if is_stable else "still differ"
    reason = f"The last three models {word} ({value:.3f})."
    return held(facts, Verdict("stabilised", is_stable, value, kappa, reason), looks)


def plateau(
    facts: StopFacts, *, kappa: float = 0.99, gain: float = 0.01, looks: int = LOOKS
) -> Verdict:
    """Stop when the models are stable and twice the labels would gain little.

    Shapes: none. Unit: highest credible gain of doubling the labels, a share. Errors: none.
    Source: Bloodgood and Vijay-Shanker 2009 with a power-law forecast; combination ours.
    """
    alike, curve = agreement(facts.rounds), _curve(facts)
    if alike is None or curve is None:
        return Verdict("plateau", False, None, gain, "Too few rounds to tell.", needs=looks)
    highest = curve.gain_of_doubling(facts.rounds[-1].n_labels)[2]
    reason = f"Doubling the labels may gain up to {highest:.1%}."
    if alike < kappa:
        reason = f"The models still change. {reason}"
    is_flat = alike >= kappa and highest < gain
    return held(facts, Verdict("plateau", is_flat, highest, gain, reason), looks)


def little_gain(facts: StopFacts, *, gain: float = 0.01, looks: int = LOOKS) -> Verdict:
    """Stop when twice the labels would gain little, whether or not models are stable.

    Shapes: none. Unit: highest credible gain of doubling the labels, a share. Errors: none.
    Source: power-law forecast over the audit estimates; Viering and Loog 2022 on its form.
    """
    curve = _curve(facts)
    if curve is None:
        return Verdict("little_gain", False, None, gain, "Too few rounds to tell.")
    highest = curve.gain_of_doubling(facts.rounds[-1].n_labels)[2]
    reason = f"Doubling the labels may gain up to {highest:.1%}."
    return held(facts, Verdict("little_gain", highest < gain, highest, gain, reason), looks)


def poor_value(facts: StopFacts, *, labels: int = 0, looks: int = LOOKS) -> Verdict:
    """Stop when the next percentage point costs more labels than the lead would pay.

    Shapes: none. Unit: labels for one point more, by the most hopeful credible forecast; 0 = no
    ceiling. Errors: none. Source: as `little_gain`.
    """
    if labels == 0:
        return Verdict("poor_value", False, None, None, "No ceiling on the labels of a point.")
    curve = _curve(facts)
    if curve is None:
        return Verdict("poor_value", False, None, float(labels), "Too few rounds to tell.")
    least = curve.labels_for_gain(facts.rounds[-1].n_labels, 0.01)[0]
    told = f"at least {least:,.0f} labels" if np.isfinite(least) else "more labels than there are"
    value = least if np.isfinite(least) else None
    reason = f"One more point takes {told}; the ceiling is {labels:,}."
    is_dear = least > labels
    return held(facts, Verdict("poor_value", is_dear, value, float(labels), reason), looks)


def unchanged(facts: StopFacts, *, share: float = 0.0, looks: int = LOOKS) -> Verdict:
    """Stop when the last two models answer alike: early, on easy pools far too early.

    Shapes: none. Unit: share of the stop set answered differently. Errors: none. Source: Zhu,
    Wang and Hovy 2008 (classification change).
    """
    value = changed(facts.rounds)
    if value is None:
        return Verdict("unchanged", False, None, share, "Two models are needed to compare.")
    reason = f"The last two models differ on {value:.1%} of the items."
    return held(facts, Verdict("unchanged", value <= share, value, share, reason), looks)


def certain(facts: StopFacts, *, error: float = 0.01, looks: int = LOOKS) -> Verdict:
    """Stop when the model expects to err nearly nowhere: late, on hard pools never.

    Shapes: facts.doubts (k,). Unit: mean chance of error by the model's own account. Errors:
    none. Source: Zhu, Wang and Hovy 2008 (overall uncertainty, minimum expected error).
    """
    if facts.doubts is None or len(facts.doubts) == 0:
        return Verdict("certain", False, None, error, "There is no model yet.")
    value = float(facts.doubts.mean())
    reason = f"The model expects to err on {value:.1%} of the items."
    return held(facts, Verdict("certain", value <= error, value, error, reason), looks)


def surest(facts: StopFacts, *, error: float = 0.1, looks: int = LOOKS) -> Verdict:
    """Stop when even the most doubtful item is nearly certain: very late.

    Shapes: facts.doubts (k,). Unit: largest chance of error by the model's own account. Errors:
    none. Source: Zhu and Hovy 2007 (maximum confidence).
    """
    if facts.doubts is None or len(facts.doubts) == 0:
        return Verdict("surest", False, None, error, "There is no model yet.")
    value = float(facts.doubts.max())
    reason = f"On its most doubtful item the model expects to err with {value:.1%}."
    return held(facts, Verdict("surest", value <= error, value, error, reason), looks)


def look_alpha(rounds: tuple[PastRound, ...], audit_size: int, alpha: float) -> float:
    """Error probability this round's look may use; 0 when it is no look.

    Shapes: none. Unit: probability; the sum over all rounds stays below alpha. Errors: none.
    Source: union bound over looks; schedule ours.
    """
    current, earlier = rounds[-1], rounds[:-1]
    looks = [each for each in earlier if each.alpha_spent > 0]
    spent = sum(each.alpha_spent for each in looks)
    planned = next_look(earlier)
    n_planned = sum(1 for each in looks if each.n_audit < audit_size)
    if current.n_audit >= audit_size:
        n_late = len(looks) - n_planned
        grown = current.n_labels >= LATE_LOOK_GROWTH * max((e.n_labels for e in looks), default=0)
        share = alpha / 2 / ((n_late + 1) * (n_late + 2)) if grown or n_late == 0 else 0.0
    else:
        is_due = current.n_audit >= planned and n_planned < PLANNED_LOOKS
        share = alpha / 2 / PLANNED_LOOKS if is_due else 0.0
    return min(share, max(alpha - spent, 0.0))


def next_look(rounds: tuple[PastRound, ...]) -> int:
    """How many audit labels the next certified look waits for.

    Shapes: none. Unit: labels. Errors: none. Source: ours: 50, then half as many again each time.
    """
    last = max((each.n_audit for each in rounds if each.alpha_spent > 0), default=0)
    return max(FIRST_LOOK, int(np.ceil(last * LOOK_GROWTH)))


def audit_labels_needed(value: float, wanted: float, alpha: float) -> int | None:
    """About how many audit labels prove `wanted` if the model is really at `value`.

    Shapes: none. Unit: labels; None when value <= wanted. Errors: none. Source: ln(1/alpha) over
    the relative entropy of the two shares (Chernoff).
    """
    if not 0 < wanted < value:
        return None
    p, q = min(value, 1 - 1e-9), wanted
    distance = p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q))
    return int(np.ceil(np.log(1 / alpha) / distance))


def _no_look(facts: StopFacts, wanted: float) -> Verdict:
    n = 0 if facts.audit_hits is None else len(facts.audit_hits)
    reason = f"{n} audit labels; the next certified look waits for more."
    return Verdict("target", False, None, wanted, reason)


def _looked(facts: StopFacts, low: float, wanted: float, alpha: float) -> Verdict:
    name = facts.target_metric.replace("_", "-")
    sure = f"{facts.confidence:.0%}"
    if low >= wanted:
        reason = f"With {sure} confidence {name} is at least {low:.1%}; the target is {wanted:.1%}."
    else:
        reason = f"Only {low:.1%} {name} is certain ({sure}); the target is {wanted:.1%}."
    return Verdict("target", low >= wanted, low, wanted, reason, alpha)


def _f1_look(facts: StopFacts, wanted: float, alpha: float) -> Verdict:
    counts, low = facts.audit_counts, facts.f1_low
    if counts is None or low is None or _thin(counts):
        reason = f"A class has fewer than {MIN_CLASS_AUDIT} audit labels."
        return Verdict("target", False, None, wanted, reason)
    return _looked(facts, low(alpha), wanted, alpha)


def _thin(counts: FloatArray) -> bool:
    return len(counts) == 0 or float(counts.min()) < MIN_CLASS_AUDIT


def _curve(facts: StopFacts) -> Curve | None:
    """The fitted laws; None while there is too little to fit, or too few audit labels to trust."""
    if facts.curve is None or int(facts.curve.n[-1]) < MIN_AUDIT:
        return None
    try:
        return fit_curve(facts.curve)
    except CoreError:
        return None
