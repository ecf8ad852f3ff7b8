"""One seeded run: a crowd, a real worker, kills, then every invariant from the tables."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from alapp.clock import database_now
from annotation.models import Label, Project, Run, User
from annotation.services import accounts, budgets, projects, queue
from annotation.units import MS_PER_HOUR
from selection.configuration import change, config_of
from selection.models import Round
from tests.factories import add_items, make_project, make_user
from tests.support.crowd import Crowd, finished
from tests.support.invariants import violations
from tests.support.processes import ROOT, ManageProcess, manage_environment
from tests.support.seats import PageSeat, Seat, ServiceSeat

LOOK_SECONDS = 0.25
MAX_SECONDS = 900
LINK_VALID = timedelta(hours=2)
WORDS = ("refund money charged card", "parcel late courier box", "login password screen error")
TROUBLE = ("database is locked", "deadlock detected", "Internal Server Error", "Traceback")


@dataclass(frozen=True)
class Plan:
    """What one run does; all that chance decides follows from the seed.

    Every third run goes through HTTP and a server of several processes, and kills those too.
    """

    seed: int
    n_items: int = 1_200
    n_people: int = 8
    by_http: bool = field(init=False)
    overlap_percent: int = field(init=False)
    budget: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_http", self.seed % 3 == 0)
        object.__setattr__(self, "overlap_percent", (0, 20)[self.seed % 2])
        # Every fourth run spends its budget before its items are through.
        object.__setattr__(self, "budget", self.n_items * (4 if self.seed % 4 else 1) * 3 // 4)

    @property
    def n_kills(self) -> int:
        return self.n_people // 2


def run(plan: Plan, *, folder: Path) -> dict[str, Any]:
    """Do the run and return what was found: violations and errors must both be empty."""
    rng = Random(plan.seed)
    project = make_work(plan)
    with _worker(folder) as worker, _seats(plan, project, folder) as seats:
        crowd = Crowd(folder, [each.pk for each in project.classes.all()], seats.sit)
        for place in range(plan.n_people):
            crowd.join(_member(project), seed=plan.seed * 1_000 + place)
        _let_them_work(plan, project, crowd, rng, (worker, seats))
        crowd.stop()
        _wait_for_rounds(project)
    acknowledged = list(crowd.acknowledged())
    logs = {path.name: path.read_text(errors="replace") for path in folder.glob("*.log")}
    troubles = [f"{name}: {log[-2_000:]}" for name, log in logs.items() if _is_trouble(log)]
    return {
        "items": plan.n_items,
        "by": "HTTP" if plan.by_http else "services",
        "labels": Label.objects.current().filter(project=project).count(),
        "acknowledged": len(acknowledged),
        "rounds": Round.objects.filter(project=project).count(),
        "violations": [*violations(project, acknowledged), *_left_over(plan, project)],
        "errors": [*crowd.errors(), *troubles],
    }


def _is_trouble(log: str) -> bool:
    return any(text in log for text in TROUBLE)


def make_work(plan: Plan) -> Project:
    project = make_project(classes=("money", "parcel", "login"), budget=plan.budget)
    texts = [f"{WORDS[n % 3]} {n}" for n in range(plan.n_items)]
    add_items(project, plan.n_items, texts=texts)
    # As if it had been started now: people wait for the first batch, and not for ever.
    Project.objects.filter(pk=project.pk).update(started_at=database_now())
    project.refresh_from_db()
    owner = project.memberships.get().user
    changes = {"lease_seconds": 10, "max_skips": 2}
    if plan.overlap_percent:
        changes |= {"overlap": 2, "overlap_percent": plan.overlap_percent}
    projects.describe(project=project, actor=owner, **changes)
    for scope, unit, limit in (
        ("annotator", "labels", plan.n_items),
        ("annotator_day", "hours", 24 * MS_PER_HOUR),
    ):
        budgets.set_limit(project=project, scope=scope, unit=unit, limit=limit, actor=owner)
    config = {**config_of(project.pk).config, "batch_size": max(10, plan.n_items // 15)}
    selection = config_of(project.pk)
    change(
        project=project,
        actor=owner,
        is_enabled=True,
        on_stop="advise",
        features=selection.features,
        config=config,
    )
    return project


def _member(project: Project) -> User:
    person = make_user(f"p{project.pk}-{project.memberships.count()}")
    projects.set_role(project=project, user=person, role="annotator", actor=None)
    return person


def _let_them_work(
    plan: Plan, project: Project, crowd: Crowd, rng: Random, servers: tuple["_Killable", ...]
) -> None:
    """Kill people and servers when so many labels are there; return when all are idle."""
    share = sorted(rng.uniform(0.02, 0.8) for _ in range(plan.n_kills))
    deaths = [int(each * min(plan.n_items, plan.budget)) for each in share]
    deadline = time.monotonic() + MAX_SECONDS
    while time.monotonic() < deadline and not crowd.errors():
        n_labels = Label.objects.filter(project=project).count()
        while deaths and n_labels >= deaths[0]:
            deaths.pop(0)
            _kill_one(project, crowd, rng)
            rng.choice(servers).kill()
        if not deaths and crowd.is_idle() and _is_through(project):
            return
        time.sleep(LOOK_SECONDS)
    if not crowd.errors():
        crowd.stop()
        raise AssertionError(f"seed {plan.seed}: not through in {MAX_SECONDS} s")


def _kill_one(project: Project, crowd: Crowd, rng: Random) -> None:
    """Half of the time the same person comes back and finds their items, else somebody new."""
    person = rng.choice(crowd.people)
    crowd.kill(person)
    user = person.user if rng.random() < 0.5 else _member(project)
    crowd.join(user, seed=rng.randrange(2**31))


def _is_through(project: Project) -> bool:
    """Say whether all is judged, or nothing more may be; what the dead hold is given back."""
    if not finished(project) and budgets.labels_left(project) != 0:
        return False
    if project.assignments.filter(state="leased").exists():
        queue.release_all_expired(now=database_now())
        return False
    open_runs = Run.objects.filter(project=project, kind="round", state__in=Run.OPEN_STATES)
    return not open_runs.exists()


def _left_over(plan: Plan, project: Project) -> Iterator[str]:
    """With budget left, every item is judged or waits for the lead (I7)."""
    if budgets.labels_left(project) == 0:
        return
    judged = project.items.filter(consensus__isnull=False)
    waiting = project.items.filter(consensus=None, assignments__state="skipped")
    n = judged.count() + waiting.distinct().count()
    if n != plan.n_items:
        yield f"I7 {plan.n_items - n} items are neither judged nor with the lead"


def _wait_for_rounds(project: Project) -> None:
    deadline = time.monotonic() + 120
    while Run.objects.filter(project=project, state__in=Run.OPEN_STATES).exists():
        assert time.monotonic() < deadline, list(Run.objects.values("kind", "state", "error"))
        time.sleep(LOOK_SECONDS)


# What may be killed beside people


class _Killable:
    def kill(self) -> None:
        """Do as a power cut would, and start again."""


class _Worker(_Killable):
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._n = 0
        self.start()

    def start(self) -> None:
        self._n += 1
        environment = manage_environment(Path(os.environ["ALAPP_DATA_DIR"]))
        log = self._folder / f"worker-{self._n}.log"
        self.process = ManageProcess(["work"], env=environment, log=log)

    def kill(self) -> None:
        self.process.kill()
        self.start()


@contextmanager
def _worker(folder: Path) -> Iterator[_Worker]:
    worker = _Worker(folder)
    try:
        yield worker
    finally:
        worker.process.stop()


class _Services(_Killable):
    """People call the services in their own processes: there is no server to kill."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def sit(self, user: User) -> Seat:
        return ServiceSeat(self._project, user)


class _Server(_Killable):
    """A production server of three processes; a kill takes one of them in the middle of work."""

    def __init__(self, project: Project, folder: Path) -> None:
        self._project = project
        self._url = f"http://127.0.0.1:{(port := _free_port())}"
        environment = manage_environment(Path(os.environ["ALAPP_DATA_DIR"]))
        collect = ManageProcess(
            ["collectstatic", "--noinput"], env=environment, log=folder / "static.log"
        )
        assert collect.wait(seconds=120) == 0, collect.log_text()
        with (folder / "server.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--config", "python:alapp.server"],
                cwd=ROOT,
                env=environment | {"ALAPP_BIND": f"127.0.0.1:{port}", "ALAPP_WEB_PROCESSES": "3"},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def sit(self, user: User) -> Seat:
        page = PageSeat(self._url, self._project.slug)
        page._patience = 60.0
        page.sign_in(
            accounts.make_sign_in_link(user=user, now=database_now(), valid_for=LINK_VALID)
        )
        return page

    def kill(self) -> None:
        children = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        if found := Path(children).read_text().split():
            os.kill(int(found[0]), signal.SIGKILL)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


@contextmanager
def _seats(plan: Plan, project: Project, folder: Path) -> Iterator[_Services | _Server]:
    if not plan.by_http:
        yield _Services(project)
        return
    server = _Server(project, folder)
    try:
        yield server
    finally:
        server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
