"""Whatever is killed whenever: no acknowledged label is lost, and a round happens once."""

import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections import Counter

import numpy as np
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, F

from alapp import first_start
from annotation.formats import ColumnMap
from annotation.models import Account, Assignment, Batch, Charge, Label, Project, Run
from selection.configuration import change, config_of
from selection.models import Pick, Round
from tests.factories import make_user
from tests.journeys.test_texts_over_http import made_up_news

N_LABELS = 120


@pytest.fixture
def project(transactional_db, tmp_path) -> Project:
    source = first_start.Source(made_up_news(tmp_path / "news.csv"), ColumnMap(), is_truth=True)
    project = first_start.from_file(source=source, owner=make_user("ada"), say=print)
    config = {**config_of(project.pk).config, "batch_size": 10}
    change(
        project=project,
        actor=None,
        is_enabled=True,
        on_stop="advise",
        features="auto",
        config=config,
    )
    return project


def play(project: Project, url: str) -> None:
    try:
        call_command("play", project.slug, annotators=3, labels=N_LABELS, pace=0.6, url=url)
    finally:
        connection.close()


def check_invariants(project: Project) -> None:
    """The invariants of the loop, read from the rows."""
    labels = Label.objects.current()
    assert labels.count() == N_LABELS
    per_person = labels.values("item", "annotator").annotate(n=Count("pk"))
    assert not per_person.filter(n__gt=1).exists()
    # Further opinions come on top, from other people.
    once = Assignment.objects.filter(state="done").exclude(purpose="relabel")
    done = once.values("item").annotate(n=Count("pk"))
    assert not done.filter(n__gt=project.overlap).exists()
    numbers = list(Round.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(len(numbers)))
    assert sorted(Batch.objects.filter(number__gte=0).values_list("number", flat=True)) == numbers
    assert not Account.objects.filter(limit__lt=F("spent") + F("reserved")).exists()
    settled = Charge.objects.filter(state="settled")
    assert settled.count() == Account.objects.get().spent == N_LABELS
    trained = Pick.objects.filter(purpose="audit").values("item")
    assert not Pick.objects.filter(purpose="query", item__in=trained).exists()


def wait_until_quiet(seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while Run.objects.filter(state__in=Run.OPEN_STATES).exists():
        assert time.monotonic() < deadline, list(Run.objects.values("kind", "state", "error"))
        time.sleep(0.1)


def test_worker_killed_again_and_again_redoes_its_round_once(project, live_server, start_worker):
    rng = np.random.default_rng(11)
    playing = threading.Thread(target=play, args=(project, live_server.url))
    worker = start_worker()
    playing.start()

    while playing.is_alive():
        playing.join(timeout=float(rng.uniform(3, 8)))
        worker.kill()
        worker = start_worker()
        # Killed at its work, not while it starts: a machine may need longer for that than it lives.
        worker.wait_for_log("is ready", seconds=60)

    wait_until_quiet(60)
    check_invariants(project)
    assert Round.objects.count() >= 2


def test_two_workers_never_publish_a_round_twice(project, live_server, start_worker):
    workers = [start_worker(), start_worker()]

    play(project, live_server.url)

    wait_until_quiet(60)
    check_invariants(project)
    assert all(worker.is_running() for worker in workers)
    published = Counter(
        Run.objects.filter(state="done").values_list("report__published", flat=True)
    )
    del published[None]
    assert set(published.values()) == {1}


def test_web_server_killed_again_and_again_loses_no_answer(project, start_manage):
    rng = np.random.default_rng(12)
    port = free_port()
    up = start_manage("up", "--port", str(port), "--no-demo")
    up.wait_for_log("Stop", seconds=60)
    playing = threading.Thread(target=play, args=(project, f"http://127.0.0.1:{port}"))
    playing.start()
    playing.join(timeout=3)

    while playing.is_alive():
        kill_web_server(port)
        playing.join(timeout=float(rng.uniform(5, 8)))

    wait_until_quiet(60)
    check_invariants(project)
    assert "the web server ended" in up.log_text()


def kill_web_server(port: int) -> None:
    """Kill the master and its workers at once, as a power cut would."""
    found = subprocess.run(["pgrep", "-f", f"gunicorn.*:{port}"], capture_output=True, text=True)
    for pid in re.findall(r"\d+", found.stdout):
        try:
            os.kill(int(pid), signal.SIGKILL)
        except ProcessLookupError:
            continue


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
