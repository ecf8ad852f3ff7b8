"""The catalog as Markdown tables: `python -m selection.core.catalog_page` prints them."""

from selection.core.catalog import FAMILIES, Entry, Features, MapMethod, Param, Strategy

TITLES = {
    "strategies": "Strategies",
    "batches": "Batch functions",
    "cold_starts": "Cold starts",
    "estimators": "Models",
    "features": "Features",
    "stopping": "Stopping rules",
    "maps": "Maps",
}


def page() -> str:
    """All families as Markdown, in the order a round uses them.

    Shapes, unit: none. Errors: none. Source: the catalog.
    """
    return "\n\n".join(f"### {TITLES[family]}\n\n{_table(family)}" for family in TITLES)


def _table(family: str) -> str:
    rows = [_row(entry) for entry in FAMILIES[family].values()]
    return "\n".join(["| name | what it does | parameters | source |", "|---|---|---|---|", *rows])


def _row(entry: Entry) -> str:
    params = "<br>".join(_param(param) for param in entry.params) or "none"
    return f"| `{entry.name}` | {entry.summary}{_more(entry)} | {params} | {entry.paper} |"


def _more(entry: Entry) -> str:
    if isinstance(entry, Strategy):
        return f" Batch: `{entry.batch}`."
    if isinstance(entry, Features):
        return f" For {entry.modality}." + (f" Needs `{entry.extra}`." if entry.extra else "")
    if isinstance(entry, MapMethod):
        return f" Needs `{entry.extra}`-learn." if entry.extra else ""
    return ""


def _param(param: Param) -> str:
    default = f'"{param.default}"' if isinstance(param.default, str) else param.default
    return f"`{param.name}` = {default}: {param.help}"


if __name__ == "__main__":
    print(page())
