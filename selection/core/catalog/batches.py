"""How scores become a batch: every batch function."""

from selection.core.catalog.entries import Batch, Param

BATCHES: dict[str, Batch] = {
    entry.name: entry
    for entry in (
        Batch(
            "top", "Highest scores", "The items with the highest scores.",
            "selection.core.batches.ranking.top", "none",
        ),
        Batch(
            "diverse", "Diverse", "High scores far from each other and from what is covered.",
            "selection.core.batches.spread.diverse", "Gonzalez 1985; weighting ours",
            (Param("shortlist", "int", 10, "Candidates per place in the batch.", 1, 1000),),
        ),
        Batch(
            "clustered", "Clustered", "One item from each cluster of the highest scores.",
            "selection.core.batches.clusters.clustered", "Zhdanov 2019",
            (Param("shortlist", "int", 10, "Candidates per place in the batch.", 2, 1000),),
        ),
        Batch(
            "herding", "Herding", "Items that stand for as much of the score as possible.",
            "selection.core.batches.coverage.herding", "Bae et al. 2025 (UHerding); power ours",
            (
                Param("n_candidates", "int", 3000, "Items that may be picked.", 10, 20000),
                Param("n_reference", "int", 2000, "Random items to be covered.", 10, 20000),
                Param("power", "float", 2.0, "How much high scores outweigh low ones.", 0, 10),
                Param("uncertain", "float", 0.5, "Share of candidates by score.", 0, 1),
                Param("scale", "float", 1.0, "Kernel width beside the usual one.", 0.05, 20),
            ),
            reason="cover", weighs_costs=True,
        ),
        Batch(
            "farthest", "Farthest first", "Each pick farthest from everything covered.",
            "selection.core.batches.spread.farthest", "Gonzalez 1985",
        ),
    )
}  # fmt: skip
