"""How long the next batch takes and how much memory, beside one pass over the matrix.

    python -m benchmarks.selection.speed --out speed.jsonl
    python -m benchmarks.selection.speed --out speed.jsonl --peers /path/to/venv/bin/python
    python -m benchmarks.selection.speed --out speed.jsonl --table

Every measurement runs in a process of its own with limits on memory and CPU time, so that what
does not fit ends as a result ("out of memory"). Lines are appended; what is there is not measured
again. --peers takes the python of an environment with scikit-activeml, small-text, modAL and
cleanlab (see README.md).
"""

import json
import os
import signal
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.selection.speed_data import LABELLED, write
from benchmarks.selection.speed_table import markdown

ROOT = Path(__file__).resolve().parents[2]
MEMORY, CPU_SECONDS = 6 << 30, 60
SIZES = (10_000, 100_000, 1_000_000)
OURS = (
    "random", "margin", "entropy", "least_confidence", "auto", "balanced", "uherding",
    "max_herding", "cluster_margin", "density_weighted", "contrastive", "vote_entropy",
    "committee_kl", "bald", "epig", "dropquery", "badge", "bait", "typiclust", "prob_cover",
    "k_means", "farthest_first",
)  # fmt: skip
MAIN = ("margin", "entropy", "auto")
ROUNDS = ("auto", "margin")
PEERS = (
    "skactiveml margin", "skactiveml entropy", "skactiveml BADGE", "skactiveml MaxHerding",
    "skactiveml TypiClust", "skactiveml CoreSet", "skactiveml ProbCover", "skactiveml DropQuery",
    "skactiveml Falcun", "small-text breaking ties", "small-text greedy coreset", "modAL margin",
    "modAL entropy", "modAL ranked batch", "cleanlab ActiveLab",
)  # fmt: skip
Spec = dict[str, Any]


def plan(options: Namespace) -> Iterator[Spec]:
    """Every measurement wanted, the size changing last so that its data is written once."""
    for n in options.sizes:
        for name in _names(options.ours):
            yield from _variants("pick", name, n, is_main=name in MAIN)
        for name in _names(options.rounds):
            yield from _variants("round", name, n, is_main=True)
        if options.peers:
            for name in _names(options.peer_names):
                yield from _variants("peer", name, n, is_main=False)


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    """A folder that stays, or one that goes away afterwards."""
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    with TemporaryDirectory(prefix="alapp-speed-") as made:
        yield Path(made)


def _variants(kind: str, name: str, n: int, *, is_main: bool) -> Iterator[Spec]:
    """Everything with 10 classes and a batch of 100; what matters most in all four ways."""
    ways = [(10, 100), (77, 100), (10, 1000), (77, 1000)] if is_main else [(10, 100)]
    for n_classes, batch in ways:
        yield {"kind": kind, "name": name, "n": n, "classes": n_classes, "batch": batch}


def main() -> None:
    options = _options()
    if options.table:
        print(markdown(_read(options.out)))
        return
    done = {_key(line) for line in _read(options.out)}
    with _folder(options.folder) as folder:
        for spec in plan(options):
            if _key(spec) not in done and _is_wanted(spec, options):
                write(folder, spec["n"], spec["classes"])
                line = measure(spec, folder, options)
                print(json.dumps(line), flush=True)
                with options.out.open("a") as file:
                    file.write(json.dumps(line) + "\n")


def measure(spec: Spec, folder: Path, options: Namespace) -> Spec:
    """One measurement in a process of its own: numbers, or why there are none."""
    python = options.peers if spec["kind"] == "peer" else sys.executable
    limits = {"memory": MEMORY, "cpu_seconds": options.cpu_seconds}
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [python, "-m", "benchmarks.selection.speed_one", json.dumps(spec | limits), str(folder)],
        cwd=ROOT,
        env=environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    base = spec | {"labelled": LABELLED, "load": round(os.getloadavg()[0], 1)}
    if done.returncode == -signal.SIGXCPU:
        return base | {"failed": f"more than {options.cpu_seconds} CPU s"}
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["killed"])[-1]
        is_memory = "MemoryError" in last or done.returncode == -signal.SIGKILL
        return base | {"failed": "out of memory" if is_memory else last[:200]}
    return base | json.loads(done.stdout.splitlines()[-1])


def _is_wanted(spec: Spec, options: Namespace) -> bool:
    return spec["classes"] in options.classes and spec["batch"] in options.batches


def _key(line: Spec) -> tuple[Any, ...]:
    return tuple(line[name] for name in ("kind", "name", "n", "classes", "batch"))


def _read(path: Path) -> list[Spec]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _options() -> Namespace:
    parser = ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--out", type=Path, required=True, help="JSON lines, appended to")
    add("--sizes", type=int, nargs="+", default=SIZES)
    add("--classes", type=int, nargs="+", default=(10, 77))
    add("--batches", type=int, nargs="+", default=(100, 1000))
    add("--ours", default=",".join(OURS), help="strategies of the catalog")
    add("--rounds", default=",".join(ROUNDS), help="strategies to run whole rounds with")
    add("--peers", default="", help="python of the environment with the other libraries")
    add("--peer-names", default=",".join(PEERS))
    add("--cpu-seconds", type=int, default=CPU_SECONDS, help="limit of one measurement")
    add("--folder", type=Path, default=None, help="where matrices (2.5 GB) stay for the next run")
    add("--table", action="store_true", help="print the table of what is measured, and stop")
    return parser.parse_args()


if __name__ == "__main__":
    main()
