"""Every command that the documents show runs as it stands there."""

import re
import shlex
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from annotation.models import Project
from tests.factories import make_project, make_user

ROOT = Path(settings.BASE_DIR)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
# Started for real, with what surrounds them, by the tests named.
ELSEWHERE = {
    "up": "tests/test_processes.py",
    "simulate": "tests/selection/core/test_simulate_command.py",
    "play": "tests/journeys/test_texts_over_http.py",
    "createsuperuser": "tests/test_deploy.py",
    "migrate": "tests/test_deploy.py",
    "collectstatic": "tests/test_deploy.py",
    "check": "tests/test_deploy.py",
    "move_database": "tests/test_backups.py",
    "backup": "tests/test_backups.py",
    "restore": "tests/test_backups.py",
    "doctor": "tests/test_health.py",
}


def shown(text):
    """Return the lines of code blocks that call manage.py, put together where they go on below."""
    blocks = re.findall(r"^```(?:sh|console)?\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    found = (re.search(r"manage\.py (.+?)(?: [|>].*)?$", line) for line in lines)
    return [" ".join(match[1].split()) for match in found if match]


COMMANDS = sorted(
    {
        (page.relative_to(ROOT).as_posix(), line)
        for page in PAGES
        for line in shown(page.read_text())
    }
)
HERE = [each for each in COMMANDS if each[1].split()[0] not in ELSEWHERE]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where somebody who reads the documents stands, with the files these speak of."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reviews.csv").write_text("text,label\nA fine film,yes\nNot for me,no\n")


@pytest.fixture
def project(transactional_db):
    lead = make_user("ada", is_superuser=True)
    project = make_project(owner=lead, classes=("yes", "no"), n_items=4)
    Project.objects.filter(pk=project.pk).update(slug="reviews")


@pytest.mark.parametrize(("page", "line"), HERE, ids=[" ".join(each) for each in HERE])
@pytest.mark.usefixtures("folder", "project")
def test_command_runs_as_the_page_shows_it(page, line):
    words = shlex.split(line.replace("PROJECT", "reviews"))

    call_command(*words, stdout=StringIO())


def test_commands_that_others_start_are_started_there():
    named = {line.split()[0] for _, line in COMMANDS}

    assert named & ELSEWHERE.keys()
    for command, test in ELSEWHERE.items():
        assert re.search(rf"\b{command}\b", (ROOT / test).read_text()), f"{test}: no {command}"
