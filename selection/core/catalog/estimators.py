"""Which models there are, and how they learn."""

from selection.core.catalog.entries import Estimator, Param

ESTIMATORS: dict[str, Estimator] = {
    entry.name: entry
    for entry in (
        Estimator(
            "auto", "Automatic", "What the labels speak for, by cross-validation; the default.",
            "selection.core.learning.auto.auto", "ours, see below",
            (
                Param("descriptions", "flag", True, "Start from the descriptions of the classes."),
            ),
        ),
        Estimator(
            "logistic", "Logistic regression", "Linear, quick, from the labels alone.",
            "selection.core.learning.auto.logistic", "Cox 1958",
            (
                Param("C", "float", 10.0, "Inverse of the regularisation.", 0.0001, 1_000_000),
                Param("balanced", "flag", True, "Give rare classes the weight of frequent ones."),
                Param("max_iter", "int", 500, "Most iterations of the solver.", 10, 10000),
            ),
        ),
        Estimator(
            "kernel", "Likeness", "By likeness to labelled items; for what no line parts.",
            "selection.core.learning.auto.kernel", "Zhu and Hastie 2005; Zhou et al. 2004",
            (
                Param("C", "float", 30.0, "Inverse of the regularisation.", 0.0001, 1_000_000),
                Param("breadth", "float", 1.0, "Width, in multiples of the pool's.", 0.01, 100),
                Param("spread", "float", 1.0, "Weight of labels lent to neighbours.", 0, 10),
            ),
        ),
        Estimator(
            "trees", "Trees", "Cuts columns one at a time; for tables with enough labels.",
            "selection.core.learning.auto.trees", "Geurts et al. 2006",
            (Param("balance", "float", 1.0, "0: labels count alike; 1: classes do.", 0, 1),),
            tasks=("single",),
        ),
    )
}  # fmt: skip
