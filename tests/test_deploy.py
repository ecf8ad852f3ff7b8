"""docs/deploy.md and its files: units, compose file, proxy and commands are what really works."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, get_commands, load_command_class

from tests.races.test_kills import free_port
from tests.test_server import run_manage

ROOT = Path(settings.BASE_DIR)
FOLDER = ROOT / "docs" / "deploy"
PAGE = (ROOT / "docs" / "deploy.md").read_text()
UNITS = sorted([*FOLDER.glob("*.service"), *FOLDER.glob("*.timer")])
INSTALLED = "/srv/alapp"
SECONDS = 60


def values(text: str, name: str) -> list[str]:
    return re.findall(rf"^#?{name}=(.*)$", text, re.MULTILINE)


def manage_commands() -> list[list[str]]:
    """Every call of manage.py in the page, the units and the compose file, as words."""
    shown = re.findall(r"```\n(.*?)```|`([^`\n]+)`", PAGE, re.DOTALL)
    code = "\n".join(block or inline for block, inline in shown)
    units = "\n".join(value for unit in UNITS for value in values(unit.read_text(), "ExecStart"))
    compose = (FOLDER / "compose.yaml").read_text().replace('", "', " ").replace('"]', "")
    found = re.findall(r"manage\.py ([a-z][^\n&]*)", f"{code}\n{units}\n{compose}")
    return [shlex.split(each.rstrip('"]')) for each in found]


CALLS = manage_commands()


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_command_exists_and_takes_these_arguments(call):
    name, *arguments = call

    command = load_command_class(get_commands()[name], name)
    parser = command.create_parser("manage.py", name)

    # A name alone in a sentence is no whole call.
    if arguments or name not in {"backup", "restore", "move_database"}:
        parser.parse_args(arguments)


def test_page_shows_every_command_an_operator_needs():
    needed = {"migrate", "collectstatic", "check", "doctor", "backup", "restore", "move_database"}

    assert needed <= {call[0] for call in CALLS}


def test_command_with_an_unknown_option_is_refused():
    command = load_command_class("alapp", "backup")

    with pytest.raises(CommandError, match="unrecognized arguments"):
        command.create_parser("manage.py", "backup").parse_args(["--everything", "x"])


@pytest.fixture
def installed(tmp_path) -> dict[str, Path]:
    """The units as they would stand on a machine whose alapp lies where this one does."""
    environment = (FOLDER / "alapp.env").as_posix()
    copies = {}
    for unit in UNITS:
        text = unit.read_text().replace(f"{INSTALLED}/.venv/bin/python", sys.executable)
        text = text.replace(INSTALLED, ROOT.as_posix()).replace("/etc/alapp/alapp.env", environment)
        copies[unit.name] = tmp_path / unit.name.replace("@", "@1")
        copies[unit.name].write_text(text)
    return copies


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_finds_no_fault_in_the_units(installed):
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, installed.values())],
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_page_says_what_each_unit_is_for(unit):
    assert f"deploy/{unit.name}" in PAGE


def test_settings_file_is_safe_and_names_only_what_is_documented(tmp_path):
    lines = (FOLDER / "alapp.env").read_text()
    chosen = dict(re.findall(r"^(ALAPP_\w+)=(.*)$", lines, re.MULTILINE))
    documented = set(re.findall(r"`(ALAPP_\w+)`", (ROOT / "docs" / "settings.md").read_text()))

    done = run_manage(
        "check", "--deploy", "--fail-level", "WARNING",
        DJANGO_SETTINGS_MODULE="alapp.settings", **{**chosen, "ALAPP_DATA_DIR": str(tmp_path)},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert set(re.findall(r"ALAPP_\w+", lines)) <= documented


def test_proxy_lets_the_largest_upload_through_and_says_who_asks():
    text = (FOLDER / "nginx.conf").read_text()

    megabytes = int(re.search(r"client_max_body_size (\d+)m;", text)[1])
    assert megabytes * 2**20 > settings.ALAPP_MAX_UPLOAD_BYTES
    for header in ("X-Forwarded-Proto $scheme", "X-Forwarded-For $proxy_add", "Host $host"):
        assert f"proxy_set_header {header}" in text
    assert text.count("{") == text.count("}")
    assert "proxy_pass http://127.0.0.1:8000;" in text


def test_compose_file_starts_what_there_is():
    yaml = pytest.importorskip("yaml")
    services = yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]

    assert set(services) == {"database", "prepare", "web", "worker"}
    assert services["web"]["command"] == ["-m", "gunicorn", "--config", "python:alapp.server"]
    assert services["worker"]["command"] == ["manage.py", "work"]
    code = "\n".join(path.read_text() for path in (ROOT / "alapp").rglob("*.py"))
    for service in ("prepare", "web", "worker"):
        names = [name for name in services[service]["environment"] if name.startswith("ALAPP")]
        assert names
        assert all(name in code for name in names)
        assert (FOLDER / services[service]["build"]["context"]).resolve() == ROOT


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def wait_for(url: str, wanted: int) -> None:
    deadline = time.monotonic() + SECONDS
    while (found := status(url)) != wanted:
        assert time.monotonic() < deadline, f"{url} answers {found}"
        time.sleep(0.05)


def test_installation_of_the_page_serves_and_ends_in_an_orderly_way(installed, tmp_path):
    port = free_port()
    environment = {
        "DJANGO_SETTINGS_MODULE": "alapp.settings",
        "ALAPP_DATA_DIR": str(tmp_path / "data"),
        "ALAPP_BIND": f"127.0.0.1:{port}",
        "DJANGO_SUPERUSER_PASSWORD": "a quiet desk",
    }
    person = ["--no-input", "--username", "ada", "--email", "ada@example.org"]
    for call in (["migrate"], ["collectstatic", "--no-input"], ["createsuperuser", *person]):
        done = run_manage(*call, **environment)
        assert done.returncode == 0, done.stderr

    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ALAPP_", "DJANGO_"))}
    started = [
        subprocess.Popen(
            shlex.split(values(installed[name].read_text(), "ExecStart")[0]),
            cwd=ROOT, env=kept | environment, start_new_session=True,
        )
        for name in ("alapp-web.service", "alapp-worker@.service")
    ]  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/readyz", 200)
        wait_for(f"http://127.0.0.1:{port}/health", 200)
        assert status(f"http://127.0.0.1:{port}/sign-in/") == 200
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
        ended = [process.wait(timeout=SECONDS) for process in started]

    assert ended == [0, 0]
