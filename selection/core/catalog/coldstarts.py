"""How the first batch is chosen, before any model."""

from selection.core.catalog.entries import Entry, Param

COLD_STARTS: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(
            "typical", "Typical", "Spread over the dense regions of the pool.",
            "selection.core.coldstart.typical", "Bae et al. 2024 (MaxHerding)",
            (
                Param("n_candidates", "int", 3000, "Random items that may be picked.", 10, 20000),
                Param("n_reference", "int", 2000, "Random items to be covered.", 10, 20000),
            ),
        ),
        Entry(
            "random", "Random", "Every item equally likely.",
            "selection.core.coldstart.uniform", "none",
        ),
    )
}  # fmt: skip
