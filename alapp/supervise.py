"""Child processes of "manage.py up": started together, restarted when they die, ended together."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.2
# Longer than the children take: the web server 10 s, a worker ALAPP_STOP_SECONDS.
END_SECONDS = 15.0
# A child that dies at once is not started again at full speed.
PAUSE_SECONDS = 2.0


@dataclass
class Child:
    """One command kept alive. A session of its own: Ctrl-C reaches it only through us."""

    name: str
    command: Sequence[str]
    niceness: int = 0
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] = field(init=False)
    started_at: float = field(init=False)

    def start(self) -> None:
        command = (
            ["nice", "-n", str(self.niceness), *self.command] if self.niceness else self.command
        )
        environment = {**self.environment, **os.environ}
        self.process = subprocess.Popen(command, env=environment, start_new_session=True)
        self.started_at = time.monotonic()

    def restart_if_dead(self) -> None:
        if self.process.poll() is None:
            return
        if time.monotonic() - self.started_at < PAUSE_SECONDS:
            time.sleep(PAUSE_SECONDS)
        logger.error(
            "%s ended with status %s; starting it again", self.name, self.process.returncode
        )
        self.start()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()

    def wait(self, seconds: float) -> None:
        try:
            self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Supervisor:
    """Keep the children alive until Ctrl-C or SIGTERM, then end them all."""

    def __init__(self, children: Sequence[Child], *, end_seconds: float = END_SECONDS) -> None:
        self._children = children
        self._end_seconds = end_seconds
        self._ending = False

    def start(self) -> None:
        signal.signal(signal.SIGINT, self._end)
        signal.signal(signal.SIGTERM, self._end)
        for child in self._children:
            child.start()

    def run(self) -> None:
        """Return when asked to end and every child has ended."""
        while not self._ending:
            time.sleep(LOOK_SECONDS)
            for child in self._children:
                if not self._ending:
                    child.restart_if_dead()
        for child in self._children:
            child.stop()
        deadline = time.monotonic() + self._end_seconds
        for child in self._children:
            child.wait(max(deadline - time.monotonic(), 0.1))

    def _end(self, number: int, frame: FrameType | None) -> None:
        self._ending = True


def web_server(*, port: int, host: str, processes: int) -> Child:
    command = [sys.executable, "-m", "gunicorn", "--config", "python:alapp.server"]
    command += ["--bind", f"{host}:{port}", "--workers", str(processes)]
    return Child("the web server", command)


def worker(number: int = 1) -> Child:
    """A process of its own, at a lower priority: training must not slow labelling down.

    One thread for linear algebra: on a busy machine more spin and wait for each other, at five to
    ten times the cost. The environment may say otherwise.
    """
    command = [sys.executable, "manage.py", "work"]
    one = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    name = "the worker" if number == 1 else f"worker {number}"
    return Child(name, command, niceness=10, environment=one)
