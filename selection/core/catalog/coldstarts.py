"""How the first batch is chosen, before any model."""

from selection.core.catalog.entries import Entry, Param

COLD_STARTS: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(
            "pretrained", "Pretrained",
            "What the class descriptions leave in doubt; typical items where there are none.",
            "selection.core.coldstart.pretrained", "Bae et al. 2025 (UHerding); prior ours",
            (
                Param("n_candidates", "int", 3000, "Random items that may be picked.", 10, 20000),
                Param("n_reference", "int", 2000, "Random items to be covered.", 10, 20000),
                Param("power", "float", 2.0, "How much doubt outweighs the rest.", 0, 10),
            ),
        ),
        Entry(
            "typical", "Typical", "Spread over the dense regions of the pool.",
            "selection.core.coldstart.typical", "Bae et al. 2024 (MaxHerding)",
            (
                Param("n_candidates", "int", 3000, "Random items that may be picked.", 10, 20000),
                Param("n_reference", "int", 2000, "Random items to be covered.", 10, 20000),
            ),
        ),
        Entry(
            "expert", "Expert",
            "What a lead picked into the seed set; filled up with typical items.",
            "selection.core.coldstart.typical", "Bae et al. 2024 (MaxHerding); seed set ours",
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
