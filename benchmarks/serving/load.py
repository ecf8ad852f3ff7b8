"""N people label at once, without pausing, at the pages as their browsers use them.

    .venv/bin/python -m benchmarks.serving.load                      # short: about two minutes
    .venv/bin/python -m benchmarks.serving.load --full               # 10k and 100k, training
    .venv/bin/python -m benchmarks.serving.load --peers potato labelstudio-postgres doccano

Prints Markdown tables; --out writes JSON. With --peers every level goes to each tool in turn,
--rounds times, so that ratios compare the same minutes of the same machine.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.serving import processes
from benchmarks.serving.alapp_tool import Alapp
from benchmarks.serving.peers import PEERS
from benchmarks.serving.tools import Annotator, Measured, Tool

MOST_LABELS = 1_500
COLUMNS = (
    "tool", "n", "labels", "labels_per_s", "p50_ms", "p95_ms", "p99_ms",
    "cpu_app_ms", "cpu_database_ms", "errors", "load",
)  # fmt: skip


def main() -> None:
    told = _arguments()
    results: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory(prefix="alapp-load-") as folder:
        if told.peers:
            results += _paired(told, Path(folder))
        else:
            for database in told.database:
                for n_items in told.items:
                    results += _alone(told, Path(folder), database, n_items)
    if told.out:
        told.out.write_text(json.dumps(results, indent=1))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--items", type=int, nargs="+")
    parser.add_argument("--database", nargs="*", default=["sqlite", "postgres"])
    parser.add_argument("--people", type=int, nargs="+", default=[1, 10, 50])
    parser.add_argument("--seconds", type=float, default=0)
    parser.add_argument("--web-processes", type=int, default=2)
    parser.add_argument("--no-training", action="store_true")
    parser.add_argument("--peers", nargs="*", choices=sorted(PEERS))
    parser.add_argument("--venvs", type=Path, help="folder with a virtual environment per peer")
    parser.add_argument("--by-program", action="store_true", help="by alapp.client, not the page")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path)
    told = parser.parse_args()
    told.items = told.items or ([10_000, 100_000] if told.full else [10_000])
    told.seconds = told.seconds or (10 if told.full else 4)
    return told


def _alone(told: argparse.Namespace, base: Path, database: str, n_items: int) -> list[dict]:
    folder = base / f"{database}-{n_items}"
    folder.mkdir()
    tool = Alapp(
        folder, database=database, n_items=n_items, n_people=max(told.people),
        n_processes=told.web_processes, trains=not told.no_training, by_program=told.by_program,
    )  # fmt: skip
    tool.start()
    try:
        tool.annotator(0).sign_in()
        facts: dict[str, object] = {"tool": tool.name, "idle_mb": tool.memory()}
        measured = [run(tool, n, told.seconds) for n in told.people]
        rows = _table(measured)
        if not told.no_training:
            turns = _with_training(tool, told)
            rows += _table(turns)
            measured += turns
        facts |= {"loaded_mb": tool.memory(), "restart_s": round(tool.restart_after_kill(), 2)}
        facts |= _audit(tool, [name for each in measured for name in each.acknowledged])
    finally:
        tool.stop()
    print(json.dumps(facts), flush=True)
    return [*rows, facts]


def _with_training(tool: Alapp, told: argparse.Namespace) -> list[Measured]:
    """Measure quiet and training in turn, so that both see the same machine."""
    n = told.people[len(told.people) // 2]
    tool.start_worker()
    pairs: list[Measured] = []
    for _ in range(told.rounds):
        quiet = run(tool, n, told.seconds, label=f"{tool.name}, quiet")
        before = tool.worker_cpu_ms()
        training = tool.train_for(told.seconds + 6)
        time.sleep(4)
        busy = run(tool, n, told.seconds, label=f"{tool.name}, training")
        processes.wait_until(
            lambda training=training: training.poll() is not None, seconds=120, what="training"
        )
        worker_s = (tool.worker_cpu_ms() - before) / 1000
        print(f"training used {worker_s:.1f} CPU s of the worker", flush=True)
        pairs += [quiet, busy]
    lines = (tool._folder / "train.log").read_text().splitlines()
    print(f"rounds meanwhile: {lines}", flush=True)
    return pairs


def _audit(tool: Tool, acknowledged: Sequence[str]) -> dict[str, object]:
    """Look up every acknowledged label."""
    kept = tool.kept()
    return {
        "acknowledged": len(acknowledged),
        "lost": len(set(acknowledged) - kept.names),
        "duplicates": kept.duplicates,
    }


def _paired(told: argparse.Namespace, base: Path) -> list[dict[str, object]]:
    """Give each level to all tools in turn, several times over."""
    tools: list[Tool] = []
    n_people, n_items = max(told.people), told.items[0]
    results: list[dict[str, object]] = []
    try:
        for database in told.database:
            folder = base / f"alapp-{database}"
            folder.mkdir()
            tools.append(
                Alapp(folder, database=database, n_items=n_items, n_people=n_people,
                      n_processes=told.web_processes)
            )  # fmt: skip
        for name in told.peers:
            (base / name).mkdir()
            tools.append(PEERS[name](base / name, told.venvs, n_items, n_people))
        for tool in tools:
            started = time.monotonic()
            tool.start()
            print(f"{tool.name}: ready after {time.monotonic() - started:.0f} s", flush=True)
        measured = [
            run(tool, n, told.seconds)
            for n in told.people
            for _ in range(told.rounds)
            for tool in tools
        ]
        results = _table(measured)
        for tool in tools:
            mine = [name for m in measured if m.tool == tool.name for name in m.acknowledged]
            results.append({"tool": tool.name, **_audit(tool, mine)})
            print(json.dumps(results[-1]), flush=True)
        _ratios(measured, tools)
    finally:
        for tool in tools:
            tool.stop()
    return results


def _ratios(measured: Sequence[Measured], tools: Sequence[Tool]) -> None:
    """Print the median over the rounds of labels/s beside the first tool's of the same round."""
    rate = {(m.tool, m.n): [] for m in measured}  # type: dict[tuple[str, int], list[float]]
    for each in measured:
        rate[each.tool, each.n].append(len(each.latencies) / max(each.seconds, 0.001))
    print("\n| labels/s, median of rounds | " + " | ".join(tool.name for tool in tools) + " |")
    print("|---" * (len(tools) + 1) + "|")
    for n in sorted({m.n for m in measured}):
        cells = [f"{statistics.median(rate[tool.name, n]):.2f}" for tool in tools]
        print(f"| N={n} | " + " | ".join(cells) + " |", flush=True)


def run(tool: Tool, n: int, seconds: float, *, label: str = "") -> Measured:
    """Let n people label for so long, or until there are many labels."""
    measured = Measured(label or tool.name, n, load=os.getloadavg()[0])
    people = [tool.annotator(number) for number in range(n)]
    _all_at_once([lambda person=person: _sign_in(person, measured) for person in people])
    before = {kind: processes.cpu_ms(roots) for kind, roots in tool.roots().items()}
    started = time.monotonic()
    deadline = started + seconds
    _all_at_once([lambda p=person: _work(p, measured, deadline) for person in people])
    measured.seconds = time.monotonic() - started
    after = {kind: processes.cpu_ms(roots) for kind, roots in tool.roots().items()}
    measured.app_ms = after["app"] - before["app"]
    measured.database_ms = after["database"] - before["database"]
    print("| " + " | ".join(str(measured.row()[name]) for name in COLUMNS) + " |", flush=True)
    return measured


def _all_at_once(calls) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _sign_in(person: Annotator, measured: Measured) -> None:
    try:
        person.sign_in()
    except Exception as error:
        measured.errors.append(f"sign-in: {error!r}")


def _work(person: Annotator, measured: Measured, deadline: float) -> None:
    while time.monotonic() < deadline and len(measured.latencies) < MOST_LABELS:
        started = time.monotonic()
        try:
            name = person.label()
        except Exception as error:
            measured.errors.append(repr(error)[:300])
            time.sleep(0.2)
            continue
        measured.latencies.append(time.monotonic() - started)
        measured.acknowledged.append(name)


def _table(measured: Sequence[Measured]) -> list[dict[str, object]]:
    rows = [each.row() for each in measured]
    print("\n| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|")
    for row in rows:
        print("| " + " | ".join(str(row[name]) for name in COLUMNS) + " |", flush=True)
        if row["first_error"]:
            print(f"first error: {row['first_error']}", file=sys.stderr)
    return rows


if __name__ == "__main__":
    main()
