"""alapp as in production: several processes of gunicorn, its own data folder or PostgreSQL."""

import contextlib
import json
import re
import secrets
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg

from alapp.client import Client
from benchmarks.serving import processes
from benchmarks.serving.browser import Browser
from benchmarks.serving.tools import Annotator, Kept
from tests.support import postgres

ROOT = Path(__file__).resolve().parents[2]
CARD = re.compile(r'data-card="(\d+)"(.*?)</article>', re.DOTALL)
FIELD = re.compile(r'name="(ticket|client_token)" value="([^"]+)"')
ORDER = re.compile(r'data-order="([^"]*)"')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Alapp:
    def __init__(
        self,
        folder: Path,
        *,
        database: str,
        n_items: int,
        n_people: int,
        n_processes: int = 2,
        trains: bool = False,
        by_program: bool = False,
    ) -> None:
        self.name = f"alapp {database} {n_items:,}" + (" by program" if by_program else "")
        self._by_program = by_program
        self._folder, self._database = folder, database
        self._n_items, self._n_people, self._n_processes = n_items, n_people, n_processes
        self._trains = trains
        self._exits = contextlib.ExitStack()
        self._port = free_port()
        self._cluster: list[int] = []
        self._worker: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._env = {
            "DJANGO_SETTINGS_MODULE": "alapp.settings",
            "ALAPP_DATA_DIR": str(self._folder),
            "ALAPP_SECRET_KEY": secrets.token_hex(),
            "ALAPP_BIND": f"127.0.0.1:{self._port}",
            "ALAPP_WEB_PROCESSES": str(self._n_processes),
            "ALAPP_DATABASE_URL": "",
            # Nobody labels as fast as this; what is measured is the answer, not the limit.
            "ALAPP_API_RATE": "1000000/60",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        if self._database == "postgres":
            self._env["ALAPP_DATABASE_URL"] = self._exits.enter_context(cluster("alapp"))
            folder = self._env["ALAPP_DATABASE_URL"].removeprefix("postgres://alapp@/")
            self._cluster = [postmaster(Path(folder).parent / "data")]
        else:
            del self._env["ALAPP_DATABASE_URL"]
        told = self.manage("make", str(self._n_items), str(self._n_people), str(int(self._trains)))
        self.facts = json.loads(told)
        self.serve()

    def serve(self) -> float:
        """Start the server; return the seconds until it answers."""
        command = [sys.executable, "-m", "gunicorn", "--config", "python:alapp.server"]
        self._server = processes.start(
            command, env=self._env, log=self._folder / "server.log", cwd=ROOT
        )
        return processes.wait_until(
            lambda: is_listening(self._port), seconds=120, what="the server"
        )

    def restart_after_kill(self) -> float:
        """Kill the server as a power cut would; return the seconds from its start to a card."""
        processes.end(self._server, number=9)
        started = time.monotonic()
        self.serve()
        page = self.page(0)
        processes.wait_until(lambda: _answers(page), seconds=120, what="the first card")
        return time.monotonic() - started

    def start_worker(self) -> None:
        """Start the worker as "manage.py up" does, at a lower priority."""
        command = ["nice", "-n", "10", sys.executable, "manage.py", "work"]
        log = self._folder / "worker.log"
        self._worker = processes.start(command, env=self._env, log=log, cwd=ROOT)
        processes.wait_until(lambda: "is ready" in log.read_text(), seconds=120, what="the worker")

    def train_for(self, seconds: float) -> subprocess.Popen[bytes]:
        """Keep the worker training: as soon as a round ends, the next is ordered."""
        command = [sys.executable, "-m", "benchmarks.serving.prepare", "train", str(seconds)]
        log = self._folder / "train.log"
        return processes.start(command, env=self._env, log=log, cwd=ROOT)

    def worker_cpu_ms(self) -> float:
        return processes.cpu_ms([self._worker.pid]) if self._worker else 0.0

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "benchmarks.serving.prepare", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env={**self._clean(), **self._env}, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-3_000:])
        return done.stdout.splitlines()[-1]

    def _clean(self) -> dict[str, str]:
        return {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self._folder)}

    def annotator(self, number: int) -> Annotator:
        if self._by_program:
            return Program(self._port, self.facts, number)
        return self.page(number)

    def page(self, number: int) -> "Page":
        return Page(self._port, self.facts, number)

    def roots(self) -> dict[str, list[int]]:
        return {"app": [self._server.pid], "database": self._cluster}

    def memory(self) -> dict[str, list[float]]:
        found = {"web": processes.unshared_mb([self._server.pid])}
        if self._worker:
            found["worker"] = processes.unshared_mb([self._worker.pid])
        return found

    def kept(self) -> Kept:
        told = json.loads(self.manage("kept"))
        return Kept(frozenset(told["tokens"]), told["duplicates"])

    def stop(self) -> None:
        for process in (self._worker, self._server):
            if process:
                processes.end(process)
        self._exits.close()


class Page:
    """The label page of one signed-in person: what its scripts send, in the same order."""

    def __init__(self, port: int, facts: dict, number: int) -> None:
        self._browser = Browser(port)
        self._facts = facts
        self._sign_in = f"/sign-in/link/{facts['tokens'][number].pop()}/"
        self._label = f"/projects/{facts['slug']}/label/"
        self._classes = facts["classes"]
        self._cards: dict[str, dict[str, str]] = {}
        self._order: list[str] = []
        self._n = number

    def open_anew(self) -> None:
        self._browser = Browser(self._browser._port)

    def sign_in(self) -> None:
        form = self._browser.get(self._sign_in)
        found = TOKEN.search(form)
        if found is None:
            raise RuntimeError(f"no sign-in form: {form[:500]}")
        self._browser.post(self._sign_in, {"csrfmiddlewaretoken": found[1]}, self._origin())
        self._read(self._browser.get(self._label))

    def label(self) -> str:
        while not self._order:
            time.sleep(0.05)
            self._read(self._browser.get(self._label, self._htmx()))
        front = self._order[0]
        self._n += 1
        fields = {
            **self._cards[front],
            "classes": self._classes[self._n % len(self._classes)],
            "active_ms": "2500",
            "wall_ms": "3000",
        }
        html = self._browser.post(f"{self._label}answer/", fields, self._htmx() | self._origin())
        del self._cards[front]
        self._read(html)
        return fields["client_token"]

    def _htmx(self) -> dict[str, str]:
        return {
            "HX-Request": "true",
            "X-CSRFToken": self._browser.cookies.get("csrftoken", ""),
            "X-Have": " ".join(self._cards),
        }

    def _origin(self) -> dict[str, str]:
        return {"Origin": f"http://127.0.0.1:{self._browser._port}"}

    def _read(self, html: str) -> None:
        for number, card in CARD.findall(html):
            self._cards[number] = dict(FIELD.findall(card))
        if found := ORDER.search(html):
            self._order = [each for each in found[1].split() if each in self._cards]
            self._cards = {each: self._cards[each] for each in self._order}


class Program:
    """One person's program with a token: what alapp.client sends."""

    def __init__(self, port: int, facts: dict, number: int) -> None:
        client = Client(f"http://127.0.0.1:{port}", facts["api_tokens"][number], timeout=120)
        self._cards = iter(client.label(facts["slug"], wait=60))
        self._classes = [int(each) for each in facts["classes"]]
        self._n = number

    def sign_in(self) -> None:
        self._card = next(self._cards)

    def label(self) -> str:
        card = self._card
        self._n += 1
        card.answer(self._classes[self._n % len(self._classes)], active_seconds=2.5)
        self._card = next(self._cards)
        return card.token


def _answers(page: Page) -> bool:
    """Say whether the page came; while the server starts it may refuse."""
    try:
        page.sign_in()
    except OSError:
        page.open_anew()
        return False
    return True


@contextlib.contextmanager
def cluster(name: str):
    """Yield the address of a database in a PostgreSQL server of our own."""
    with postgres.temporary_server() as url:
        folder = url.removeprefix("postgres://alapp@/").rpartition("/")[0]
        login = f"host={folder} user=alapp dbname=postgres"
        with psycopg.connect(login, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        yield f"postgres://alapp@/{folder}/{name}"


def postmaster(data: Path) -> int:
    return int((data / "postmaster.pid").read_text().split()[0])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
