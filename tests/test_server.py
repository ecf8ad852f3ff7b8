"""The web server as it runs in production: several processes, memory, static files, logs."""

import json
import logging
import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, RequestFactory

from alapp import logs, web
from tests.factories import make_project, make_user
from tests.races.test_kills import free_port

MEGABYTES = 1024
HEAVY = ("numpy", "sklearn", "scipy", "pandas", "pyarrow", "matplotlib", "torch")
PRODUCTION = {
    "ALAPP_HTTPS": "1",
    "ALAPP_BEHIND_PROXY": "1",
    "ALAPP_HOSTS": "label.example.org",
    "ALAPP_TRUSTED_ORIGINS": "https://label.example.org",
}


@pytest.fixture
def served(start_manage):
    """Everything that "manage.py up" starts, with two web processes; its address, and it."""
    port = free_port()
    arguments = ["--port", str(port), "--no-demo", "--web-processes", "2"]
    up = start_manage("up", *arguments, ALAPP_LOG_JSON="1", ALAPP_ACCESS_LOG="1")
    up.wait_for_log("Stop", seconds=60)
    return f"http://127.0.0.1:{port}", up


def children(pid: int) -> list[int]:
    threads = Path(f"/proc/{pid}/task").iterdir()
    return [int(each) for thread in threads for each in (thread / "children").read_text().split()]


def command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def web_processes(up: int) -> list[int]:
    """The two processes that answer: children of the one gunicorn that "up" started."""
    master = next(pid for pid in children(up) if "gunicorn" in command(pid))
    deadline = time.monotonic() + 30
    while len(children(master)) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    return children(master)


def resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / MEGABYTES


def get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.status, dict(answer.headers), answer.read()


def accesses(up, *, wanted: str) -> list[str]:
    """What was logged of requests; a line is written after its answer, so wait for one."""
    deadline = time.monotonic() + 10
    while True:
        whole = up.log_text().rpartition("\n")[0].splitlines()
        lines = [json.loads(line)["message"] for line in whole if '"gunicorn.access"' in line]
        if any(wanted in each for each in lines) or time.monotonic() > deadline:
            return lines
        time.sleep(0.05)


def visit_every_page(address: str) -> None:
    """Look at what annotators and leads look at, as somebody who is signed in."""
    lead = make_user("ada", is_superuser=True)
    project = make_project(owner=lead, n_items=5)
    client = Client()
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    session = f"sessionid={client.cookies['sessionid'].value}"
    names = ("label/", "items/", "", "settings/", "selection/")
    paths = ["/", "/new-project/", "/system/"]
    paths += [f"/projects/{project.slug}/{name}" for name in names]
    for path in paths:
        assert get(address + path, Cookie=session)[0] == 200, path


def test_web_processes_are_small_load_no_estimators_and_serve_hashed_files(served):
    address, up = served
    visit_every_page(address)
    _, _, page = get(f"{address}/sign-in/")
    sheet = re.search(rb'href="(/static/css/base\.[0-9a-f]{12}\.css)"', page)[1].decode()
    status, headers, _ = get(address + sheet, **{"Accept-Encoding": "gzip"})

    processes = web_processes(up.pid)

    assert len(processes) == 2
    for pid in processes:
        libraries = Path(f"/proc/{pid}/maps").read_text()
        assert not [name for name in HEAVY if f"site-packages/{name}" in libraries]
        assert resident(pid) <= 150
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert any("GET /sign-in/" in each for each in accesses(up, wanted="GET /sign-in/"))


def run_manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    ours = ("ALAPP_", "DJANGO_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=settings.BASE_DIR, text=True,
        env=kept | environment, capture_output=True,
    )  # fmt: skip


def test_production_settings_leave_django_nothing_to_warn_of(tmp_path):
    done = run_manage(
        "check", "--deploy", "--fail-level", "WARNING",
        ALAPP_DATA_DIR=str(tmp_path), DJANGO_SETTINGS_MODULE="alapp.settings", **PRODUCTION,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr


def test_secret_key_made_at_the_first_start_is_kept_and_readable_by_its_owner_only(tmp_path):
    show = ["shell", "-c", "from django.conf import settings; print(settings.SECRET_KEY)"]
    fixed = {"ALAPP_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "alapp.settings"}

    keys = {run_manage(*show, **fixed).stdout.split()[-1] for _ in range(2)}

    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("203.0.113.9", "203.0.113.9"),
        # What the client sent itself comes first; the proxy's own word is the last.
        ("10.0.0.1, 203.0.113.9", "203.0.113.9"),
        ("", "127.0.0.1"),
    ],
)
def test_client_is_who_the_proxy_saw(forwarded, address, settings):
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR=forwarded)

    settings.BEHIND_PROXY = True
    assert web.client_address(request) == address
    # Without a proxy the whole header is made up.
    settings.BEHIND_PROXY = False
    assert web.client_address(request) == "127.0.0.1"


def test_log_line_for_machines_is_one_json_object_with_its_traceback():
    try:
        raise RuntimeError("disk\nfull")
    except RuntimeError:
        fault = sys.exc_info()
    record = logging.LogRecord("annotation.x", logging.ERROR, "f", 1, "run %s", (7,), fault)

    text = logs.JsonLines().format(record)

    line = json.loads(text)
    assert "\n" not in text
    assert (line["level"], line["logger"], line["message"]) == ("ERROR", "annotation.x", "run 7")
    assert "RuntimeError: disk" in line["traceback"]
