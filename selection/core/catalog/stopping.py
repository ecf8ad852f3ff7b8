"""Which rules judge whether to stop."""

from selection.core.catalog.entries import Entry, Param

STOPPING: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(
            "budget", "Budget", "No labels are left to buy.",
            "selection.core.stopping.budget", "none",
        ),
        Entry(
            "pool_empty", "Pool empty", "No item is left to pick.",
            "selection.core.stopping.pool_empty", "none",
        ),
        Entry(
            "target", "Target reached", "The audit items prove the target, however often we look.",
            "selection.core.stopping.target", "Clopper and Pearson 1934; alpha spending ours",
        ),
        Entry(
            "stabilised", "Stabilised", "Successive models agree on a fixed set of items.",
            "selection.core.stopping.stabilised", "Bloodgood and Vijay-Shanker 2009",
            (Param("kappa", "float", 0.99, "Mean agreement that counts as stable.", 0.5, 1.0),),
        ),
        Entry(
            "plateau", "Plateau", "Stable twice, and the curve promises little more.",
            "selection.core.stopping.plateau", "Bloodgood and Vijay-Shanker 2009; curve ours",
            (
                Param("kappa", "float", 0.99, "Mean agreement that counts as stable.", 0.5, 1.0),
                Param("gain", "float", 0.01, "Gain of doubling the labels that is little.", 0, 1),
            ),
        ),
    )
}  # fmt: skip
