"""How much an item is wanted: every strategy, read top to bottom."""

from selection.core.catalog.entries import Strategy

STRATEGIES: dict[str, Strategy] = {
    entry.name: entry
    for entry in (
        Strategy(
            "auto", "Automatic", "Stand for what is still uncertain; the default.",
            "selection.core.strategies.uncertainty.margin",
            "Bae et al. 2025 (UHerding); sample, width and power ours",
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
            "farthest_first", "Farthest first", "Items far from everything labelled so far.",
            "selection.core.strategies.diversity.farthest_first",
            "Gonzalez 1985; Sener and Savarese 2018",
            needs_proba=False, rowwise=False, batch="farthest", reason="novel",
        ),
        Strategy(
            "random", "Random", "Every item equally likely; the yardstick.",
            "selection.core.strategies.diversity.uniform", "none",
            needs_proba=False, reason="random", is_random=True,
        ),
    )
}  # fmt: skip
