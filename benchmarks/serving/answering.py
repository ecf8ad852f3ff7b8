"""One annotator who answers through the WSGI application, and what that costs. See answer_cost."""

import argparse
import cProfile
import io
import os
import pstats
import re
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpRequest
from django.test.utils import CaptureQueriesContext

from annotation import exchange
from annotation.models import (
    Batch,
    Item,
    Project,
    User,
)
from annotation.services import budgets, projects
from annotation.services.projects import ClassDraft

TICKS = os.sysconf("SC_CLK_TCK")
BATCH = 100


def measure(options: argparse.Namespace) -> None:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    name = "PostgreSQL" if options.postgresql else "SQLite"
    print(f"{name}, load average {os.getloadavg()[0]:.1f}")
    print("| items | statements | transactions | CPU ms, application | CPU ms, database |")
    print("|---|---|---|---|---|")
    desks = [Desk(n_items) for n_items in options.items]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for desk in desks:
        desk.warm_up()
    spent: dict[int, list[tuple[float, float]]] = {desk.n_items: [] for desk in desks}
    for _ in range(options.repeats):
        for desk in desks:
            spent[desk.n_items].append(desk.cost(options.labels // options.repeats))
    for desk in desks:
        n_statements, n_transactions = desk.statements(show=options.statements)
        # The least of the repeats: whatever else the machine did only ever adds.
        app, database = (min(column) for column in zip(*spent[desk.n_items], strict=True))
        print(
            f"| {desk.n_items:,} | {n_statements} | {n_transactions} | {app:.2f} | {database:.2f} |"
        )
    if options.profile:
        desks[0].profile(options.labels)


class Desk:
    """One annotator at one project, asking as the label page asks."""

    def __init__(self, n_items: int) -> None:

        self.n_items = n_items
        self._app: Callable[..., Any] = get_wsgi_application()
        self._project, user = _make_project(n_items)
        request = HttpRequest()
        request.user = AnonymousUser()
        engine = import_module(settings.SESSION_ENGINE)
        request.session = engine.SessionStore()
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        request.session.save()
        self._cookies = {"sessionid": request.session.session_key}
        self._class = str(self._project.classes.all()[0].pk)
        self._number = 1
        self._cards: dict[str, dict[str, str]] = {}
        self._order: list[str] = []
        self._left = 0

    def warm_up(self) -> None:
        self._publish()
        self._read(self._ask("GET", ""))
        for _ in range(30):
            self._answer()

    def cost(self, n: int) -> tuple[float, float]:
        """Return CPU ms per answer of this process and of the database's."""
        app = database = 0.0
        for _ in range(n):
            if self._left < 10:
                self._publish()
            request = self._prepare()
            start, start_database = time.process_time(), _database_cpu()
            body = self._ask(*request)
            app += time.process_time() - start
            database += _database_cpu() - start_database
            self._read(body)
        return 1000 * app / n, 1000 * database / n

    def statements(self, *, show: bool) -> tuple[int, int]:

        if self._left < 10:
            self._publish()
        request = self._prepare()
        with CaptureQueriesContext(connection) as seen:
            self._read(self._ask(*request))
        said = [query["sql"] for query in seen.captured_queries]
        if show:
            print("\n".join(said))
        return len(said), sum(sql.startswith("BEGIN") for sql in said)

    def profile(self, n: int) -> None:
        profiler = cProfile.Profile()
        for _ in range(n):
            if self._left < 10:
                self._publish()
            request = self._prepare()
            profiler.enable()
            body = self._ask(*request)
            profiler.disable()
            self._read(body)
        out = io.StringIO()
        pstats.Stats(profiler, stream=out).sort_stats("cumulative").print_stats(70)
        pstats.Stats(profiler, stream=out).sort_stats("tottime").print_stats(25)
        print(out.getvalue())

    def _answer(self) -> None:
        self._read(self._ask(*self._prepare()))

    def _prepare(self) -> tuple[str, str, dict[str, str], str]:
        card = self._cards.pop(self._order[0])
        self._left -= 1
        fields = {**card, "active_ms": "2500", "wall_ms": "3000"}
        return "POST", "answer/", fields, " ".join([self._order[0], *self._cards])

    def _publish(self) -> None:

        free = Item.objects.filter(project=self._project, assignments=None).order_by("-audit_rank")
        ids = list(free.values_list("pk", flat=True)[:BATCH])
        wanted = [exchange.WantedItem(item_id=i, position=n, purpose="query", in_reserve=False)
                  for n, i in enumerate(ids)]  # fmt: skip
        with transaction.atomic():
            exchange.publish(
                project_id=self._project.pk, number=self._number, wanted=wanted, model_version="m"
            )
        self._number += 1
        self._left = BATCH

    def _ask(
        self, method: str, path: str, fields: dict[str, str] | None = None, have: str = ""
    ) -> str:
        body = urlencode(fields or {}).encode()
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": f"/projects/{self._project.slug}/label/{path}",
            "SCRIPT_NAME": "",
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "HTTP_HOST": "localhost",
            "HTTP_COOKIE": "; ".join(f"{k}={v}" for k, v in self._cookies.items()),
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
        }
        if fields is not None:
            environ |= {
                "HTTP_HX_REQUEST": "true",
                "HTTP_X_HAVE": have,
                "HTTP_X_CSRFTOKEN": self._cookies["csrftoken"],
            }
        return self._call(environ)

    def _call(self, environ: dict[str, Any]) -> str:
        answered: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]]) -> None:
            answered.update(status=status, headers=headers)

        response = self._app(environ, start)
        body = b"".join(response).decode()
        response.close()
        if not answered["status"].startswith("200"):
            sys.exit(f"{environ['PATH_INFO']} answered {answered['status']}\n{body[:2000]}")
        for name, value in answered["headers"]:
            if name == "Set-Cookie":
                key, _, rest = value.strip().partition("=")
                self._cookies[key] = rest.partition(";")[0]
        return body

    def _read(self, html: str) -> None:
        for number, card in re.findall(r'data-card="(\d+)"(.*?)</article>', html, re.DOTALL):
            found = dict(re.findall(r'name="(ticket|client_token)" value="([^"]+)"', card))
            self._cards[number] = {**found, "classes": self._class}
        self._order = re.findall(r'data-order="([^"]*)"', html)[0].split()
        if not self._order:
            sys.exit(f"nothing to label: {html[:2000]}")


def _make_project(n_items: int) -> tuple[Any, Any]:

    owner = User.objects.create_user(f"owner-{n_items}")
    annotator = User.objects.create_user(f"annotator-{n_items}")
    project = projects.create(
        name=f"News {n_items}",
        modality="text",
        owner=owner,
        classes=[ClassDraft(name) for name in ("World", "Sports", "Business", "Science")],
        guidelines="Decide by the headline.",
        budget=1_000_000,
    )
    projects.set_role(project=project, user=annotator, role="annotator", actor=None)
    for scope in ("annotator", "annotator_day"):
        budgets.set_limit(project=project, scope=scope, limit=100_000, actor=None)
    _fill(project, n_items)
    _label_a_tenth(project, annotator)
    Project.objects.filter(pk=project.pk).update(status="active")
    project.refresh_from_db()
    return project, annotator


def _fill(project: Project, n_items: int) -> None:
    """Make the items in the database itself: a million of them one by one would take minutes."""
    series = f"""
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {n_items})
    """
    _run(
        f"""
        INSERT INTO annotation_item (project_id, "key", content_hash, audit_rank)
        {series}
        SELECT {project.pk}, CAST(i AS text), CAST(i AS text),
            (CAST(i AS bigint) * 7919) % 1000000007
        FROM n
        """
    )
    empty = _json("{}")
    _run(
        f"""
        INSERT INTO annotation_itempayload (item_id, text, fields, file, thumbnail)
        SELECT id, 'The quick brown fox number ' || id || ' jumps over a lazy dog while markets '
            || 'fall, teams win and voters wait for what the court will say today', {empty}, '', ''
        FROM annotation_item WHERE project_id = {project.pk}
        """
    )


def _label_a_tenth(project: Project, annotator: User) -> None:
    """Let the annotator have answered every tenth item before."""
    chosen = _json(f"[{project.classes.all()[0].pk}]")
    batch = Batch.objects.create(project=project, number=0)
    token = "gen_random_uuid()" if connection.vendor == "postgresql" else "hex(randomblob(16))"
    empty = _json("{}")
    _run(
        f"""
        INSERT INTO annotation_assignment (project_id, batch_id, item_id, slot, position,
            in_reserve, purpose, state, annotator_id, reason, model_version)
        SELECT project_id, {batch.pk}, id, 0, 0, false, 'query', 'done', {annotator.pk}, {empty}, ''
        FROM annotation_item WHERE project_id = {project.pk} AND id % 10 = 0
        """
    )
    _run(
        f"""
        INSERT INTO annotation_label (project_id, item_id, assignment_id, annotator_id, value,
            revision, purpose, origin, client_token, is_extra, active_ms, wall_ms, model_version)
        SELECT project_id, item_id, id, {annotator.pk}, {chosen}, 0, 'query', 'annotator',
            {token}, false, 0, 0, ''
        FROM annotation_assignment WHERE batch_id = {batch.pk}
        """
    )
    _run(
        f"""
        INSERT INTO annotation_consensus (item_id, project_id, value, certainty, n_labels)
        SELECT item_id, project_id, {chosen}, 1, 1
        FROM annotation_assignment WHERE batch_id = {batch.pk}
        """
    )


def _json(text: str) -> str:
    return f"CAST('{text}' AS {'jsonb' if connection.vendor == 'postgresql' else 'text'})"


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("%", "%%"), [])


def _database_cpu() -> float:
    """Return the CPU seconds of all processes of the PostgreSQL server; 0 for SQLite."""

    if connection.vendor != "postgresql":
        return 0.0
    return sum(_cpu(pid) for pid in _server_processes(_backend()))


def _backend() -> int:

    connection.ensure_connection()
    return int(connection.connection.info.backend_pid)


def _server_processes(backend: int) -> list[int]:
    server = _stat(backend)[1]
    return [int(pid) for pid in Path(f"/proc/{server}/task/{server}/children").read_text().split()]


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()


def _cpu(pid: int) -> float:
    try:
        stat = _stat(pid)
    except OSError:
        return 0.0
    return (int(stat[11]) + int(stat[12])) / TICKS
