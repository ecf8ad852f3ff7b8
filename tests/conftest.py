"""Fixtures every test may use: a data folder of its own, a real browser, a real worker."""

import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support.browser import CHROMIUM_ARGUMENTS, Problems, chromium_path, save_evidence
from tests.support.processes import ManageProcess, manage_environment

ROOT = Path(__file__).resolve().parent.parent
# Playwright's synchronous API keeps an event loop in the main thread; Django then refuses the ORM.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

DATABASE_FIXTURES = frozenset({"db", "transactional_db", "live_server"})
FAILED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-tests",
        action="store_true",
        help="run only tests that touch the database, without the browser: the PostgreSQL run",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(_fixtures(item)):
            item.add_marker("database")
        if "page" in _fixtures(item):
            item.add_marker("browser")
        if "start_worker" in _fixtures(item):
            item.add_marker("worker")
    if config.getoption("--database-tests"):
        chosen = [item for item in items if _runs_on_postgresql(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = chosen


def _fixtures(item: pytest.Item) -> list[str]:
    return getattr(item, "fixturenames", [])


def _runs_on_postgresql(item: pytest.Item) -> bool:
    has = item.get_closest_marker
    return has("database") is not None and has("browser") is None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, settings) -> Path:
    """Return this test's own data folder; media, features and uploads go there."""
    folder = tmp_path / "data"
    for name in ("media", "features", "uploads"):
        (folder / name).mkdir(parents=True)
    settings.DATA_DIR = folder
    settings.MEDIA_ROOT = folder / "media"
    settings.FEATURES_DIR = folder / "features"
    settings.FILE_UPLOAD_TEMP_DIR = folder / "uploads"
    return folder


# Processes


@pytest.fixture
def start_manage(
    request: pytest.FixtureRequest, transactional_db: None, data_dir: Path, tmp_path: Path
) -> Iterator[Callable[..., ManageProcess]]:
    """Start "manage.py <arguments>" beside the test, on the test's database and data folder.

    Whatever still runs at the end of the test is stopped; one that ended by itself with an error
    fails the test. A failing test shows the logs.
    """
    started: list[ManageProcess] = []

    def start(*arguments: str, **environment: str) -> ManageProcess:
        log = tmp_path / f"{len(started)}-{arguments[0]}.log"
        env = manage_environment(data_dir) | environment
        started.append(ManageProcess(arguments, env=env, log=log))
        return started[-1]

    yield start

    crashed = [process for process in started if process.has_crashed()]
    for process in started:
        process.stop()
    if crashed or request.node.stash.get(FAILED, False):
        for process in started:
            print(f"--- manage.py {' '.join(process.arguments)} ---\n{process.log_text()}")
    if crashed:
        pytest.fail(f"ended by itself: {', '.join(map(str, crashed))}", pytrace=False)


@pytest.fixture
def start_worker(start_manage: Callable[..., ManageProcess]) -> Callable[..., ManageProcess]:
    """Start a real worker ("manage.py work"); call it again for a second one."""

    def start(*arguments: str, **environment: str) -> ManageProcess:
        return start_manage("work", *arguments, **environment)

    return start


@pytest.fixture
def worker_process(start_worker: Callable[..., ManageProcess]) -> ManageProcess:
    """A real worker process on the test's database: .kill(), .stop(), .log_text()."""
    return start_worker()


# Browser


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests of this process."""
    path = chromium_path()
    if path is None:
        reason = "chromium is not installed: make test installs it, or apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*CHROMIUM_ARGUMENTS])
        yield browser
        browser.close()


@pytest.fixture
def browser_context(
    request: pytest.FixtureRequest, chromium: Browser, live_server
) -> Iterator[BrowserContext]:
    """A fresh browser profile whose addresses start at the live server.

    Screenshot and trace of a failed test are kept in var/test-artifacts.
    """
    context = chromium.new_context(
        base_url=live_server.url, viewport={"width": 1280, "height": 800}
    )
    context.set_default_timeout(10_000)
    context.tracing.start(screenshots=True, snapshots=True)
    yield context
    if request.node.stash.get(FAILED, False):
        save_evidence(context, ROOT / "var" / "test-artifacts", request.node.nodeid)
    else:
        context.tracing.stop()
    context.close()


@pytest.fixture
def page_problems(
    request: pytest.FixtureRequest, browser_context: BrowserContext
) -> Iterator[Problems]:
    """What the pages did wrong; allow(pattern) what the test provokes on purpose."""
    problems = Problems(browser_context)
    yield problems
    if unexpected := problems.unexpected():
        request.node.stash[FAILED] = True
        pytest.fail("the page had problems:\n" + "\n".join(unexpected), pytrace=False)


@pytest.fixture
def page(browser_context: BrowserContext, page_problems: Problems) -> Page:
    """A page in a real Chromium: script errors, console errors and CSP violations fail the test."""
    return browser_context.new_page()


@pytest.fixture
def sign_in(browser_context: BrowserContext, live_server) -> Callable[..., None]:
    """Return sign_in(user): the browser is that person from then on."""

    def sign_in_as(user) -> None:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.cookies["sessionid"].value
        browser_context.add_cookies(
            [{"name": "sessionid", "value": session, "url": live_server.url}]
        )

    return sign_in_as
