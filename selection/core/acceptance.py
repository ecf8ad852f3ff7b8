"""How often the surest predictions err, judged on audit items by a model that never saw them."""

import numpy as np

from selection.core.evaluation import clopper_pearson
from selection.core.offers import Level
from selection.core.types import BoolArray, CoreError, FloatArray, Probabilities

SHARES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
# A level that fewer audit items speak of could prove nothing worth having.
LEAST_AUDIT = 20


def levels(
    pool: Probabilities, audit: FloatArray, hits: BoolArray, *, alpha: float
) -> tuple[Level, ...]:
    """Upper bounds of the error above growing shares of the pool, all of them right together.

    Shapes: pool (N,) confidences of the unlabelled items, audit (n,) and hits (n,) of the audit
    items, all by one model that saw no audit label. Unit: confidence, only its order counts; all
    bounds hold with probability 1 - alpha. Raises CoreError when audit and hits differ in
    length. Source: Learn then Test (Angelopoulos et al. 2021) with Bonferroni over the levels
    and Clopper and Pearson 1934 within. Thresholds come from the pool and which levels are
    judged from confidences, never from answers. An error is one of an item like those of the
    whole project above the threshold.
    """
    if len(audit) != len(hits):
        raise CoreError(f"{len(audit)} confidences for {len(hits)} audit answers")
    if len(pool) == 0 or len(audit) == 0:
        return ()
    falling = np.sort(np.asarray(pool))[::-1]
    marks = [(share, float(falling[int(np.ceil(share * len(falling))) - 1])) for share in SHARES]
    judged = [(share, mark) for share, mark in marks if int((audit >= mark).sum()) >= LEAST_AUDIT]
    return tuple(
        _level(share, mark, pool, audit, hits, alpha / len(judged)) for share, mark in judged
    )


def _level(
    share: float,
    mark: float,
    pool: Probabilities,
    audit: FloatArray,
    hits: BoolArray,
    alpha: float,
) -> Level:
    inside = audit >= mark
    n, errors = int(inside.sum()), int((~hits[inside]).sum())
    bound = clopper_pearson(errors, n, alpha)[1]
    return Level(share, mark, int((np.asarray(pool) >= mark).sum()), n, errors, bound)
