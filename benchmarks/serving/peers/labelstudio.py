"""label-studio 1.23.2: on SQLite by its own start command, on PostgreSQL behind uwsgi."""

import contextlib
import json
import subprocess
from pathlib import Path

from benchmarks.serving import processes
from benchmarks.serving.alapp_tool import cluster, free_port, is_listening, postmaster
from benchmarks.serving.browser import Browser
from benchmarks.serving.texts import CLASSES, texts
from benchmarks.serving.tools import Kept

PASSWORD = "a quiet desk"
SITE = "lib/python3.11/site-packages/label_studio"
CHOICES = "".join(f'<Choice value="{name}"/>' for name in CLASSES)
CONFIG = (
    '<View><Text name="text" value="$text"/>'
    f'<Choices name="topic" toName="text" choice="single">{CHOICES}</Choices></View>'
)
# Nothing leaves the machine.
QUIET = {
    "LATEST_VERSION_CHECK": "false",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
    "COLLECT_ANALYTICS": "false",
}


class LabelStudio:
    name = "label-studio sqlite"

    def __init__(self, folder: Path, venvs: Path, n_items: int, n_people: int) -> None:
        self._folder, self._n_items, self._n_people = folder, n_items, n_people
        self._venv = venvs / "labelstudio"
        self._port = free_port()
        self._exits = contextlib.ExitStack()
        self._cluster: list[int] = []
        self._env = {"LABEL_STUDIO_BASE_DATA_DIR": str(folder / "data"), **QUIET}
        self._server: subprocess.Popen[bytes] | None = None
        self._project = 0

    def start(self) -> None:
        self._serve()
        processes.wait_until(lambda: is_listening(self._port), seconds=600, what=self.name)
        owner = self._account(0)
        made = owner.send("/api/projects/", {"title": "News", "label_config": CONFIG})
        self._project = made["id"]
        tasks = [{"text": text} for text in texts(self._n_items)]
        owner.send(f"/api/projects/{self._project}/import", tasks)
        self._people = [owner] + [self._account(number) for number in range(1, self._n_people)]

    def _serve(self) -> None:
        command = [str(self._venv / "bin" / "label-studio"), "start", "--no-browser"]
        command += ["--port", str(self._port), "--internal-host", "127.0.0.1"]
        log = self._folder / "log"
        self._server = processes.start(command, env=self._env, log=log, cwd=self._folder)

    def _account(self, number: int) -> "Account":
        account = Account(self._port)
        account.sign_up(f"person{number}@example.org")
        return account

    def annotator(self, number: int) -> "Page":
        return Page(self._people[number], self._project, number)

    def roots(self) -> dict[str, list[int]]:
        return {"app": [self._server.pid] if self._server else [], "database": self._cluster}

    def kept(self) -> Kept:
        path = f"/api/projects/{self._project}/export?exportType=JSON"
        tasks = json.loads(self._people[0].browser.get(path))
        stored = {str(task["id"]): len(task["annotations"]) for task in tasks}
        names = frozenset(name for name, n in stored.items() if n)
        return Kept(names, sum(n > 1 for n in stored.values()))

    def stop(self) -> None:
        if self._server:
            processes.end(self._server)
        self._exits.close()


class LabelStudioOnPostgres(LabelStudio):
    name = "label-studio postgres"

    def _serve(self) -> None:
        url = self._exits.enter_context(cluster("labelstudio"))
        socket_folder = Path(url.removeprefix("postgres://alapp@/")).parent
        self._cluster = [postmaster(socket_folder / "data")]
        self._env |= {
            "DJANGO_DB": "default",
            "POSTGRE_USER": "alapp",
            "POSTGRE_NAME": "labelstudio",
            "POSTGRE_HOST": str(socket_folder),
            "POSTGRE_PORT": "5432",
            "DJANGO_SETTINGS_MODULE": "core.settings.label_studio",
        }
        package = self._venv / SITE
        log = self._folder / "log"
        migrate = [str(self._venv / "bin" / "python"), "manage.py", "migrate", "--no-input"]
        done = processes.start(migrate, env=self._env, log=log, cwd=package)
        if done.wait():
            raise RuntimeError(log.read_text()[-2_000:])
        command = [str(self._venv / "bin" / "uwsgi"), "--http-socket", f"127.0.0.1:{self._port}"]
        command += ["--module", "core.wsgi", "--chdir", str(package), "--master"]
        command += ["--virtualenv", str(self._venv), "--processes", "3", "--lazy-apps"]
        command += ["--buffer-size", "65536", "--die-on-term", "--enable-threads"]
        command += ["--listen", "100"]
        self._server = processes.start(command, env=self._env, log=log, cwd=package)


class Account:
    """A signed-in browser; sessions are kept over all rounds, as they are by a browser."""

    def __init__(self, port: int) -> None:
        self.browser = Browser(port)

    def sign_up(self, email: str) -> None:
        self.browser.get("/user/signup/")
        fields = {"email": email, "password": PASSWORD, "allow_newsletters": "false"}
        fields["csrfmiddlewaretoken"] = self.browser.cookies["csrftoken"]
        fields["how_find_us"] = "Other"
        self.browser.post("/user/signup/?next=/projects/", fields, self._headers())

    def send(self, path: str, value: object) -> dict:
        return json.loads(self.browser.post_json(path, value, self._headers()))

    def _headers(self) -> dict[str, str]:
        token = self.browser.cookies.get("csrftoken", "")
        return {"X-CSRFToken": token, "Referer": f"http://127.0.0.1:{self.browser._port}/"}


class Page:
    """The label stream: next task, annotation, next task."""

    def __init__(self, account: Account, project: int, number: int) -> None:
        self._account, self._project, self._number = account, project, number
        self._task = 0

    def sign_in(self) -> None:
        self._next()

    def _next(self) -> None:
        path = f"/api/dm/actions?id=next_task&project={self._project}"
        self._task = self._account.send(path, {})["id"]

    def label(self) -> str:
        done, chosen = self._task, CLASSES[self._number % len(CLASSES)]
        result = {
            "id": "answer",
            "from_name": "topic",
            "to_name": "text",
            "type": "choices",
            "value": {"choices": [chosen]},
        }
        sent = {"result": [result], "lead_time": 3, "draft_id": 0, "project": self._project}
        self._account.send(f"/api/tasks/{done}/annotations?project={self._project}", sent)
        self._next()
        return str(done)
