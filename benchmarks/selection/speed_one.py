"""One measurement of the speed benchmark: CPU seconds, and private memory above the matrix."""

import json
import resource
import sys
import threading
import time
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Self

from benchmarks.selection import speed_data

ENOUGH_SECONDS, MOST_RUNS = 0.5, 20


class PeakMemory:
    """The largest private memory of this process while the block lasts, above what it had."""

    def __enter__(self) -> Self:
        self.before = self.peak = private_bytes()
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.done.set()
        self.thread.join()

    @property
    def grown(self) -> int:
        return self.peak - self.before

    def _watch(self) -> None:
        while not self.done.wait(0.002):
            self.peak = max(self.peak, private_bytes())


def private_bytes() -> int:
    """Memory of this process that no file stands behind: pages of the matrix do not count."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) << 10
    raise OSError("the kernel does not tell RssAnon")


def main(spec: dict[str, Any], folder: Path) -> None:
    warnings.simplefilter("ignore")
    where = "speed_peers" if spec["kind"] == "peer" else "speed_ours"
    prepare = import_module(f"benchmarks.selection.{where}").prepare
    run: Callable[[], Any] = prepare(spec, folder)
    numbers: dict[str, Any] = {}
    for precision in ("f4", "f2"):
        rows, _, _ = speed_data.read(folder, spec, precision)
        seconds = speed_data.product_seconds(time.process_time, rows, spec["classes"])
        numbers[f"product_{precision}"] = seconds
    _limit(spec)
    with PeakMemory() as memory:
        start = time.process_time()
        picked = len(run())
        first = time.process_time() - start
    seconds = first if first > 5 else _best(run)
    speed_data.show(
        numbers
        | {"picked": picked, "seconds": min(seconds, first), "mb": round(memory.grown / 2**20, 1)}
    )


def _limit(spec: dict[str, Any]) -> None:
    used = time.process_time()
    seconds = int(used + spec["cpu_seconds"]) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_DATA, (spec["memory"], spec["memory"]))


def _best(run: Callable[[], Any]) -> float:
    """The quickest of several runs: what other work on the machine does not add to."""
    times: list[float] = []
    while len(times) < 2 or (sum(times) < ENOUGH_SECONDS and len(times) < MOST_RUNS):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return min(times)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), Path(sys.argv[2]))
