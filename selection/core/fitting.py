"""From the labels of a round to its model."""

from selection.core import health
from selection.core.calibration import cooled, temperature
from selection.core.catalog import ESTIMATORS, resolve
from selection.core.chunks import rows
from selection.core.config import LoopConfig
from selection.core.estimators import fit
from selection.core.linear import LinearModel
from selection.core.streams import stream
from selection.core.types import Badge, NeedsTwoClassesError, RoundFacts


def fit_model(facts: RoundFacts, config: LoopConfig) -> tuple[LinearModel | None, list[Badge]]:
    """The model, its temperature included; None where the labels cannot teach one."""
    if len(facts.train_positions) == 0:
        return None, []
    entry = ESTIMATORS[config.estimator]
    params = entry.check_params(config.estimator_params, "estimator_params")
    factory, X = resolve(entry), rows(facts.features, facts.train_positions)
    targets, weights = facts.train_targets, facts.train_weights
    try:
        fitted = fit(factory, params, X, targets, weights, task=config.task)
    except NeedsTwoClassesError:
        return None, []
    remarks = [] if fitted.converged else [health.not_converged()]
    if not config.calibrate or config.task == "multi":
        return fitted.model, remarks
    rng = stream(facts, "folds")
    return cooled(fitted.model, temperature(factory, params, X, targets, weights, rng=rng)), remarks
