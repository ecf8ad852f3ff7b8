"""The pool worked through on a Dask cluster of real processes."""

import json
import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from selection.core import chunks
from selection.core.config import LoopConfig
from selection.core.executors import map_chunks, open_executor
from selection.core.loop import run_round
from selection.feature_store import FeatureStore
from tests.selection.core.worlds import blobs, facts_of, trainable

distributed = pytest.importorskip("distributed", reason="the extra alapp[dask] is not installed")
ROOT = Path(__file__).resolve().parents[3]
N_WORKERS = 2


def command(*arguments):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A scheduler and two workers as their own commands, ready to work."""
    folder = tmp_path_factory.mktemp("dask")
    file = folder / "scheduler.json"
    scheduler = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    worker = ["--nthreads", "1", "--nworkers", str(N_WORKERS), "--no-dashboard"]
    place = ["--local-directory", str(folder)]
    with ExitStack() as started:
        for arguments in (
            ["scheduler", *scheduler, "--scheduler-file", str(file)],
            ["worker", *worker, "--scheduler-file", str(file), *place],
        ):
            process = started.enter_context(command(*arguments))
            started.callback(process.terminate)
        with distributed.Client(scheduler_file=str(file), timeout=120) as client:
            client.wait_for_workers(N_WORKERS, timeout=120)
        yield json.loads(file.read_text())["address"]


def kill_first_time(part, folder):
    """Take the whole worker down when the part comes by for the first time."""
    marker = Path(folder) / f"seen-{part}"
    if part == 3 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return part * part


def test_picks_on_a_cluster_are_those_made_here(monkeypatch, tmp_path, address):
    monkeypatch.setattr(chunks, "TASK_ROWS", 250)
    X, classes = blobs(n_per_class=500)
    hashes = [str(number) for number in range(len(X))]
    store = FeatureStore(tmp_path, "test-1", X.shape[1], shard_rows=512)
    store.append(hashes, X)
    features = store.open_matrix(hashes)
    train = trainable(facts_of(features, classes), 300, 30)
    facts = facts_of(features, classes, train=train)
    config = LoopConfig(strategy="margin", batch_size=30)

    with open_executor("dask", address=address) as executor:
        there = run_round(facts, config, executor=executor)

    assert there.picks == run_round(facts, config).picks


def test_worker_killed_in_the_middle_costs_no_answer(tmp_path, address):
    with open_executor("dask", address=address) as executor:
        found = list(map_chunks(kill_first_time, range(6), str(tmp_path), executor=executor))

    assert found == [0, 1, 4, 9, 16, 25]
    assert (tmp_path / "seen-3").exists()
