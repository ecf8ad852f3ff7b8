"""Run the tests on SQLite, then those that touch the database on PostgreSQL: "make test".

Arguments go to pytest. The last line printed is pytest's own; when the first run fails there is no
second one, so that this line never hides a failure.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.support import browser, postgres

ROOT = Path(__file__).resolve().parent.parent
SECONDS_TO_CLEAN_UP = 60
# Two processes of one thread each are faster than two that share the cores with their own threads.
PYTEST = ("-m", "pytest", "-n", "2", "--dist", "worksteal")
ONE_THREAD: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def main(arguments: list[str]) -> int:
    _install_missing_packages()
    status = _run_pytest("SQLite", arguments, {})
    if status != pytest.ExitCode.OK:
        return status
    with postgres.temporary_server() as url:
        status = _run_pytest(
            "PostgreSQL", [*arguments, "--database-tests"], {"ALAPP_DATABASE_URL": url}
        )
    # Arguments may have chosen tests that need no database.
    return 0 if status == pytest.ExitCode.NO_TESTS_COLLECTED else status


def _install_missing_packages() -> None:
    is_there = {
        "chromium": browser.chromium_path(),
        "libatomic1": browser.driver_runs(),
        "postgresql": postgres.find_binaries(),
    }
    missing = [package for package, found in is_there.items() if not found]
    if not missing:
        return
    install = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(
            f"The tests need {', '.join(missing)}. On Debian and Ubuntu, as root:\n"
            f"  {' '.join(install)}"
        )
    print(f"Installing {', '.join(missing)} from the system's packages", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    # Lists may be absent or old; one unreachable source among several must not stop us here.
    subprocess.run(["apt-get", "update", "-q"], env=environment, check=False)
    if subprocess.run(["apt-get", "-q", *install[1:]], env=environment, check=False).returncode:
        sys.exit(f"Installing {', '.join(missing)} failed; see above.")


def _run_pytest(database: str, arguments: list[str], settings: dict[str, str]) -> int:
    print(f"\nTests on {database}", flush=True)
    inherited = {name: v for name, v in os.environ.items() if not name.startswith("ALAPP_")}
    # A session of its own: Ctrl-C comes from here, once, to pytest and everything it started.
    process = subprocess.Popen(
        [sys.executable, *PYTEST, *arguments],
        cwd=ROOT,
        env=inherited | ONE_THREAD | settings,
        start_new_session=True,
    )
    try:
        return process.wait()
    except KeyboardInterrupt:
        os.killpg(process.pid, signal.SIGINT)
        _wait_for_clean_up(process)
        raise


def _wait_for_clean_up(process: subprocess.Popen[bytes]) -> None:
    """Give pytest time to end browsers, workers and databases; a second Ctrl-C takes it away."""
    try:
        process.wait(timeout=SECONDS_TO_CLEAN_UP)
    except (KeyboardInterrupt, subprocess.TimeoutExpired):
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


if __name__ == "__main__":
    # A polite kill of this process is a Ctrl-C for all of it, also where a shell started it in the
    # background and so told it to ignore Ctrl-C.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
