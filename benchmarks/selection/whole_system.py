"""Labels to a quality: alapp as it comes against random labels and plain logistic regression.

`python -m benchmarks.selection.whole_system --data DATA --classes CLASSES --out RUNS.jsonl` adds
the runs that the file lacks, one line each; `--table` prints what it holds.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed

from benchmarks.selection.crossing import print_tables
from benchmarks.selection.whole_runs import BUDGETS, Task, run


def main() -> None:
    args = _arguments()
    if not args.table:
        done = {(each["set"], each["way"], each["seed"]) for each in _lines(args.out)}
        wanted = [t for t in _tasks(args) if (t.name, t.way, t.seed) not in done]
        calls = (delayed(run)(task, args.data, args.classes, args.out) for task in wanted)
        Parallel(n_jobs=args.jobs, batch_size=1)(calls)
    print_tables(list(_lines(args.out)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="a folder per set")
    parser.add_argument("--classes", type=Path, help="NAME.cv.npy, see `describe`")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sets", default=",".join(BUDGETS))
    parser.add_argument("--ways", default="alapp,random")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--table", action="store_true")
    return parser.parse_args()


def _tasks(args: argparse.Namespace) -> Iterator[Task]:
    """Seeds of one set together: a worker keeps the rows it has made."""
    for name in args.sets.split(","):
        for way in args.ways.split(","):
            for seed in range(args.seeds):
                yield Task(name, way, seed)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if path.exists():
        yield from (json.loads(line) for line in path.read_text().splitlines() if line)


if __name__ == "__main__":
    main()
