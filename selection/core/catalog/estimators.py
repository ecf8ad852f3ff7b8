"""Which models there are."""

from selection.core.catalog.entries import Entry, Param

ESTIMATORS: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(
            "logistic", "Logistic regression", "Linear, quick, well calibrated; the default.",
            "selection.core.estimators.logistic", "Cox 1958",
            (
                Param("C", "float", 10.0, "Inverse of the regularisation.", 0.0001, 1_000_000),
                Param("balanced", "flag", True, "Give rare classes the weight of frequent ones."),
                Param("max_iter", "int", 500, "Most iterations of the solver.", 10, 10000),
            ),
        ),
    )
}  # fmt: skip
