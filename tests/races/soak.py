"""Seeded runs of many people in processes, half of them killed: no invariant may break.

    .venv/bin/python -m tests.races.soak --runs 20 --database sqlite
    .venv/bin/python -m tests.races.soak --runs 20 --database postgres

Every run prints its seed and what it found, and is kept in --out: started again, the command goes
on with the seeds that are missing. `--seed 7` does one run again. `make soak` does all of it.
"""

import argparse
import contextlib
import importlib
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import django
import psycopg
from django.core.management import call_command

from tests.support import postgres

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    told = _arguments()
    if told.inside:
        return _inside(told)
    with _database(told.database) as environment:
        command = [sys.executable, "-m", "tests.races.soak", *sys.argv[1:], "--inside"]
        return subprocess.run(command, cwd=ROOT, env=os.environ | environment).returncode


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--seed", type=int, help="one run with this seed, kept nowhere")
    parser.add_argument("--items", type=int, default=1_200)
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "soak.jsonl")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


@contextlib.contextmanager
def _database(kind: str) -> Iterator[dict[str, str]]:
    """Yield the environment of a new data folder, and a server of our own for PostgreSQL."""
    with (
        tempfile.TemporaryDirectory(prefix="alapp-soak-") as folder,
        contextlib.ExitStack() as stack,
    ):
        environment = {
            "DJANGO_SETTINGS_MODULE": "alapp.settings",
            "ALAPP_DATA_DIR": folder,
            "ALAPP_SECRET_KEY": secrets.token_urlsafe(40),
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        if kind == "postgres":
            url = stack.enter_context(postgres.temporary_server())
            folder_of_socket = url.removeprefix("postgres://alapp@/").rpartition("/")[0]
            # Through the database that every server has from the start.
            login = f"host={folder_of_socket} user=alapp dbname=postgres"
            with psycopg.connect(login, autocommit=True) as connection:
                connection.execute("CREATE DATABASE alapp")
            environment["ALAPP_DATABASE_URL"] = url
        yield environment


def _inside(told: argparse.Namespace) -> int:
    """Do the runs, in a process whose settings name the database made for them.

    Its tables can be imported only now that the settings are known.
    """
    django.setup()
    runs = importlib.import_module("tests.support.runs_of_a_crowd")
    call_command("migrate", verbosity=0)
    is_bad = False
    for seed in [told.seed] if told.seed is not None else _missing(told):
        started, load = time.monotonic(), os.getloadavg()[0]
        plan = runs.Plan(seed=seed, n_items=told.items, n_people=told.people)
        found = runs.run(plan, folder=Path(tempfile.mkdtemp(dir=os.environ["ALAPP_DATA_DIR"])))
        line = {
            "database": told.database,
            "seed": seed,
            "seconds": round(time.monotonic() - started, 1),
            "load": round(load, 1),
            **found,
        }
        print(json.dumps(line), flush=True)
        is_bad = is_bad or bool(found["violations"] or found["errors"])
        if told.seed is None:
            told.out.parent.mkdir(exist_ok=True)
            with told.out.open("a") as file:
                file.write(json.dumps(line) + "\n")
    return int(is_bad)


def _missing(told: argparse.Namespace) -> list[int]:
    """Return the seeds that have not passed yet with this size."""
    lines = told.out.read_text().splitlines() if told.out.exists() else []
    kept = [json.loads(line) for line in lines]
    done = {
        line["seed"]
        for line in kept
        if line["database"] == told.database
        and line["items"] == told.items
        and not (line["violations"] or line["errors"])
    }
    return [seed for seed in range(1, told.runs + 1) if seed not in done]


if __name__ == "__main__":
    sys.exit(main())
