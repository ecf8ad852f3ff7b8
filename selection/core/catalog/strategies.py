"""How much an item is wanted: every strategy, read top to bottom."""

from selection.core.catalog.entries import Param, Strategy

STRATEGIES: dict[str, Strategy] = {
    entry.name: entry
    for entry in (
        Strategy(
            "auto", "Automatic", "Stand for what is still uncertain; the default.",
            "selection.core.strategies.multilabel.still_uncertain",
            "Bae et al. 2025 (UHerding); sample, width, power and multi-label score ours",
            batch="herding", sample=5000, has_quota=True,
        ),
        Strategy(
            "balanced", "Balanced", "Uncertain items that differ from each other.",
            "selection.core.strategies.uncertainty.margin",
            "Zhdanov 2019 (diverse mini-batches); Scheffer et al. 2001 (margin)",
            batch="clustered",
        ),
        Strategy(
            "margin", "Margin", "Items whose two likeliest classes are close.",
            "selection.core.strategies.uncertainty.margin", "Scheffer et al. 2001",
        ),
        Strategy(
            "entropy", "Entropy", "Items with the most spread-out class probabilities.",
            "selection.core.strategies.uncertainty.entropy", "Shannon 1948; Settles 2009",
        ),
        Strategy(
            "least_confidence", "Least confidence", "Items whose likeliest class is unlikely.",
            "selection.core.strategies.uncertainty.least_confidence", "Lewis and Gale 1994",
        ),
        Strategy(
            "mean_margin", "Mean margin", "Items that have many classes in doubt.",
            "selection.core.strategies.uncertainty.mean_margin",
            "Scheffer et al. 2001, averaged", tasks=("multi",),
        ),
        Strategy(
            "scarce_doubt", "Scarce doubt", "Doubts about all classes, rare ones counting most.",
            "selection.core.strategies.multilabel.scarce_doubt", "ours", tasks=("multi",),
        ),
        Strategy(
            "cvirs", "CVIRS", "Classes in doubt, and unusual together.",
            "selection.core.strategies.multilabel.cvirs", "Reyes, Morell and Ventura 2018",
            tasks=("multi",), rowwise=False, sample=5000,
        ),
        Strategy(
            "uherding", "UHerding", "Stand for what is uncertain, as published.",
            "selection.core.strategies.uncertainty.margin", "Bae et al. 2025 (UHerding)",
            batch="herding", sample=5000, batch_params={"power": 1.0, "uncertain": 0.0},
        ),
        Strategy(
            "cluster_margin", "Cluster-Margin", "Uncertain items from all clusters.",
            "selection.core.strategies.uncertainty.margin", "Citovsky et al. 2021",
            batch="cluster_margin",
        ),
        Strategy(
            "density_weighted", "Density weighted", "Uncertain items like many others.",
            "selection.core.strategies.local.density_weighted", "Settles and Craven 2008",
            (Param("beta", "float", 1.0, "How much likeness counts.", 0, 10),),
            needs_proba=False, needs_model=True, rowwise=False, own_model=True,
        ),
        Strategy(
            "contrastive", "CAL", "Items predicted unlike their labelled neighbours.",
            "selection.core.strategies.local.contrastive", "Margatina et al. 2021 (CAL)",
            (Param("neighbours", "int", 10, "Labelled neighbours.", 1, 100),), own_model=True,
        ),
        Strategy(
            "vote_entropy", "Vote entropy", "Items a committee is divided about.",
            "selection.core.strategies.committee.vote_entropy", "Dagan and Engelson 1995",
            (Param("n_models", "int", 8, "Members of the committee.", 2, 100),),
            needs_proba=False, needs_model=True, rowwise=False, reason="disputed", own_model=True,
        ),
        Strategy(
            "committee_kl", "Committee divergence", "Items a committee predicts differently.",
            "selection.core.strategies.committee.committee_kl", "McCallum and Nigam 1998",
            (Param("n_models", "int", 8, "Members of the committee.", 2, 100),),
            needs_proba=False, needs_model=True, rowwise=False, reason="disputed", own_model=True,
        ),
        Strategy(
            "bald", "BALD", "Items whose answer tells most about the model.",
            "selection.core.strategies.committee.bald", "Houlsby et al. 2011; MacKay 1992",
            (Param("n_draws", "int", 20, "Draws of the posterior.", 2, 200),),
            needs_proba=False, needs_model=True, rowwise=False, own_model=True,
            reason="informative",
        ),
        Strategy(
            "epig", "EPIG", "Items whose answer tells most about other items' answers.",
            "selection.core.strategies.prediction.epig", "Bickford Smith et al. 2023",
            (
                Param("n_draws", "int", 20, "Draws of the posterior.", 2, 200),
                Param("n_targets", "int", 200, "Random items to be told about.", 1, 2000),
            ),
            needs_proba=False, needs_model=True, rowwise=False, sample=1500,
            reason="informative", own_model=True,
        ),
        Strategy(
            "dropquery", "DropQuery", "Items whose answer depends on few features.",
            "selection.core.strategies.local.dropout", "Gupte et al. 2024",
            (
                Param("n_passes", "int", 3, "Passes with features hidden.", 1, 50),
                Param("share", "float", 0.75, "Share of features hidden.", 0.05, 0.95),
            ),
            needs_proba=False, needs_model=True, rowwise=False, sample=20000, reason="disputed",
            batch="clustered", batch_params={"shortlist": 25}, own_model=True,
        ),
        Strategy(
            "badge", "BADGE", "Items whose gradients are large and differ.",
            "selection.core.strategies.diversity.even", "Ash et al. 2020",
            needs_proba=False, needs_model=True, is_flat=True, batch="badge", sample=20000,
            reason="informative",
        ),
        Strategy(
            "bait", "BAIT", "Items that make the pool's predictions certain.",
            "selection.core.strategies.diversity.even",
            "Ash et al. 2021; binary form Huseljic et al. 2024",
            needs_proba=False, needs_model=True, is_flat=True, batch="bait",
            reason="informative",
        ),
        Strategy(
            "max_herding", "MaxHerding", "Items that stand for the whole pool.",
            "selection.core.strategies.diversity.even", "Bae et al. 2024",
            needs_proba=False, is_flat=True, batch="herding", reason="typical", sample=5000,
        ),
        Strategy(
            "typiclust", "TypiClust", "Typical items of clusters without labels.",
            "selection.core.strategies.diversity.even", "Hacohen et al. 2022",
            needs_proba=False, is_flat=True, batch="typiclust", reason="typical", sample=5000,
        ),
        Strategy(
            "prob_cover", "ProbCover", "Items whose pure neighbourhoods cover most.",
            "selection.core.strategies.diversity.even", "Yehuda et al. 2022",
            needs_proba=False, is_flat=True, batch="prob_cover", reason="typical", sample=5000,
        ),
        Strategy(
            "k_means", "k-means", "Items at the centres of clusters.",
            "selection.core.strategies.diversity.even", "Nguyen and Smeulders 2004",
            needs_proba=False, is_flat=True, batch="centres", reason="typical", sample=20000,
        ),
        Strategy(
            "farthest_first", "Farthest first", "Items far from everything labelled so far.",
            "selection.core.strategies.diversity.farthest_first",
            "Gonzalez 1985; Sener and Savarese 2018",
            needs_proba=False, rowwise=False, batch="farthest", reason="novel",
        ),
        Strategy(
            "outside_score", "Scores from outside", "Highest first, by scores you push.",
            "selection.core.strategies.outside.highest_first", "none",
            needs_proba=False, needs_scores=True, reason="scored",
        ),
        Strategy(
            "random", "Random", "Every item equally likely; the yardstick.",
            "selection.core.strategies.diversity.uniform", "none",
            needs_proba=False, reason="random", is_random=True,
        ),
    )
}  # fmt: skip
