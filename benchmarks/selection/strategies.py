"""Label efficiency of every strategy with one model: `python -m benchmarks.selection.strategies`.

Runs are lines of a JSON file: started again, it goes on where it stopped. `--table` prints them.
"""

import json
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed

from benchmarks.selection import replay, table
from benchmarks.selection.sets import SETS, load
from selection.core.catalog import STRATEGIES


def main() -> None:
    options = _options()
    if options.table:
        print(table.page(table.read(options.out)))
        return
    jobs = [job for job in _jobs(options) if job[:3] not in _done(options.out)]
    print(f"{len(jobs)} runs, load {os.getloadavg()}", flush=True)
    found = Parallel(n_jobs=options.jobs, return_as="generator_unordered", batch_size=1)(
        delayed(run)(name, seed, label, changes, options) for name, label, seed, changes in jobs
    )
    with options.out.open("a", encoding="utf-8") as file:
        for line in found:
            file.write(json.dumps(line) + "\n")
            file.flush()
    print(f"done, load {os.getloadavg()}")


def run(
    name: str, seed: int, label: str, changes: dict[str, Any], options: Namespace
) -> dict[str, Any]:
    """One line of the file."""
    data = load(name, data=options.data, cache=options.cache, seed=seed)
    config = replay.settings(label.split("@")[0], changes, data)
    curve = replay.play(data, config, seed=seed, budget=options.budget)
    return table.line_of(data, label, seed, curve)


def _options() -> Namespace:
    parser = ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder with a folder per data set")
    add("--cache", type=Path, required=True, help="folder for encoded features")
    add("--out", type=Path, required=True, help="JSON lines, appended to")
    add("--sets", default=",".join(SETS))
    add("--strategies", default=",".join(STRATEGIES), help="names of the catalog")
    add("--variant", action="append", default=[], help='NAME@LABEL={"power": 1} for auto@...')
    add("--seeds", type=int, default=5)
    add("--budget", type=int, default=replay.BUDGET)
    add("--jobs", type=int, default=1)
    add("--table", action="store_true", help="print what the file holds")
    return parser.parse_args()


def _jobs(options: Namespace) -> Iterator[tuple[str, str, int, dict[str, Any]]]:
    for seed in range(options.seeds):
        for name in options.sets.split(","):
            for label, changes in _variants(options):
                yield name, label, seed, changes


def _variants(options: Namespace) -> Iterator[tuple[str, dict[str, Any]]]:
    for label in filter(None, options.strategies.split(",")):
        yield label, {}
    for given in options.variant:
        label, _, changes = given.partition("=")
        yield label, json.loads(changes)


def _done(out: Path) -> set[tuple[str, str, int]]:
    return {(line["set"], line["strategy"], line["seed"]) for line in table.read(out)}


if __name__ == "__main__":
    main()
