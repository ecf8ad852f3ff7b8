"""manage.py up: everything on this machine, with one command; Ctrl-C ends it."""

import os
import socket
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError, connection

from alapp import first_start, preparation, supervise
from alapp.clock import database_now
from alapp.commands import Command as Base
from annotation.formats import ColumnMap
from annotation.models import Project, User
from annotation.services import accounts

LINK_VALID = timedelta(hours=12)
READY_SECONDS = 60


class Command(Base):
    help = (
        "Prepare the database, make the first admin and a demo project, and start web server and "
        "worker together. Everything is kept in the data folder; starting again goes on from there."
    )

    examples = ("up", "up --port 8001 --data reviews.csv --text body --label stars")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="port to listen on")
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--data", metavar="FILE", help="make a project of this file of yours")
        parser.add_argument("--text", metavar="COLUMN", help="the column of FILE to label")
        parser.add_argument("--label", metavar="COLUMN", help="the column of FILE with labels")
        parser.add_argument("--id", metavar="COLUMN", help="the column of FILE with ids")
        parser.add_argument(
            "--truth",
            action="store_true",
            help="keep the labels of FILE aside as known answers, for manage.py play",
        )
        parser.add_argument(
            "--web-processes",
            type=int,
            metavar="N",
            default=int(os.environ.get("ALAPP_WEB_PROCESSES", "1")),
            help="processes that serve pages, eight threads each",
        )
        parser.add_argument(
            "--workers", type=int, metavar="N", default=1, help="processes that train and import"
        )
        parser.add_argument("--no-demo", action="store_true", help="make no demo project")

    def handle(self, *, port: int, host: str, **options: Any) -> None:
        _must_be_free(host, port)
        _must_be_reachable()
        if newer := preparation.unknown_migrations():
            raise CommandError(
                f"A newer version of alapp made this database ({newer[-1]}). Start that version, "
                "or restore a backup made by this one into another folder."
            )
        preparation.prepare_database()
        preparation.prepare_static_files()
        password = self._first_admin()
        project = self._first_project(options)
        children = [
            supervise.web_server(port=port, host=host, processes=options["web_processes"]),
            *(supervise.worker(number) for number in range(1, options["workers"] + 1)),
        ]
        supervisor = supervise.Supervisor(children, end_seconds=settings.ALAPP_STOP_SECONDS + 5)
        supervisor.start()
        if _is_listening(host, port):
            self._greet(
                f"http://{'localhost' if host == '127.0.0.1' else host}:{port}", password, project
            )
        supervisor.run()
        self.say("Stopped. Everything is kept; start again to go on.")

    def _first_admin(self) -> str | None:
        made = accounts.first_admin()
        return made[1] if made else None

    def _first_project(self, options: dict[str, Any]) -> Project | None:
        admin = User.objects.filter(is_superuser=True).order_by("pk").first()
        if admin is None:
            return None
        if options["data"]:
            columns = ColumnMap(options["text"], options["label"], options["id"])
            source = first_start.Source(Path(options["data"]), columns, options["truth"])
            return first_start.from_file(source=source, owner=admin, say=self.say)
        if options["no_demo"] or not first_start.is_demo_wanted():
            return None
        self.say("Making the demo project: 1,797 handwritten digits …")
        return first_start.demo(owner=admin)

    def _greet(self, address: str, password: str | None, project: Project | None) -> None:
        admin = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
        told: dict[str, str] = {}
        if password and admin:
            told["Admin"] = admin.username
            told["Password"] = f"{password}   (shown this once; change it any time)"
        if admin:
            token = accounts.make_sign_in_link(user=admin, now=database_now(), valid_for=LINK_VALID)
            link = f"{address}/sign-in/link/{token}/"
            if project:
                link += f"?next=/projects/{project.slug}/"
            told["Open"] = f"{link}\n{'':16}(signs you in; works once)"
        told |= {"Data": str(settings.DATA_DIR), "Stop": "Ctrl-C\n"}
        self.say()
        for name, text in told.items():
            self.say(f"  {name:12}  {text}")
        self.answer({name.lower(): text.split(None, 1)[0] for name, text in told.items()})
        self.stdout.flush()


def _must_be_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used ({error.strerror}). Take another: make run PORT=8001"
            ) from None


def _must_be_reachable() -> None:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        raise CommandError(
            f"The database cannot be reached ({str(error).strip()}). Is ALAPP_DATABASE_URL right, "
            "and is the server running?"
        ) from error


def _is_listening(host: str, port: int) -> bool:
    """Wait until the web server answers; False when it does not within a minute."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((host, port)) == 0:
                return True
        time.sleep(0.1)
    return False
