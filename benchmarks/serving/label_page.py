"""How fast the label page is in a real browser, over many labels, while a worker trains.

    .venv/bin/python -m benchmarks.serving.label_page --labels 200

Starts `manage.py up` (web server and worker, SQLite) on a folder of its own with the demo, signs
in with its link, and answers by key. Everything is measured inside the page: from the key's event
to the second animation frame with the next card in it, the round trip of each answer (Resource
Timing), and tasks that held the main thread for over 50 ms (PerformanceObserver).
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

from playwright.sync_api import Page, sync_playwright

from benchmarks.serving.first_label import ROOT, _free_port, _wait_for_link

SCRIPT = """
(() => {
  const seen = { paints: [], trips: [], tasks: [] };
  window.__seen = seen;
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) seen.tasks.push([each.startTime, each.duration]);
  }).observe({ type: 'longtask', buffered: true });
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
            _measure(page, link, told)
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


def _measure(page: Page, link: str, told: argparse.Namespace) -> None:
    page.goto(link)
    page.get_by_role("button", name="Sign in as").click()
    page.get_by_role("link", name="Start labelling").first.click()
    page.locator("#deck[data-ready]").wait_for(state="attached")
    before = os.getloadavg()[0]
    began = time.monotonic()
    for place in range(told.labels):
        page.locator(".work:not([hidden])").wait_for()
        page.keyboard.press(str(place % 10))
        page.wait_for_timeout(1000 * told.pause)
    page.locator("#saved[data-state=saved]").wait_for(timeout=30_000)
    seen = page.evaluate("window.__seen")
    _say(seen, told.labels, time.monotonic() - began, before)


def _say(seen: dict, n: int, seconds: float, before: float) -> None:
    paints, trips = seen["paints"], seen["trips"]
    # Loading the page is one task of the browser's: what counts is labelling.
    late = [task for task in seen["tasks"] if task[0] > 2_000]
    print(f"{n} labels in {seconds:.0f} s, load {before:.1f} to {os.getloadavg()[0]:.1f}")
    print("| | n | p50 ms | p95 ms | worst ms |")
    print("|---|---|---|---|---|")
    for name, times in (("key to paint", paints), ("submit round trip", trips)):
        cuts = statistics.quantiles(times, n=20)
        print(
            f"| {name} | {len(times)} | {statistics.median(times):.0f} | {cuts[-1]:.0f} | "
            f"{max(times):.0f} |"
        )
    print(f"tasks over 50 ms while labelling: {len(late)} {[round(task[1]) for task in late]}")


if __name__ == "__main__":
    main()
