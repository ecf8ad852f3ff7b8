"""How fast the label page is in a real browser, over many labels, while a worker trains.

    .venv/bin/python -m benchmarks.serving.label_page --labels 200

Starts `manage.py up` (web server and worker, SQLite) on a folder of its own with the demo, signs
in with its link, and answers by key. Measured inside the page: from the key's event to the second
animation frame with the next card in it, and the round trip of each answer (Resource Timing).
Tasks that held the main thread for over 50 ms come from Chromium's own trace, which also says how
much of each was work of that thread and how much was waiting for a core.

The floor: in turns with the label page, a page without style or script of ours puts the same card
into its document at each key, in the same Chromium at the same pace. What is long there is the
machine's.
"""

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.serving.first_label import ROOT, _free_port, _wait_for_link
from benchmarks.serving.long_tasks import CATEGORIES, Thread, threads

SCRIPT = """
(() => {
  const seen = { paints: [], trips: [] };
  window.__seen = seen;
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) {
      if (each.name.endsWith('/answer/')) seen.trips.push(each.duration);
    }
  }).observe({ type: 'resource', buffered: true });
  let at = 0;
  document.addEventListener('keydown', (event) => { at = event.timeStamp; }, { capture: true });
  document.addEventListener('card:shown', () => {
    const began = at;
    at = 0;
    if (!began) return;
    requestAnimationFrame(() => requestAnimationFrame((now) => {
      seen.paints.push(performance.now() - began);
    }));
  });
})();
"""


# The same card, without pictures: they are another host's or another page's to load.
FLOOR = """
(card) => {
  const seen = { paints: [], trips: [] };
  window.__seen = seen;
  const deck = document.createElement('main');
  document.body.append(deck);
  document.addEventListener('keydown', (event) => {
    const began = event.timeStamp;
    deck.innerHTML = card;
    deck.querySelectorAll('img').forEach((each) => each.remove());
    requestAnimationFrame(() => requestAnimationFrame(() => {
      seen.paints.push(performance.now() - began);
    }));
  });
}
"""
MARKS = ("label", "floor")
BLOCK = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=int, default=200)
    parser.add_argument("--pause", type=float, default=0.15, help="seconds between two keys")
    told = parser.parse_args()
    port = _free_port()
    with tempfile.TemporaryDirectory() as folder, _serving(Path(folder), port) as log:
        link = _wait_for_link(log)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--headless"]
            )
            page = browser.new_page()
            page.add_init_script(SCRIPT)
            _open(page, link)
            _measure(browser, page, told)
            browser.close()


@contextmanager
def _serving(folder: Path, port: int) -> Iterator[Path]:
    """Web server and worker on a data folder of their own, with the demo; yields their log."""
    log = folder / "log"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ALAPP_")}
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", str(port)],
            cwd=ROOT, env=environment | {"ALAPP_DATA_DIR": str(folder / "var")},
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        yield log
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=60)


def _open(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("button", name="Sign in as").click()
    page.get_by_role("link", name="Start labelling").first.click()
    page.locator("#deck[data-ready]").wait_for(state="attached")


def _measure(browser: Browser, page: Page, told: argparse.Namespace) -> None:
    floor = browser.new_context().new_page()
    floor.evaluate(FLOOR, page.locator(".work:not([hidden])").evaluate("(card) => card.outerHTML"))
    before = os.getloadavg()[0]
    began = time.monotonic()
    browser.start_tracing(categories=CATEGORIES)
    for mark, each in zip(MARKS, (page, floor), strict=True):
        each.evaluate("(mark) => performance.mark(mark)", mark)
    for place in range(0, told.labels, BLOCK):
        block = range(place, min(place + BLOCK, told.labels))
        _label(page, block, told.pause)
        _swap(floor, block, told.pause)
    page.locator("#saved[data-state=saved]").wait_for(timeout=30_000)
    found = threads(browser.stop_tracing(), MARKS)
    seconds = time.monotonic() - began
    print(f"{told.labels} labels in {seconds:.0f} s, load {before:.1f} to {os.getloadavg()[0]:.1f}")
    _say_times({"label page": page, "floor": floor})
    _say_tasks(found, told.labels)


def _label(page: Page, block: range, pause: float) -> None:
    for place in block:
        page.locator(".work:not([hidden])").wait_for()
        page.keyboard.press(str(place % 10))
        page.wait_for_timeout(1000 * pause)


def _swap(floor: Page, block: range, pause: float) -> None:
    for place in block:
        floor.keyboard.press(str(place % 10))
        floor.wait_for_timeout(1000 * pause)


def _say_times(pages: dict[str, Page]) -> None:
    print("| | n | p50 ms | p95 ms | worst ms |")
    print("|---|---|---|---|---|")
    for title, page in pages.items():
        seen = page.evaluate("window.__seen")
        for name, times in (("key to paint", seen["paints"]), ("round trip", seen["trips"])):
            if times:
                cuts = statistics.quantiles(times, n=20)
                print(
                    f"| {title}, {name} | {len(times)} | {statistics.median(times):.0f} | "
                    f"{cuts[-1]:.0f} | {max(times):.0f} |"
                )


def _say_tasks(found: dict[str, Thread], n: int) -> None:
    print("| | tasks over 50 ms | of them over 50 ms of CPU | worst CPU ms | CPU ms per label |")
    print("|---|---|---|---|---|")
    for name, thread in found.items():
        worst = max(task.cpu_ms for task in thread.tasks)
        print(
            f"| {name} | {len(thread.long)} | {len(thread.busy)} | {worst:.0f} | "
            f"{thread.cpu_ms / n:.1f} |"
        )
    for name, thread in found.items():
        for task in thread.long:
            print(f"- {name}, {task.began_ms / 1000:.1f} s: {task}")


if __name__ == "__main__":
    main()
