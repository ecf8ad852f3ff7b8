"""From runs to a table: mean and spread per set, mean rank, distance to the best."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.selection.replay import KNEE, Curve
from benchmarks.selection.sets import Arrays

Line = Mapping[str, Any]
Cells = dict[str, dict[str, list[float]]]
MEASURES = {"auc100": "10 to 100 labels", "auc500": "10 to 500 labels"}


def read(out: Path) -> list[dict[str, Any]]:
    """The runs so far; a line cut off by a kill is left out."""
    if not out.exists():
        return []
    found = []
    for line in out.read_text(encoding="utf-8").splitlines():
        try:
            found.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return found


def line_of(data: Arrays, strategy: str, seed: int, curve: Curve) -> dict[str, Any]:
    """One run as plain values."""
    return {
        "set": data.name,
        "strategy": strategy,
        "seed": seed,
        "metric": data.metric,
        "labels": curve.labels,
        "scores": [round(each, 5) for each in curve.scores],
        "auc100": curve.area(KNEE),
        "auc500": curve.area(curve.labels[-1]),
        "cpu_seconds": round(curve.pick_seconds, 2),
    }


def append(out: Path, data: Arrays, strategy: str, seed: int, curve: Curve) -> None:
    """Add one run to the file."""
    with out.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line_of(data, strategy, seed, curve)) + "\n")


def page(lines: Sequence[Line]) -> str:
    """Both tables as Markdown, best mean rank first."""
    seeds = sorted({line["seed"] for line in lines})
    parts = [f"Seeds {seeds[0]} to {seeds[-1]}." if seeds else "No runs."]
    for measure, words in MEASURES.items():
        parts.append(f"\nMean test score over {words}, in percent (deviation over seeds):\n")
        parts.append(_table(lines, measure))
    return "\n".join(parts)


def cells(lines: Sequence[Line], measure: str) -> Cells:
    """set -> strategy -> values, of seeds that every strategy of the set has."""
    found: dict[str, dict[str, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
    for line in lines:
        found[line["set"]][line["strategy"]][line["seed"]] = line[measure]
    out: Cells = {}
    for name, rows in found.items():
        shared = set.intersection(*(set(row) for row in rows.values()))
        out[name] = {
            who: [row[seed] for seed in sorted(shared)] for who, row in rows.items() if shared
        }
    return out


def ranks(found: Cells) -> dict[str, float]:
    """Mean rank over the sets that a strategy was run on, 1 = best."""
    places: dict[str, list[float]] = defaultdict(list)
    for rows in found.values():
        means = {who: float(np.mean(values)) for who, values in rows.items()}
        for who, mean in means.items():
            places[who].append(1 + sum(other > mean for other in means.values()))
    return {who: float(np.mean(each)) for who, each in places.items()}


def _table(lines: Sequence[Line], measure: str) -> str:
    found = cells(lines, measure)
    order = sorted(ranks(found).items(), key=lambda each: each[1])
    out = ["| strategy | rank | " + " | ".join(found) + " |", "|---" * (len(found) + 2) + "|"]
    for who, rank in order:
        shown = [_cell(rows, who) for rows in found.values()]
        out.append(f"| `{who}` | {rank:.1f} | " + " | ".join(shown) + " |")
    return "\n".join(out)


def _cell(rows: Mapping[str, Sequence[float]], who: str) -> str:
    """Bold for the best; a star within one deviation of it."""
    if who not in rows or not rows[who]:
        return ""
    best = max(rows.values(), key=lambda values: float(np.mean(values)))
    mean, deviation = float(np.mean(rows[who])), float(np.std(rows[who], ddof=len(best) > 1))
    text = f"{100 * mean:.1f} ({100 * deviation:.1f})"
    if rows[who] is best:
        return f"**{text}**"
    spread = max(deviation, float(np.std(best, ddof=len(best) > 1)))
    return text + ("*" if mean >= float(np.mean(best)) - spread else "")
