"""doccano 1.8.4, as its own commands run it. It has no queue: people agree on ranges of pages."""

import json
import os
import sqlite3
import subprocess
from collections import Counter
from pathlib import Path

from benchmarks.serving import processes
from benchmarks.serving.alapp_tool import free_port, is_listening
from benchmarks.serving.browser import Browser
from benchmarks.serving.texts import CLASSES, texts
from benchmarks.serving.tools import Kept

PASSWORD = "a-quiet-desk-7"
# Accounts and examples are made by its own models: uploading goes through a task queue.
PREPARE = """
import os, django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
django.setup()
import json, sys
from django.contrib.auth import get_user_model
from examples.models import Example
from label_types.models import CategoryType
from projects.models import Member, TextClassificationProject
from roles.models import Role
n_people, classes, path, password = int(sys.argv[1]), json.loads(sys.argv[2]), *sys.argv[3:]
users = get_user_model()
people = [users.objects.create_superuser(f"person{n}", "", password) for n in range(n_people)]
project = TextClassificationProject.objects.create(
    name="News", description="News", project_type="DocumentClassification",
    created_by=people[0], single_class_classification=True, collaborative_annotation=False)
role = Role.objects.get(name="annotator")
for person in people:
    Member.objects.get_or_create(project=project, user=person, defaults={"role": role})
for n, name in enumerate(classes):
    CategoryType.objects.create(project=project, text=name, suffix_key=str(n))
lines = open(path).read().splitlines()
examples = [Example(project=project, text=text) for text in lines]
Example.objects.bulk_create(examples, batch_size=500)
print(project.pk)
"""


class Doccano:
    name = "doccano"

    def __init__(self, folder: Path, venvs: Path, n_items: int, n_people: int) -> None:
        self._folder, self._n_items, self._n_people = folder, n_items, n_people
        self._bin = venvs / "doccano" / "bin"
        self._port = free_port()
        self._env = {"DOCCANO_HOME": str(folder), "SECRET_KEY": "benchmark", "DEBUG": "False"}
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._run(str(self._bin / "doccano"), "init")
        path = self._folder / "texts.txt"
        path.write_text("\n".join(texts(self._n_items)))
        told = self._run(
            str(self._bin / "python"), "-c", PREPARE,
            str(self._n_people), json.dumps(CLASSES), str(path), PASSWORD,
        )  # fmt: skip
        self._project = int(told.splitlines()[-1])
        command = [str(self._bin / "doccano"), "webserver", "--port", str(self._port)]
        log = self._folder / "log"
        self._server = processes.start(command, env=self._env, log=log, cwd=self._folder)
        processes.wait_until(lambda: is_listening(self._port), seconds=300, what="doccano")

    def _run(self, *command: str) -> str:
        package = self._bin.parent / "lib/python3.11/site-packages/backend"
        environment = (
            os.environ
            | self._env
            | {
                "PYTHONPATH": str(package),
                "DATABASE_URL": f"sqlite:///{self._folder}/db.sqlite3",
            }
        )
        done = subprocess.run(
            command, cwd=self._folder, env=environment, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-2_000:])
        return done.stdout

    def annotator(self, number: int) -> "Page":
        share = self._n_items // self._n_people
        return Page(self._port, self._project, number, number * share)

    def roots(self) -> dict[str, list[int]]:
        return {"app": [self._server.pid] if self._server else [], "database": []}

    def kept(self) -> Kept:
        with sqlite3.connect(self._folder / "db.sqlite3") as connection:
            rows = connection.execute("SELECT example_id FROM labels_category").fetchall()
        counted = Counter(str(row[0]) for row in rows)
        return Kept(frozenset(counted), sum(n > 1 for n in counted.values()))

    def stop(self) -> None:
        if self._server:
            processes.end(self._server)


class Page:
    """A page is one example of the list, by its offset."""

    def __init__(self, port: int, project: int, number: int, offset: int) -> None:
        self._browser = Browser(port)
        self._root = f"/v1/projects/{project}"
        self._number, self._offset = number, offset
        self._example = 0
        self._types: list[int] = []

    def sign_in(self) -> None:
        login = {"username": f"person{self._number}", "password": PASSWORD}
        self._browser.post_json("/v1/auth/login/", login)
        kinds = json.loads(self._browser.get(f"{self._root}/category-types"))
        self._types = [each["id"] for each in kinds]
        self._next()
        while json.loads(self._browser.get(f"{self._root}/examples/{self._example}/categories")):
            self._next()

    def _next(self) -> None:
        path = f"{self._root}/examples?limit=1&offset={self._offset}&q=&confirmed="
        self._example = json.loads(self._browser.get(path))["results"][0]["id"]
        self._offset += 1

    def label(self) -> str:
        done = self._example
        chosen = {"label": self._types[self._number % len(self._types)]}
        self._send(f"{self._root}/examples/{done}/categories", chosen)
        self._send(f"{self._root}/examples/{done}/states", {})
        self._next()
        return str(done)

    def _send(self, path: str, value: object) -> None:
        token = self._browser.cookies.get("csrftoken", "")
        referer = f"http://127.0.0.1:{self._browser._port}/"
        self._browser.post_json(path, value, {"X-CSRFToken": token, "Referer": referer})
