"""How the pool is laid out on a plane."""

from selection.core.catalog.entries import MapMethod, Param

MAPS: dict[str, MapMethod] = {
    entry.name: entry
    for entry in (
        MapMethod(
            "pca", "Strongest directions", "The two directions in which items differ most.",
            "selection.core.planes.components.components",
            "Pearson 1901; Halko, Martinsson and Tropp 2011",
        ),
        MapMethod(
            "umap", "Neighbourhoods", "Neighbours stay together; far distances mean little.",
            "selection.core.planes.neighbourhoods.neighbourhoods",
            "McInnes, Healy and Melville 2018",
            (
                Param("neighbours", "int", 15, "Neighbours looked at.", 2, 200),
                Param("spread", "float", 0.1, "How close points may lie.", 0, 1),
            ),
            extra="umap",
        ),
    )
}  # fmt: skip
