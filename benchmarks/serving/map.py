"""The map of a large pool: drawn by the worker, served, and moved about in Chromium.

    .venv/bin/python -m benchmarks.serving.map --items 100000

The real page, its scripts and its answers, called in this process; Chromium draws without a
graphics card. A frame's milliseconds are the script's own, as the page tells them by map:drawn.
"""

import argparse
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
# Playwright's synchronous API keeps an event loop in this thread.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from playwright.sync_api import Page, Route, sync_playwright  # noqa: E402

from annotation.models import Project, Run, User  # noqa: E402
from annotation.services import runs  # noqa: E402
from benchmarks.serving.texts import texts  # noqa: E402
from selection import asking, map_files  # noqa: E402
from selection.models import PoolMap  # noqa: E402
from tests.factories import add_items, make_project, make_user  # noqa: E402
from tests.support.browser import CHROMIUM_ARGUMENTS, chromium_path  # noqa: E402

SITE = "http://map.test"
FRAMES, REPEATS = 60, 15
COLLECT = """() => {
  window.frames_ms = [];
  document.getElementById('map').addEventListener('map:drawn', (e) => window.frames_ms.push(e.detail.ms));
}"""  # noqa: E501
# Pointing at so many places, one after the other, in milliseconds each.
POINT = """(n) => {
  const canvas = document.querySelectorAll('#map canvas')[1];
  const box = canvas.getBoundingClientRect();
  const begun = performance.now();
  for (let i = 0; i < n; i += 1) {
    const at = { clientX: box.x + box.width * ((i * 0.61803) % 1), clientY: box.y + box.height * ((i * 0.41421) % 1) };
    canvas.dispatchEvent(new PointerEvent('pointermove', { ...at, pointerId: 1 }));
  }
  return (performance.now() - begun) / n;
}"""  # noqa: E501


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, default=100_000)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    lead = make_user("lead")
    project = make_project(classes=("world", "sport", "business", "science"), owner=lead)
    add_items(project, options.items, texts=list(texts(options.items)))
    Project.objects.filter(pk=project.pk).update(status="active")
    print(f"{options.items:,} items, load average {os.getloadavg()[0]:.1f}\n")
    print("| what | |\n|---|---|")
    for name, figure in figures(project, lead):
        print(f"| {name} | {figure} |", flush=True)


def figures(project: Project, lead: User) -> Iterator[tuple[str, str]]:
    """Yield a name and a figure, as each is known."""
    make_round(project)
    for what in ("first drawing, items read", "drawn again"):
        asking.draw_map(project_id=project.pk, method="pca", actor_id=lead.pk)
        start = time.process_time()
        work(project, "map")
        yield f"{what}: CPU s in the worker", f"{time.process_time() - start:.1f}"
    drawn = PoolMap.objects.get()
    size = (map_files.folder() / drawn.file).stat().st_size
    yield "points, file", f"{drawn.n_points:,}, {size / 1e6:.2f} MB"
    client = Client(SERVER_NAME="localhost")
    client.force_login(lead, backend=settings.AUTHENTICATION_BACKENDS[-1])
    for name in ("", "points/", "answers/", "table/", "table/?order=near&near=1"):
        yield f"`map/{name}`: CPU ms on the server", f"{served(client, path(project, name)):.1f}"
    with opened(client, path(project)) as page:
        yield from frames(page)


def make_round(project: Project) -> None:
    """Have a first round, so that a model colours the points: names alone make one."""
    from_lead = {"force": True}
    runs.open_run(kind="round", project=project, params=from_lead)
    work(project, "round")


def work(project: Project, kind: str) -> None:
    run = Run.objects.get(project=project, kind=kind, state="queued")
    runs.execute.call(run.pk)
    run.refresh_from_db()
    assert run.state == "done", run.traceback


def path(project: Project, name: str = "") -> str:
    return f"/projects/{project.slug}/map/{name}"


def served(client: Client, address: str) -> float:
    """Return the median CPU milliseconds of a request, its body read to the end."""
    spent = []
    for _ in range(REPEATS):
        start = time.process_time()
        body(client, address)
        spent.append(1000 * (time.process_time() - start))
    return statistics.median(spent)


def body(client: Client, address: str) -> tuple[bytes, str]:
    response = client.get(address)
    assert response.status_code == 200, address
    if response.streaming:
        return b"".join(response.streaming_content), response["Content-Type"]
    return response.content, response["Content-Type"]


@contextmanager
def opened(client: Client, address: str) -> Iterator[Page]:
    """Open a page of this process in Chromium: no server, no network."""

    def answer(route: Route) -> None:
        asked = route.request.url.removeprefix(SITE)
        if asked.startswith("/static/"):
            route.fulfill(path=Path(settings.BASE_DIR) / asked.lstrip("/").split("?")[0])
            return
        content, kind = body(client, asked)
        route.fulfill(body=content, content_type=kind)

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=chromium_path(), args=[*CHROMIUM_ARGUMENTS]
        )
        page = chromium.new_page(viewport={"width": 1600, "height": 1000})
        page.route(f"{SITE}/**", answer)
        start = time.perf_counter()
        page.goto(SITE + address)
        page.wait_for_selector("#map.drawn")
        print(f"| page open to drawn, wall s | {time.perf_counter() - start:.1f} |")
        yield page
        chromium.close()


def frames(page: Page) -> Iterator[tuple[str, str]]:
    page.evaluate(COLLECT)
    box = page.locator("#map").bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    yield "canvas", f"{box['width']:.0f} x {box['height']:.0f}"
    for zoom in (0, 4, 8):
        page.keyboard.press("Escape")
        for _ in range(zoom and 4):
            page.mouse.wheel(0, -100)
        yield f"frame while panning, zoomed {1.25**zoom:.1f} times: script ms", drag(page, *middle)
    yield "pointing at a place: script ms", f"{page.evaluate(POINT, 500):.3f}"


def drag(page: Page, x: float, y: float) -> str:
    """Drag about and say what its frames took."""
    page.mouse.move(x, y)
    page.evaluate("() => { window.frames_ms = []; }")
    page.mouse.down()
    for step in range(FRAMES):
        page.mouse.move(x + 30 * ((step % 9) - 4), y + 20 * ((step % 7) - 3))
    page.mouse.up()
    taken = sorted(page.evaluate("() => window.frames_ms"))
    late = taken[int(0.95 * (len(taken) - 1))]
    return f"median {statistics.median(taken):.1f}, 95 % {late:.1f} ({len(taken)} frames)"


if __name__ == "__main__":
    main()
