"""How scores become a batch: every batch function."""

from selection.core.catalog.entries import Entry, Param

BATCHES: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(
            "top", "Highest scores", "The items with the highest scores.",
            "selection.core.batches.top", "none",
        ),
        Entry(
            "diverse", "Diverse", "High scores far from each other and from what is covered.",
            "selection.core.batches.diverse", "Gonzalez 1985; weighting ours",
            (Param("shortlist", "int", 10, "Candidates per place in the batch.", 1, 1000),),
        ),
        Entry(
            "clustered", "Clustered", "One item from each cluster of the highest scores.",
            "selection.core.batches.clustered", "Zhdanov 2019",
            (Param("shortlist", "int", 10, "Candidates per place in the batch.", 2, 1000),),
        ),
        Entry(
            "herding", "Herding", "Items that stand for as much of the score as possible.",
            "selection.core.batches.herding", "Bae et al. 2025 (UHerding); power ours",
            (
                Param("n_candidates", "int", 3000, "Random items that may be picked.", 10, 20000),
                Param("n_reference", "int", 2000, "Random items to be covered.", 10, 20000),
                Param("power", "float", 2.0, "How much high scores outweigh low ones.", 0, 10),
            ),
        ),
        Entry(
            "farthest", "Farthest first", "Each pick farthest from everything covered.",
            "selection.core.batches.farthest", "Gonzalez 1985",
        ),
    )
}  # fmt: skip
