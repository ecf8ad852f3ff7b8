"""How long a restart keeps annotators waiting: from "manage.py up" to the label page.

    .venv/bin/python -m benchmarks.serving.restart [--database-url URL] [--times N]

Makes the demo in a folder of its own, stops, and starts again N times: seconds and CPU seconds from
the start of the command to the first 200 of the label page, for somebody still signed in. Then the
memory of every process while idle, from /proc.
"""

import argparse
import http.client
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = "/projects/handwritten-digits/label/"
POLL_SECONDS = 0.01
PATIENCE_SECONDS = 120


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database-url", default="")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--web-processes", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="alapp-restart-") as folder:
        environment = _environment(Path(folder), options.database_url)
        arguments = ["--web-processes", str(options.web_processes)]
        port, log = _free_port(), Path(folder) / "log"
        with _running(port, log, environment, arguments):
            cookie = _sign_in(port, _wait_for_link(log))
            _wait_for_card(port, cookie)
        _restarts(options.times, port, log, environment, arguments, cookie)


def _restarts(
    times: int, port: int, log: Path, environment: dict[str, str], arguments: list[str], cookie: str
) -> None:
    waits = []
    for number in range(times):
        start, cpu = time.monotonic(), _cpu_seconds()
        with _running(port, log, environment, arguments) as process:
            _wait_for_card(port, cookie)
            waits.append(time.monotonic() - start)
            before_page = _cpu_of_serving(process.pid)
            if number == times - 1:
                time.sleep(5)  # until the worker has loaded what rounds need
                _print_memory(process.pid)
        print(
            f"{waits[-1]:6.2f} s to the label page, {before_page:.2f} CPU s of them in command and "
            f"web server; {_cpu_seconds() - cpu:.2f} CPU s with worker until stopped; "
            f"load {os.getloadavg()[0]:.1f}"
        )
    print(f"{statistics.median(waits):6.2f} s median, {min(waits):.2f} s least")


def _environment(folder: Path, database_url: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ALAPP_")}
    url = {"ALAPP_DATABASE_URL": database_url} if database_url else {}
    return kept | url | {"ALAPP_DATA_DIR": str(folder / "var"), "PYTHONUNBUFFERED": "1"}


@contextmanager
def _running(
    port: int, log: Path, environment: dict[str, str], arguments: list[str]
) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "manage.py", "up", "--port", str(port), *arguments]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def _wait_for_link(log: Path) -> str:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := re.search(r"http://\S+(/sign-in/link/\S+)", log.read_text())):
        if time.monotonic() > deadline:
            sys.exit(log.read_text())
        time.sleep(0.05)
    return found[1]


def _sign_in(port: int, link: str) -> str:
    """Follow the link as a browser does and return the session's cookie."""
    status, headers, page = _request(port, "GET", link)
    field = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    if status != 200 or field is None:
        sys.exit(f"the sign-in link answered {status}")
    token = re.search(r"csrftoken=([^;]+)", headers)
    cookies = {"Cookie": f"csrftoken={token[1] if token else ''}"}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    body = f"csrfmiddlewaretoken={field[1]}"
    _, headers, _ = _request(port, "POST", link, body=body, headers=cookies | form)
    session = re.search(r"sessionid=([^;]+)", headers)
    if session is None:
        sys.exit("signing in gave no session")
    return f"sessionid={session[1]}"


def _wait_for_card(port: int, cookie: str) -> None:
    """Return when the page shows an item; the very first batch takes a moment."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            status, _, page = _request(port, "GET", PAGE, headers={"Cookie": cookie})
        except OSError:
            status, page = 0, ""
        if status not in (0, 200):
            sys.exit(f"the label page answered {status}")
        if "data-card" in page:
            return
        time.sleep(POLL_SECONDS)
    sys.exit("the label page did not come")


def _request(
    port: int, method: str, path: str, *, body: str = "", headers: dict[str, str] | None = None
) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body=body or None, headers=headers or {})
    answer = connection.getresponse()
    page = answer.read().decode()
    connection.close()
    return answer.status, str(answer.headers), page


def _print_memory(pid: int) -> None:
    print("   PSS    RSS  private  idle process")
    for each in _descendants(pid):
        numbers = dict(re.findall(r"^(\w+):\s+(\d+) kB$", _read(each, "smaps_rollup"), re.M))
        kilobytes = {name: int(value) for name, value in numbers.items()}
        private = kilobytes.get("Private_Clean", 0) + kilobytes.get("Private_Dirty", 0)
        command = " ".join(_read(each, "cmdline").split("\0")[1:5])
        print(
            f"{kilobytes.get('Pss', 0) / 1024:6.1f} {kilobytes.get('Rss', 0) / 1024:6.1f} "
            f"{private / 1024:7.1f}   MB  {command[:60]}"
        )


def _cpu_of_serving(pid: int) -> float:
    """Return the CPU seconds so far of the command and the web server, the worker left out."""
    ticks = 0
    for each in _descendants(pid):
        if "work" not in _read(each, "cmdline").split("\0"):
            fields = _read(each, "stat").rpartition(")")[2].split()
            ticks += sum(int(fields[place]) for place in (11, 12))
    return ticks / os.sysconf("SC_CLK_TCK")


def _descendants(pid: int) -> list[int]:
    found = [pid]
    for each in found:
        for thread in Path(f"/proc/{each}/task").iterdir():
            found += [int(child) for child in (thread / "children").read_text().split()]
    return found


def _read(pid: int, name: str) -> str:
    return Path(f"/proc/{pid}/{name}").read_text()


def _cpu_seconds() -> float:
    spent = os.times()
    return spent.children_user + spent.children_system


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
