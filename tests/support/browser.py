"""A real Chromium, and what its pages do wrong."""

import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, WebError

SCREENS = Path(__file__).resolve().parent.parent.parent / "docs" / "screens"
COLOURS = 96
# No sandbox: tests run as root in containers. The rest keeps the browser off the network.
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium_path() -> str | None:
    """Return where Debian's Chromium is, None when it is not installed."""
    return shutil.which("chromium")


def driver_runs() -> bool:
    """Return whether Playwright's driver starts: its node needs Debian's libatomic1."""
    version = [sys.executable, "-m", "playwright", "--version"]
    return subprocess.run(version, capture_output=True).returncode == 0


class Problems:
    """Script errors, console errors and refused content of every page of a context."""

    def __init__(self, context: BrowserContext) -> None:
        self._seen: list[str] = []
        self._allowed: list[re.Pattern[str]] = []
        context.on("weberror", self._on_error)
        context.on("console", self._on_console)

    def allow(self, pattern: str) -> None:
        """Let problems that match the pattern pass, such as "status of 409"."""
        self._allowed.append(re.compile(pattern))

    def unexpected(self) -> list[str]:
        """Return the problems nobody allowed, in order."""
        return [text for text in self._seen if not any(p.search(text) for p in self._allowed)]

    def _on_error(self, error: WebError) -> None:
        self._seen.append(f"script error: {error.error}")

    def _on_console(self, message: ConsoleMessage) -> None:
        # Chromium reports a violated Content-Security-Policy here, as an error.
        if message.type == "error":
            self._seen.append(f"console: {message.text} ({message.location.get('url', '')})")


def save_evidence(context: BrowserContext, folder: Path, name: str) -> None:
    """Keep a screenshot of every open page and the trace ("playwright show-trace")."""
    target = folder / re.sub(r"[^\w.-]+", "_", name)
    target.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(context.pages):
        page.screenshot(path=target / f"page-{number}.png", full_page=True)
    context.tracing.stop(path=target / "trace.zip")


def keep(page: Page, name: str) -> None:
    """Keep a picture for the docs when asked to: "make screens". In few colours, so small."""
    if not os.environ.get("ALAPP_SCREENS"):
        return
    taken = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    few = taken.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(SCREENS / f"{name}.png", optimize=True)
