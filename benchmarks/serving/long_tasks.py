"""What a page's main thread did in a trace of Chromium: tasks by wall clock and by its own CPU."""

import json
from collections import defaultdict
from dataclasses import dataclass

CATEGORIES = ["toplevel", "devtools.timeline", "blink.user_timing", "v8"]
LONG_MS = 50
# Names that hold others and so say nothing of what was done.
OUTER = frozenset({"RunTask", "ThreadControllerImpl::RunTask", "ThreadPool_RunTask"})


@dataclass(frozen=True)
class Task:
    """One task of a main thread: when it began, how long it took, and how much of it was work."""

    began_ms: float
    wall_ms: float
    cpu_ms: float
    inside: tuple[tuple[str, float], ...]

    def __str__(self) -> str:
        within = ", ".join(f"{name} {wall:.0f}" for name, wall in self.inside) or "nothing named"
        return f"{self.wall_ms:.0f} ms, CPU {self.cpu_ms:.0f}: {within}"


@dataclass(frozen=True)
class Thread:
    """The main thread of one page from its mark on."""

    tasks: list[Task]

    @property
    def long(self) -> list[Task]:
        """Those that held the thread for over 50 ms, by the clock on the wall."""
        return [task for task in self.tasks if task.wall_ms > LONG_MS]

    @property
    def busy(self) -> list[Task]:
        """Those of over 50 ms of work: what a machine with a core to spare would show."""
        return [task for task in self.tasks if task.cpu_ms > LONG_MS]

    @property
    def cpu_ms(self) -> float:
        return sum(task.cpu_ms for task in self.tasks)


def threads(trace: bytes, marks: tuple[str, ...]) -> dict[str, Thread]:
    """Return the main thread of each page by the `performance.mark` with which it began."""
    events = json.loads(trace)["traceEvents"]
    by_thread = defaultdict(list)
    for event in events:
        by_thread[event.get("pid"), event.get("tid")].append(event)
    begun = {event["name"]: event for event in events if event.get("name") in marks}
    return {
        name: Thread(_tasks(by_thread[mark["pid"], mark["tid"]], mark["ts"]))
        for name, mark in begun.items()
    }


def _tasks(events: list[dict], since: float) -> list[Task]:
    whole = [each for each in events if each.get("ph") == "X" and each["ts"] >= since]
    inner = [each for each in whole if each["name"] not in OUTER]
    outer = [each for each in whole if each["name"] in OUTER]
    return [_task(each, inner, since) for each in outer]


def _task(outer: dict, inner: list[dict], since: float) -> Task:
    wall = outer.get("dur", 0) / 1000
    return Task(
        began_ms=(outer["ts"] - since) / 1000,
        wall_ms=wall,
        cpu_ms=outer.get("tdur", 0) / 1000,
        inside=_longest(outer, inner) if wall > LONG_MS else (),
    )


def _longest(outer: dict, inner: list[dict], *, n: int = 4) -> tuple[tuple[str, float], ...]:
    end = outer["ts"] + outer.get("dur", 0)
    found: dict[str, float] = defaultdict(float)
    for each in inner:
        if outer["ts"] <= each["ts"] < end:
            found[each["name"]] += each.get("dur", 0) / 1000
    return tuple(sorted(found.items(), key=lambda pair: -pair[1])[:n])
