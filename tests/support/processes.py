"""Commands of manage.py running beside a test, on the test's database."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent


def manage_environment(data_dir: Path) -> dict[str, str]:
    """Return the environment in which alapp's own settings mean this test's data."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "alapp.settings",
        "ALAPP_DATABASE_URL": _database_url(),
        "ALAPP_DATA_DIR": str(data_dir),
        "ALAPP_SECRET_KEY": settings.SECRET_KEY,
        "PYTHONUNBUFFERED": "1",
    }


class ManageProcess:
    """A "manage.py" process with its log; a test may stop, kill, freeze and resume it."""

    def __init__(self, arguments: Sequence[str], *, env: dict[str, str], log: Path) -> None:
        self.arguments = tuple(arguments)
        self.log = log
        self._ended_by_test = False
        # A session of its own, so that the children go with it.
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", *arguments],
                cwd=ROOT,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def __str__(self) -> str:
        return f"manage.py {' '.join(self.arguments)} (status {self._process.returncode})"

    @property
    def pid(self) -> int:
        return self._process.pid

    def log_text(self) -> str:
        return self.log.read_text(errors="replace")

    def is_running(self) -> bool:
        return self._process.poll() is None

    def has_crashed(self) -> bool:
        """Return whether it ended with an error that the test did not ask for."""
        return not self._ended_by_test and self._process.poll() not in (None, 0)

    def wait(self, *, seconds: float) -> int:
        """Wait until it ends by itself and return its status."""
        return self._process.wait(timeout=seconds)

    def wait_for_log(self, text: str, *, seconds: float = 30) -> None:
        """Return as soon as the log holds the text; fail with the log when it does not come."""
        deadline = time.monotonic() + seconds
        while text not in self.log_text():
            if not self.is_running() or time.monotonic() > deadline:
                raise AssertionError(f"{self}: no {text!r} in its log:\n{self.log_text()}")
            time.sleep(0.05)

    def freeze(self) -> None:
        os.killpg(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.killpg(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """End it and its children as a power cut would: nothing is cleaned up."""
        self._signal_group(signal.SIGKILL)
        self._process.wait()

    def ask_to_end(self) -> None:
        """Send it SIGTERM, as an operating system that shuts down does."""
        self._ended_by_test = True
        self._process.terminate()

    def stop(self, *, seconds: float = 20) -> None:
        """Ask it to end, and kill what has not ended in time."""
        if self.is_running():
            self._ended_by_test = True
            self._process.send_signal(signal.SIGCONT)
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=seconds)
        self.kill()

    def _signal_group(self, number: signal.Signals) -> None:
        self._ended_by_test = True
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)


def _database_url() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    user, password = quote(database["USER"], safe=""), quote(database["PASSWORD"], safe="")
    login = f"{user}:{password}" if password else user
    if database["HOST"].startswith("/"):
        return f"postgres://{login}@/{database['HOST']}/{database['NAME']}"
    return f"postgres://{login}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
