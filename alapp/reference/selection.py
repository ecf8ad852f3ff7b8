"""Everything selection can be told to do, from its catalog."""

from collections.abc import Iterable
from typing import Final

from selection.core import catalog
from selection.core.catalog import Entry, Param

FAMILIES: Final = {
    "strategies": ("Strategies", "How much an item is wanted."),
    "batches": ("Batch functions", "Which items are picked, given how much each is wanted."),
    "cold_starts": ("Cold starts", "What is asked before there is a model."),
    "estimators": ("Models", "What is trained at each round."),
    "features": ("Encoders", "What the model sees of an item."),
    "stopping": ("Stopping rules", "What judges whether to stop."),
    "maps": ("Maps", "How the pool is laid out in two dimensions."),
}


def page() -> str:
    """Return the page as Markdown: a section per family, a row per entry."""
    intro = (
        "# What selection can do\n\n"
        "Names are those of settings, `manage.py simulate` and the API. What they mean together: "
        "[Selection](../selection.md).\n"
    )
    return intro + "".join(_section(name, *words) for name, words in FAMILIES.items())


def _section(family: str, title: str, says: str) -> str:
    entries = catalog.FAMILIES[family].values()
    head = "| name | what it does | parameters | source |\n|---|---|---|---|\n"
    return f"\n## {title}\n\n{says}\n\n{head}" + "".join(map(_row, entries))


def _row(entry: Entry) -> str:
    only = "" if len(entry.tasks) == 2 else f" Only for {entry.tasks[0]}-label projects."
    cells = (
        f"`{entry.name}`",
        f"**{entry.title}.** {entry.summary}{only}",
        _params(entry.params),
        entry.paper,
    )
    return f"| {' | '.join(_cell(each) for each in cells)} |\n"


def _params(params: Iterable[Param]) -> str:
    return "; ".join(f"`{each.name}` ({_bounds(each)}): {each.help}" for each in params)


def _bounds(param: Param) -> str:
    if param.choices:
        return f"{param.default}; {', '.join(param.choices)}"
    limits = "" if param.low is None else f"; {param.low:g} to {param.high:g}"
    return f"{param.default}{limits}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
