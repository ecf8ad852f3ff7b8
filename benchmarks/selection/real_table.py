"""Tables, a CSV and a plot of what `real_projects` wrote down."""

import argparse
import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from selection.plotting import Told, save_told

COLUMNS = (
    "set", "seed", "labels", "audit_labels", "truth", "speaks", "value", "low", "high",
    "exact_low", "exact_high",
)  # fmt: skip
Line = dict[str, Any]


def speaking(line: Line) -> list[float]:
    """Value, low and high of the estimate the page gives."""
    found: list[float] = line["assisted"] if line["speaks"] == "assisted" else line["exact"]
    return found


def print_table(lines: Sequence[Line]) -> None:
    print("| set | rounds | covered: exact / assisted / speaking / macro-F1 | narrower, 50 / 100 / 150 audit labels | expected off |")  # fmt: skip  # noqa: E501
    print("|---|---|---|---|---|")
    for name in dict.fromkeys(line["set"] for line in lines):
        mine = [line for line in lines if line["set"] == name]
        shares = " / ".join(f"{100 * each:.0f}" for each in _covered(mine))
        leant = [line for line in mine if line["assisted"]]
        off = np.mean([line["expected_off"] for line in leant])
        gains = " / ".join(_gain(leant, n) for n in (50, 100, 150))
        print(f"| {name} | {len(mine)} | {shares} | {gains} | {100 * off:+.1f} points |")


def _covered(lines: Sequence[Line]) -> list[float]:
    told = {
        "exact": [(line["exact"], line["truth"]) for line in lines],
        "assisted": [(line["assisted"], line["truth"]) for line in lines if line["assisted"]],
        "speaking": [(speaking(line), line["truth"]) for line in lines],
        "f1": [(line["f1"], line["truth_f1"]) for line in lines],
    }
    return [
        float(np.mean([found[1] <= truth <= found[2] for found, truth in pairs]))
        for pairs in told.values()
    ]


def _gain(lines: Sequence[Line], n: int) -> str:
    """Mean over the rounds with n to n + 20 audit labels."""
    near = [line for line in lines if n <= line["n"] < n + 20]
    if not near:
        return "-"
    widths = [
        np.mean([line[which][2] - line[which][1] for line in near])
        for which in ("assisted", "exact")
    ]
    return f"{1 - widths[0] / widths[1]:.0%}"


def print_accepted(lines: Sequence[Line]) -> None:
    print("\n| set | projects | limit | something accepted | of the open items, mean | true error, mean / most | broken |")  # fmt: skip  # noqa: E501
    print("|---|---|---|---|---|---|---|")
    for name in dict.fromkeys(line["set"] for line in lines):
        mine = [line["accepted"] for line in lines if line["set"] == name]
        for limit in ("0.05", "0.1", "0.2"):
            got = [each[limit] for each in mine if each.get(limit) and each[limit][0]]
            if not got:
                print(f"| {name} | {len(mine)} | {float(limit):.0%} | none | | | |")
                continue
            share = np.mean([n / total for n, total, _ in got])
            errors = [error for *_, error in got]
            broken = sum(error > float(limit) for error in errors)
            print(
                f"| {name} | {len(mine)} | {float(limit):.0%} | {len(got)} | {share:.0%} "
                f"| {np.mean(errors):.1%} / {max(errors):.1%} | {broken} |"
            )


def write_csv(lines: Sequence[Line], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for line in lines:
            numbers = [*speaking(line), line["exact"][1], line["exact"][2]]
            rounded = [f"{each:.4f}" for each in numbers]
            start = [line["set"], line["seed"], line["labels"], line["n"], f"{line['truth']:.4f}"]
            writer.writerow([*start, line["speaks"], *rounded])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--csv", type=Path)
    parser.add_argument("--png", type=Path)
    given = parser.parse_args()
    lines = [json.loads(line) for line in given.runs.read_text(encoding="utf-8").splitlines()]
    rounds = [line for line in lines if "truth" in line]
    print_table(rounds)
    print_accepted([line for line in lines if line.get("accepted")])
    if given.csv:
        write_csv(rounds, given.csv)
    if given.png:
        first = [line for line in rounds if line["seed"] == 0]
        told = [Told(line["set"], line["labels"], line["truth"], *speaking(line)) for line in first]
        save_told(told, given.png)


if __name__ == "__main__":
    main()
