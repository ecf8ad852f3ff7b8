"""What servers cost, from /proc: CPU with ended children, and memory nobody shares."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def family(roots: Iterable[int]) -> Iterator[int]:
    """Yield the processes and all their descendants."""
    for pid in roots:
        yield pid
        try:
            told = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        except OSError:
            continue
        yield from family(int(child) for child in told.split())


def cpu_ms(roots: Iterable[int]) -> float:
    """Return user and system time of the family so far, children that ended included."""
    return 1000 * sum(_ticks(pid) for pid in family(roots)) / TICKS


def _ticks(pid: int) -> int:
    try:
        told = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    # After the name in brackets: utime, stime and those of waited-for children.
    return sum(map(int, told.rpartition(")")[2].split()[11:15]))


def unshared_mb(roots: Iterable[int]) -> list[float]:
    """Return each process's own memory (USS), largest first."""
    return sorted((_uss(pid) for pid in family(roots)), reverse=True)


def _uss(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    own = [int(line.split()[1]) for line in lines if line.startswith("Private_")]
    return round(sum(own) / 1024, 1)


def start(
    command: list[str], *, env: dict[str, str], log: Path, cwd: Path
) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=cwd,
            env=os.environ | env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def end(process: subprocess.Popen[bytes], *, number: int = signal.SIGTERM) -> None:
    """End a process we started and its children, kindly unless told otherwise."""
    try:
        os.killpg(process.pid, number)
        process.wait(timeout=20)
    except (ProcessLookupError, subprocess.TimeoutExpired):
        pass
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until(is_true, *, seconds: float, what: str) -> float:
    """Return how many seconds it took; ends the program when it does not happen."""
    started = time.monotonic()
    while not is_true():
        if time.monotonic() - started > seconds:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.02)
    return time.monotonic() - started
