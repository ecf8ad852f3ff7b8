"""Backups taken while people work hold every label, and are restored whole or not at all."""

import contextlib
import io
import json
import re
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, connections

from annotation.models import Item, ItemPayload, Label
from tests.factories import NOW, add_items, answer, claim, make_project, make_user, publish
from tests.selection.test_retraining import do_rounds, label_batch, texts
from tests.support.processes import ManageProcess, manage_environment

pytestmark = pytest.mark.django_db(transaction=True)
QUOTED = "CREATE DATABASE {}", "DROP DATABASE IF EXISTS {} WITH (FORCE)"


@contextlib.contextmanager
def new_database(name: str) -> Iterator[str]:
    """An empty PostgreSQL database beside the test's own; its name."""
    with connection.cursor() as cursor:
        cursor.execute(QUOTED[1].format(name))
        cursor.execute(QUOTED[0].format(name))
    yield name
    with connection.cursor() as cursor:
        cursor.execute(QUOTED[1].format(name))


@pytest.fixture
def elsewhere(tmp_path) -> Iterator[dict[str, str]]:
    """The environment of another, empty alapp on a database of the same kind."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    environment = manage_environment(folder)
    if connection.vendor == "sqlite":
        yield environment | {"ALAPP_DATABASE_URL": f"sqlite:///{folder / 'alapp.sqlite3'}"}
        return
    own = environment["ALAPP_DATABASE_URL"]
    # Of this test process alone: another one may be at a test of its own like it.
    with new_database(f"elsewhere_of_{connection.settings_dict['NAME']}") as name:
        yield environment | {"ALAPP_DATABASE_URL": f"{own.rpartition('/')[0]}/{name}"}


def manage(*arguments: object, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *map(str, arguments)]
    return subprocess.run(command, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True)


def ask(code: str, env: dict[str, str]) -> list:
    """Return what the other alapp answers: JSON on the last line."""
    done = manage("shell", "-v", "0", "-c", f"import json\n{code}", env=env)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def project(data_dir):
    """A project with a trained round, media, and a fifth of its items labelled."""
    project, person = make_project(classes=("money", "parcel"), budget=400), make_user("ada")
    add_items(project, 80, texts=texts(80))
    do_rounds(project)
    label_batch(project, person)
    do_rounds(project)
    (data_dir / "media" / "ab").mkdir()
    (data_dir / "media" / "ab" / "picture.webp").write_bytes(b"a picture" * 1000)
    ItemPayload.objects.filter(pk=Item.objects.first().pk).update(file="ab/picture.webp")
    (data_dir / "secret_key").write_text("k" * 60)
    return project


@pytest.fixture
def here(data_dir) -> dict[str, str]:
    return manage_environment(data_dir)


class Labeller(threading.Thread):
    """Somebody who labels without a pause until told to stop; `given` is what was acknowledged."""

    def __init__(self, project) -> None:
        super().__init__()
        self.given: list[int] = []
        self._project, self._stop_now = project, threading.Event()
        self._user = make_user()

    def run(self) -> None:
        try:
            while not self._stop_now.is_set():
                held = claim(self._project, self._user, NOW)
                self.given.append(answer(self._project, self._user, held, now=NOW).pk)
        finally:
            connections.close_all()

    def wait_for(self, n: int) -> None:
        while len(self.given) < n and self.is_alive():
            self.join(0.01)

    def stop(self) -> None:
        self._stop_now.set()
        self.join()


def test_backup_while_people_label_holds_every_label_acknowledged_before(
    project, here, elsewhere, tmp_path
):
    publish(project, add_items(project, 4_000), number=5)
    labeller = Labeller(project)
    labeller.start()
    labeller.wait_for(20)
    before = list(Label.objects.order_by("pk").values_list("pk", flat=True))

    taken = manage("backup", tmp_path / "b.tar.gz", env=here)
    n_during = len(labeller.given)
    labeller.wait_for(n_during + 5)
    labeller.stop()
    restored = manage("restore", tmp_path / "b.tar.gz", env=elsewhere)

    assert (taken.returncode, restored.returncode) == (0, 0), taken.stderr + restored.stderr
    numbers = "[label.pk for label in Label.objects.all()]"
    code = f"from annotation.models import Label; print(json.dumps({numbers}))"
    found = set(ask(code, elsewhere))
    assert set(before) <= found <= set(Label.objects.values_list("pk", flat=True))
    # Ledger, models, features, media, tables: everything but a worker is there.
    report = json.loads(manage("doctor", "--json", env=elsewhere).stdout)
    assert {each["name"] for each in report if each["level"] == "bad"} == {"worker"}
    assert "4,080 items" in restored.stdout
    folder = Path(elsewhere["ALAPP_DATA_DIR"])
    assert (folder / "media/ab/picture.webp").read_bytes() == b"a picture" * 1000
    assert (folder / "secret_key").read_text() == "k" * 60


def test_alapp_runs_on_what_was_restored(project, here, elsewhere, tmp_path):
    manage("backup", tmp_path / "b.tar", env=here)
    manage("restore", tmp_path / "b.tar", env=elsewhere)
    log = tmp_path / "work.log"

    worker = ManageProcess(("work", "--once"), env=elsewhere, log=log)

    assert worker.wait(seconds=120) == 0, worker.log_text()
    code = (
        "from annotation.services import queue; from annotation.models import *\n"
        "from alapp.clock import database_now\n"
        "a = queue.claim(project=Project.objects.get(), annotator=User.objects.get(username='ada'),"
        " now=database_now())\nprint(json.dumps([a is not None]))"
    )
    assert ask(code, elsewhere) == [True]


@pytest.fixture
def archive(here, tmp_path) -> Path:
    make_project(n_items=3)
    path = tmp_path / "b.tar"
    done = manage("backup", path, env=here)
    assert done.returncode == 0, done.stderr
    return path


def rewritten(archive, change):
    """Write the archive anew with each file's content changed."""
    path = archive.with_name("changed.tar")
    with tarfile.open(archive) as old, tarfile.open(path, "w") as new:
        for member in old:
            content = change(member.name, old.extractfile(member).read())
            member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    return path


def flip(name: str, content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1]) if name.startswith("database/") else content


def from_the_future(name: str, content: bytes) -> bytes:
    if name != "alapp-backup.json":
        return content
    head = json.loads(content)
    return json.dumps({**head, "migrations": [*head["migrations"], "annotation.9000_new"]}).encode()


def from_elsewhere(name: str, content: bytes) -> bytes:
    return content.replace(f'"{connection.vendor}"'.encode(), b'"oracle"')


def cut(archive: Path) -> Path:
    path = archive.with_name("cut.tar")
    path.write_bytes(archive.read_bytes()[:-30_000])
    return path


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda archive: rewritten(archive, flip), "damaged: database/"),
        (cut, "cannot be read to its end|not complete"),
        (lambda archive: rewritten(archive, from_the_future), "newer version.*9000_new"),
        (lambda archive: rewritten(archive, from_elsewhere), "made on oracle.*move_database"),
        (lambda archive: archive.with_name("none.tar"), "There is no file"),
        (lambda archive: Path(__file__), "cannot be read|not a backup"),
    ],
    ids=["damaged", "cut", "newer", "other engine", "missing", "no archive"],
)
def test_archive_that_cannot_be_trusted_touches_nothing(archive, elsewhere, spoil, words):
    done = manage("restore", spoil(archive), env=elsewhere)

    assert done.returncode == 1
    assert "Nothing was restored." in done.stderr
    assert re.search(words, done.stderr, re.DOTALL), done.stderr
    left = {path.name for path in Path(elsewhere["ALAPP_DATA_DIR"]).iterdir()}
    assert left <= {"uploads", "alapp.sqlite3", "alapp.sqlite3-wal", "alapp.sqlite3-shm"}


def test_restore_refuses_what_is_there_and_replaces_it_only_when_told(archive, elsewhere):
    first = manage("restore", archive, env=elsewhere)
    assert first.returncode == 0, first.stderr
    assert "kept" not in first.stdout
    n_items = "from annotation.models import Item; Item.objects.all().delete(); print('[]')"
    ask(n_items, elsewhere)

    refused = manage("restore", archive, env=elsewhere)
    replaced = manage("restore", "--replace", archive, env=elsewhere)

    assert refused.returncode == 1
    assert "--replace" in refused.stderr
    assert replaced.returncode == 0, replaced.stderr
    assert "What was there before is kept" in replaced.stdout
    code = "from annotation.models import Item; print(json.dumps([Item.objects.count()]))"
    assert ask(code, elsewhere) == [3]


def test_restore_refuses_while_a_worker_runs(archive, here, start_worker):
    start_worker().wait_for_log("is ready")

    done = manage("restore", "--replace", archive, env=here)

    assert done.returncode == 1
    assert "Stop alapp first" in done.stderr


def test_backup_never_overwrites_another(archive, here):
    before = archive.read_bytes()

    done = manage("backup", archive, env=here)

    assert done.returncode == 2
    assert "exists already" in done.stderr
    assert archive.read_bytes() == before


def test_features_may_be_left_out_but_not_what_people_brought(project, here, data_dir, tmp_path):
    brought = data_dir / "features" / str(project.pk) / "user-vectors"
    brought.mkdir(parents=True)
    (brought / "1.vectors.npy").write_bytes(b"vectors")

    whole = manage("backup", tmp_path / "whole.tar", env=here)
    lean = manage("backup", "--without-features", tmp_path / "lean.tar", env=here)

    assert whole.returncode == lean.returncode == 0
    names = {name: features(tmp_path / f"{name}.tar") for name in ("whole", "lean")}
    assert names["lean"] == {f"features/{project.pk}/user-vectors/1.vectors.npy"}
    assert len(names["whole"]) > 3


def features(archive: Path) -> set[str]:
    with tarfile.open(archive) as tar:
        return {name for name in tar.getnames() if name.startswith("features/")}


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="a tool of PostgreSQL")
def test_missing_pg_dump_is_named_with_the_package_that_has_it(here, tmp_path, monkeypatch):
    empty = tmp_path / "bin"
    empty.mkdir()
    code = (
        "from pathlib import Path; from alapp.backups import databases\n"
        f"databases.DEBIAN_VERSIONS = Path({str(empty)!r})\n"
        "from django.core.management import call_command\n"
        f"call_command('backup', {str(tmp_path / 'b.tar')!r})"
    )

    done = manage("shell", "-c", code, env=here | {"PATH": str(empty)})

    assert "apt-get install postgresql-client" in done.stderr
    assert not (tmp_path / "b.tar").exists()


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs a PostgreSQL server")
def test_database_moves_to_sqlite_and_back_without_a_difference(project, here, elsewhere, tmp_path):
    own = here["ALAPP_DATABASE_URL"]
    file = here | {"ALAPP_DATABASE_URL": f"sqlite:///{tmp_path / 'moved.sqlite3'}"}

    there = manage("move_database", "--from", own, env=file)
    back = manage("move_database", "--from", file["ALAPP_DATABASE_URL"], env=elsewhere)

    assert (there.returncode, back.returncode) == (0, 0), there.stderr + back.stderr
    wanted = everything()
    assert sum(map(len, wanted.values())) > 500
    code = "from tests.test_backups import everything; print(json.dumps(everything()))"
    assert ask(code, elsewhere) == wanted
    # New rows get new numbers.
    code = "from tests.factories import make_project; make_project(n_items=2); print('[]')"
    assert ask(code, elsewhere) == []
    again = manage("move_database", "--from", own, env=elsewhere)
    assert again.returncode == 1
    assert "The target is not empty" in again.stderr


def everything() -> dict[str, list[list[str]]]:
    """Every row of every table of ours and of accounts, as text."""
    models = [
        m
        for m in apps.get_models(include_auto_created=True)
        if m._meta.app_label != "django_tasks_database"
    ]
    return {
        model._meta.label: sorted(
            [repr(value) for value in row] for row in model._base_manager.values_list()
        )
        for model in models
    }
