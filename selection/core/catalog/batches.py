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
            "selection.core.batches.spread.farthest", "Gonzalez 1985", reason="novel",
        ),
        Batch(
            "centres", "Cluster centres", "The item nearest to the centre of each cluster.",
            "selection.core.batches.clusters.centres", "Lloyd 1982; Nguyen and Smeulders 2004",
            reason="typical",
        ),
        Batch(
            "typiclust", "Typical of clusters", "The most typical item of uncovered clusters.",
            "selection.core.batches.clusters.typical_of_clusters",
            "Hacohen et al. 2022 (TypiClust)",
            (
                Param("neighbours", "int", 20, "Neighbours that say how typical.", 1, 200),
                Param("most_clusters", "int", 500, "Most clusters.", 2, 5000),
            ),
            reason="typical",
        ),
        Batch(
            "cluster_margin", "Cluster-Margin", "High scores from all clusters, small ones first.",
            "selection.core.batches.clusters.cluster_margin", "Citovsky et al. 2021",
            (
                Param("shortlist", "int", 10, "Candidates per place in the batch.", 2, 1000),
                Param("items_per_cluster", "int", 10, "Mean size of a cluster.", 2, 1000),
            ),
        ),
        Batch(
            "prob_cover", "Balls", "Items whose pure neighbourhoods cover most.",
            "selection.core.batches.coverage.prob_cover", "Yehuda et al. 2022 (ProbCover)",
            (Param("purity", "float", 0.95, "Share of balls within one cluster.", 0.5, 1),),
            reason="typical",
        ),
        Batch(
            "badge", "Gradients", "Large and different gradients, drawn by chance.",
            "selection.core.batches.gradients.badge", "Ash et al. 2020 (BADGE)",
            reason="informative",
        ),
        Batch(
            "bait", "Fisher information", "What makes the whole pool's predictions certain.",
            "selection.core.batches.fisher.bait",
            "Ash et al. 2021 (BAIT); binary form Huseljic et al. 2024",
            (Param("n_candidates", "int", 2500, "Random items that may be picked.", 10, 20000),),
            reason="informative",
        ),
    )
}  # fmt: skip
