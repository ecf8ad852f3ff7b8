"""Which rules judge whether to stop."""

from selection.core.catalog.entries import Param, Rule

LOOKED = Param("looks", "int", 2, "Looks in a row at which it must hold.", 1, 20)
STOPPING: dict[str, Rule] = {
    entry.name: entry
    for entry in (
        Rule(
            "budget", "Budget", "No labels are left to buy.",
            "selection.core.stopping.budget", "none", of_models=False,
        ),
        Rule(
            "pool_empty", "Pool empty", "No item is left to pick.",
            "selection.core.stopping.pool_empty", "none", of_models=False,
        ),
        Rule(
            "target", "Target reached", "The audit items prove the target, however often we look.",
            "selection.core.stopping.target", "Clopper and Pearson 1934; alpha spending ours",
            of_models=False,
        ),
        Rule(
            "stabilised", "Stabilised", "Successive models agree on a fixed set of items.",
            "selection.core.stopping.stabilised", "Bloodgood and Vijay-Shanker 2009",
            (
                Param("kappa", "float", 0.99, "Mean agreement that counts as stable.", 0.5, 1.0),
                LOOKED,
            ),
        ),
        Rule(
            "plateau", "Plateau", "The models are stable, and the curve promises little more.",
            "selection.core.stopping.plateau", "Bloodgood and Vijay-Shanker 2009; curve ours",
            (
                Param("kappa", "float", 0.99, "Mean agreement that counts as stable.", 0.5, 1.0),
                Param("gain", "float", 0.01, "Gain of doubling the labels that is little.", 0, 1),
                LOOKED,
            ),
        ),
        Rule(
            "poor_value", "Poor value", "The next percentage point costs too many labels.",
            "selection.core.stopping.poor_value", "Viering and Loog 2022 (curve); rule ours",
            (
                Param(
                    "labels", "int", 0, "Most labels for one point more, 0 = any.", 0, 1_000_000
                ),
                LOOKED,
            ),
        ),
        Rule(
            "little_gain", "Little gain", "The curve promises little more.",
            "selection.core.stopping.little_gain", "Viering and Loog 2022 (curve); rule ours",
            (
                Param("gain", "float", 0.01, "Gain of doubling the labels that is little.", 0, 1),
                LOOKED,
            ),
            by_default=False,
        ),
        Rule(
            "unchanged", "Unchanged", "The last two models answer alike; often far too early.",
            "selection.core.stopping.unchanged", "Zhu, Wang and Hovy 2008",
            (Param("share", "float", 0.0, "Items answered differently, at most.", 0, 1), LOOKED),
            by_default=False,
        ),
        Rule(
            "certain", "Certain", "The model expects nearly no errors; late or never.",
            "selection.core.stopping.certain", "Zhu, Wang and Hovy 2008",
            (Param("error", "float", 0.01, "Expected share of errors, at most.", 0, 1), LOOKED),
            by_default=False,
        ),
        Rule(
            "surest", "Surest", "Even the most doubtful item is nearly certain; very late.",
            "selection.core.stopping.surest", "Zhu and Hovy 2007",
            (Param("error", "float", 0.1, "Chance of error of any item, at most.", 0, 1), LOOKED),
            by_default=False,
        ),
    )
}  # fmt: skip
