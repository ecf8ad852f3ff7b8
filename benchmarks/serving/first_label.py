"""How long a newcomer waits: from clone to the first label, from one batch to the next.

    .venv/bin/python -m benchmarks.serving.first_label

Clones the committed state, runs "make run" there with nothing installed, and labels the first
batch of the demo in a real Chromium. Prints seconds and the machine's load.
"""

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
BATCH = 20
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Stopwatch:
    def __init__(self) -> None:
        self._start = time.monotonic()

    def seconds(self) -> float:
        return time.monotonic() - self._start


def main() -> None:
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        clone, port = Path(folder) / "alapp", _free_port()
        watch = Stopwatch()
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        _say("clone", watch.seconds())
        with _running(clone, port) as log:
            link = _wait_for_link(log)
            _say("clone to the printed link (environment, database, demo)", watch.seconds())
            _label(link, clone / "var" / "alapp.sqlite3", watch)
    print(f"load average {load:.1f} before, {os.getloadavg()[0]:.1f} after")


def _label(link: str, database: Path, watch: Stopwatch) -> None:
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or sys.exit("chromium is not installed")
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        page = browser.new_page()
        page.set_default_timeout(60_000)
        page.goto(link)
        page.get_by_role("button", name=re.compile("Sign in")).click()
        page.goto(re.sub(r"/sign-in.*", "/projects/handwritten-digits/label/", link))
        _answer(page, database)
        _say("clone to the first label", watch.seconds())
        for _ in range(BATCH - 1):
            _answer(page, database)
        _next_batch(page, database)
        browser.close()


def _next_batch(page: Page, database: Path) -> None:
    """Time until the next batch is published, and until its first item is on screen."""
    batch = Stopwatch()
    while not _rows(database, "select 1 from annotation_batch where number = 1"):
        time.sleep(0.01)
    _say("last label of batch 1 to batch 2 published", batch.seconds())
    page.reload()
    while not _is_of_batch(page, database, 1):
        _answer(page, database)
    _say("last label of batch 1 to batch 2 on screen, items in hand answered", batch.seconds())


def _answer(page: Page, database: Path) -> None:
    card = page.locator("[data-card]:visible").first
    number = card.get_attribute("data-card") or ""
    query = """select c.key from annotation_assignment a
        join annotation_knownanswer k on k.item_id = a.item_id
        join annotation_labelclass c on c.id = json_extract(k.value, '$[0]') where a.id = ?"""
    page.keyboard.press(_rows(database, query, number)[0][0])
    expect(page.locator(f"[data-card='{number}']")).to_have_count(0)


def _is_of_batch(page: Page, database: Path, batch: int) -> bool:
    number = page.locator("[data-card]:visible").first.get_attribute("data-card")
    query = """select b.number from annotation_assignment a
        join annotation_batch b on b.id = a.batch_id where a.id = ?"""
    return bool(_rows(database, query, number)[0][0] == batch)


def _rows(database: Path, query: str, *values: object) -> list[tuple]:
    with sqlite3.connect(database, timeout=20) as connection:
        return connection.execute(query, values).fetchall()


@contextmanager
def _running(clone: Path, port: int) -> Iterator[Path]:
    log = clone.parent / "log"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ALAPP_")}
    with log.open("w") as output:
        process = subprocess.Popen(
            ["make", "run"], cwd=clone, env=environment | {"PORT": str(port)}, stdout=output,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        yield log
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=30)


def _wait_for_link(log: Path) -> str:
    while not (found := re.search(r"http://\S+/sign-in/link/[^\s?]+", log.read_text())):
        time.sleep(0.05)
    return found[0]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _say(what: str, seconds: float) -> None:
    print(f"{seconds:8.2f} s  {what}", flush=True)


if __name__ == "__main__":
    main()
