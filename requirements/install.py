"""Give .venv what a lock says, version by version: python3 requirements/install.py core|dev|peers

Other tools (peers) need another numpy: they get .venv-peers.

Needs the standard library only. Python 3.7 must be able to read this file, so that a version too
old for alapp gets a sentence instead of a syntax error.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OLDEST_PYTHON = (3, 11)
REQUIREMENTS = Path(__file__).resolve().parent
VENVS = {"core": ".venv", "dev": ".venv", "peers": ".venv-peers"}
# Which lock the environment holds, by digest. Absent while an installation is under way.
STAMP = "alapp-lock"
# dev.lock holds everything core.lock holds, at the same versions.
SATISFIED_BY = {"core": ("core", "dev"), "dev": ("dev",), "peers": ("peers",)}
# How pip starts on a line of the lock: "Collecting name==1.0 ..." or, from a folder, a file.
PACKAGE = re.compile(
    r"(?:Collecting|Processing|Requirement already satisfied:) "
    r"(?:\S*/)?([\w.-]+?)(?:\[\S*\])?(?:==|-\d)"
)
OFFLINE = re.compile(
    r"NewConnectionError|NameResolutionError|name resolution|Network is unreachable"
    r"|ConnectTimeoutError|ReadTimeoutError|ProxyError|Connection (refused|reset|aborted)"
)


class SetupError(Exception):
    """Why the environment cannot be made, and the way out."""


def main(arguments: list[str]) -> None:
    if len(arguments) != 1 or arguments[0] not in SATISFIED_BY:
        raise SetupError("usage: python3 requirements/install.py " + "|".join(SATISFIED_BY))
    with _alone():
        if not _is_satisfied(arguments[0]):
            _require_python()
            _make_environment(arguments[0])
            _install(arguments[0])


@contextmanager
def _alone() -> Iterator[None]:
    """Let two commands started together install one after the other, not into each other."""
    folder = os.open(str(REQUIREMENTS), os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _venv(name: str) -> Path:
    return REQUIREMENTS.parent / VENVS[name]


def _python(name: str) -> Path:
    return _venv(name) / "bin" / "python"


def _is_satisfied(name: str) -> bool:
    try:
        held = (_venv(name) / STAMP).read_text()
    except FileNotFoundError:
        return False
    return held in [_stamp(lock) for lock in SATISFIED_BY[name]] and _is_usable(name)


def _stamp(name: str) -> str:
    digest = hashlib.sha256((REQUIREMENTS / (name + ".lock")).read_bytes()).hexdigest()
    return f"{name} {digest}\n"


def _require_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        raise SetupError(
            "alapp needs Python {}.{} or newer; {} is {}.{}.\n"
            "Name a newer one: make run PYTHON=python3.11".format(
                *OLDEST_PYTHON, sys.executable, *sys.version_info[:2]
            )
        )
    if not all(importlib.util.find_spec(module) for module in ("venv", "ensurepip")):
        raise SetupError(
            "Python's venv module is missing. On Debian and Ubuntu, as root:\n"
            "  apt-get install python3-venv"
        )


def _make_environment(name: str) -> None:
    if _is_usable(name):
        return
    _say(f"Making a Python environment in {VENVS[name]}")
    made = _run(sys.executable, "-m", "venv", "--clear", str(_venv(name)))
    if made.returncode:
        raise SetupError(f"Making {VENVS[name]} failed:\n" + made.stdout)


def _is_usable(name: str) -> bool:
    """Tell whether it runs: not after its Python was removed or upgraded under it."""
    probe = f"import pip, sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    python = _python(name)
    return python.exists() and _run(str(python), "-c", probe).returncode == 0


def _install(name: str) -> None:
    lock = REQUIREMENTS / (name + ".lock")
    total = len(re.findall(r"^[\w.-]+(?:\[[^]]*\])?==", lock.read_text(), re.MULTILINE))
    _say(f"Installing {total} packages from requirements/{name}.lock into {VENVS[name]}")
    started = time.monotonic()
    stamp = _venv(name) / STAMP
    if stamp.exists():
        stamp.unlink()
    command = [str(_python(name)), "-m", "pip", "install", "--require-hashes", "-r", str(lock)]
    quiet = ["--disable-pip-version-check", "--no-input", "--progress-bar=off"]
    status, lines = _follow(command + quiet, total)
    if status:
        raise SetupError(_reason(lines))
    stamp.write_text(_stamp(name))
    _say(f"Installed in {time.monotonic() - started:.0f} s")


def _follow(command: list[str], total: int) -> tuple[int, list[str]]:
    """Run pip, show one line of progress per package; return its status and all it said."""
    lines: list[str] = []
    seen: set[str] = set()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        for line in pip.stdout or ():
            lines.append(line)
            package = PACKAGE.match(line)
            if package and package.group(1) not in seen:
                seen.add(package.group(1))
                _progress(f"{len(seen):3}/{total} {package.group(1)}", len(seen) % 10 == 0)
            elif line.startswith("Installing collected packages"):
                _progress("unpacking", True)
    _progress("", False)
    return pip.returncode, lines


def _progress(text: str, is_milestone: bool) -> None:
    """Overwrite one line on a terminal; in a log print the milestones only."""
    if sys.stdout.isatty():
        sys.stdout.write("\r\033[K" + ("  " + text if text else ""))
        sys.stdout.flush()
    elif is_milestone:
        _say("  " + text)


def _reason(lines: list[str]) -> str:
    output = "".join(lines)
    if OFFLINE.search(output):
        return (
            "No connection to the Python package index. Check the network, and pip's settings\n"
            "(pip config list) where a proxy or a mirror is used. pip said last:\n" + lines[-1]
        )
    return "pip could not install the packages. It said last:\n" + "".join(lines[-20:])


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except SetupError as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        sys.exit("\nStopped. The same command goes on from here.")
