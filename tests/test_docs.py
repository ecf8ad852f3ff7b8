"""The documentation names only what exists."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.core.management import call_command, get_commands

ROOT = Path(settings.BASE_DIR)
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
# Where the software of one machine lies: nobody else has it there.
MACHINE_FOLDERS = ("work", "root", "opt")
MACHINE_PATH = re.compile(rf"(?<![\w.*-])/({'|'.join(MACHINE_FOLDERS)})/[\w.]")
EXTERNAL = ("http://", "https://", "mailto:")


def links(text):
    return [target for target in LINK.findall(text) if not target.startswith(EXTERNAL)]


def anchors(text):
    """Return the anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def broken_links(page, text):
    for target in links(text):
        path, _, anchor = unquote(target).partition("#")
        aim = (page.parent / path).resolve() if path else page
        if not aim.exists() or ROOT not in (aim, *aim.parents):
            yield f"{target}: no such file"
        elif anchor and anchor not in anchors(aim.read_text()):
            yield f"{target}: no such heading"


def commands(text, name):
    """Return the word after a command's name, wherever the text shows it as code."""
    code = "\n".join(CODE.findall(text))
    return set(re.findall(rf"\b{re.escape(name)} ([a-z][\w-]*)", code))


def make_targets():
    return set(
        re.findall(r"^([a-z-]+)(?: [a-z-]+)*:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    )


def tracked_files():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        hidden = {".venv", ".venv-peers", ".git", "var", "__pycache__"}
        paths = [path for path in ROOT.rglob("*") if not hidden & set(path.parts)]
    return [path for path in paths if path.is_file() and "vendor" not in path.parts]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_resolves(page):
    assert not list(broken_links(page, page.read_text()))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_a_page_names_exists(page):
    text = page.read_text()

    assert commands(text, "make") <= make_targets()
    assert commands(text, "manage.py") <= get_commands().keys()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_setting_a_page_names_is_read_somewhere(page):
    code = "\n".join(path.read_text() for path in tracked_files() if path.suffix == ".py")

    assert all(name in code for name in re.findall(r"\bALAPP_[A-Z_]+\b", page.read_text()))


def test_every_page_that_code_names_exists():
    names = {
        f"{path.relative_to(ROOT)}: {name}": name
        for path in tracked_files()
        if path.suffix in {".py", ".html", ".css", ".js", ".toml"}
        for name in re.findall(r"docs/[\w/-]+(?:\.md)?", path.read_text())
    }

    assert names
    assert not [where for where, name in names.items() if not list(ROOT.glob(f"{name}*"))]


def test_pages_written_from_the_code_are_up_to_date():
    call_command("reference", check=True)


def test_pages_make_a_site_in_which_each_is_found_and_no_link_is_dead(tmp_path):
    site = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "docs", str(tmp_path)]

    made = subprocess.run(site, cwd=ROOT, capture_output=True, text=True)

    assert made.returncode == 0, made.stderr
    assert (tmp_path / "index.html").is_file()


def test_page_with_a_dead_link_or_heading_is_refused():
    text = "[a](nowhere.md) [b](#no-such) [c](https://example.org) [d](development.md#tests)"

    assert len(list(broken_links(ROOT / "docs" / "page.md", text + "\n# Title"))) == 2


def test_commands_are_found_in_code_only():
    text = "We make sure. `make dance PORT=1`\n```\nmake sing\npython manage.py hum X\n```"

    assert commands(text, "make") == {"dance", "sing"}
    assert commands(text, "manage.py") == {"hum"}


def test_no_file_names_a_folder_of_somebodys_machine():
    found = []
    for path in tracked_files():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {hit[0]}" for hit in MACHINE_PATH.finditer(text)]

    assert not found


@pytest.mark.parametrize("folder", MACHINE_FOLDERS)
def test_folder_of_a_machine_is_refused(folder):
    assert MACHINE_PATH.search(f"see /{folder}/x")
    assert not MACHINE_PATH.search(f"see docs/{folder}/x or https://example.org/{folder}/x")
