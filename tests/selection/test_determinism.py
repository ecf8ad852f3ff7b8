"""The same seed, labels and configuration give the same picks, wherever they are made."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.support import postgres

ROOT = Path(__file__).resolve().parents[2]
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def replay(*, others=0, **settings):
    """What tests/support/replay.py finds in a process and a database of its own."""
    inherited = {name: v for name, v in os.environ.items() if not name.startswith("ALAPP_")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.replay", str(others)],
        cwd=ROOT,
        env=inherited | ONE_THREAD | settings,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@contextmanager
def empty_postgres_database() -> Iterator[str]:
    """The URL of a database without tables, on a server of its own."""
    with postgres.temporary_server() as url:
        folder, _, name = url.removeprefix("postgres://alapp@/").rpartition("/")
        with psycopg.connect(
            host=folder, user="alapp", dbname="postgres", autocommit=True
        ) as server:
            server.execute(f'CREATE DATABASE "{name}"')
        yield url


def test_picks_are_the_same_on_both_databases_and_with_one_or_four_workers():
    here = replay()

    with empty_postgres_database() as url:
        # Two other projects first: ids differ, positions do not.
        there = replay(others=2, ALAPP_DATABASE_URL=url)
    shared = replay(ALAPP_EXECUTOR="processes", ALAPP_EXECUTOR_WORKERS="4")

    assert [each["strategy"] for each in here] == ["auto", "margin", "farthest_first", "random"]
    assert [len(each["picks"]) for each in here] == [14] * 4
    assert all(each["model"] for each in here[1:])
    assert there == here
    assert shared == here
