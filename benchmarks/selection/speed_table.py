"""The lines of the speed benchmark as Markdown."""

from collections.abc import Iterable
from typing import Any

Line = dict[str, Any]
TITLES = {
    "pick": "Score and pick the next batch, the model fitted",
    "round": "A whole round: check, fit, measure, judge, score, pick",
    "peer": "Other libraries, the model fitted",
}


def markdown(lines: list[Line]) -> str:
    """One table per kind: a row per method, classes and batch, a column per size."""
    parts = [_table(title, [each for each in lines if each["kind"] == kind], kind)
             for kind, title in TITLES.items()]  # fmt: skip
    return "\n".join(part for part in parts if part)


def _table(title: str, lines: list[Line], kind: str) -> str:
    if not lines:
        return ""
    sizes = sorted({each["n"] for each in lines})
    head = [f"{title}:", "", "| method | C | batch | " + " | ".join(f"{n:,}" for n in sizes) + " |"]
    head.append("|---|---:|---:|" + "---|" * len(sizes))
    rows = dict.fromkeys(_way(each) for each in lines)
    for name, n_classes, batch in rows:
        found = {each["n"]: each for each in lines if _way(each) == (name, n_classes, batch)}
        cells = [_cell(found.get(n), kind) for n in sizes]
        head.append(f"| {name} | {n_classes} | {batch:,} | " + " | ".join(cells) + " |")
    return "\n".join([*head, "", _floor(lines), ""])


def _way(line: Line) -> tuple[str, int, int]:
    return line["name"], line["classes"], line["batch"]


def _cell(line: Line | None, kind: str) -> str:
    if line is None:
        return "not run"
    if "failed" in line:
        return str(line["failed"])
    ratio = line["seconds"] / line["product_f4"]
    return f"{_seconds(line['seconds'])}, {ratio:.1f} x, {max(line['mb'], 0):.0f} MB"


def _floor(lines: Iterable[Line]) -> str:
    """The bare product beside which the ratios stand, as measured in the same processes."""
    best: dict[tuple[int, int], tuple[float, float]] = {}
    for each in lines:
        if "product_f4" in each:
            key = each["n"], each["classes"]
            low = best.get(key, (1e9, 1e9))
            best[key] = min(low[0], each["product_f4"]), min(low[1], each["product_f2"])
    shown = [f"{n:,} x {c} classes {_seconds(four)} ({_seconds(two)} from float16)"
             for (n, c), (four, two) in sorted(best.items())]  # fmt: skip
    return "The bare product: " + "; ".join(shown) + "."


def _seconds(value: float) -> str:
    return f"{value * 1000:.0f} ms" if value < 0.1 else f"{value:.2f} s"
