"""How far a simulation is, read from the journals its processes write."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from selection.core.comparison import Plan, journal_of

SECONDS = 0.5


@contextmanager
def following(folder: Path, plan: Plan, advance: Callable[[int], object]) -> Iterator[None]:
    """Tell `advance` the labels that came since it was last told, while the block lasts."""
    told, is_over = 0, Event()

    def tell() -> None:
        nonlocal told
        done = sum(labels_in(journal_of(folder, task)) for task in plan.tasks())
        advance(max(done - told, 0))
        told = max(done, told)

    def watch() -> None:
        while not is_over.wait(SECONDS):
            tell()

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        is_over.set()
        watcher.join()
        tell()


def labels_in(path: Path) -> int:
    """The labels of the last whole line of a run's journal; 0 when there is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    for line in reversed(lines):
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if "labels" in found:
            return int(found["labels"])
    return 0
