"""The environment is made from the lock alone, once, and refusals name the way out."""

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest
from django.conf import settings
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REQUIREMENTS = Path(settings.BASE_DIR) / "requirements"
# Runs install.py after something was changed in the Python it meets.
RUN = """
import runpy, sys
sys.argv = ["install.py", {name!r}]
{before}
runpy.run_path({script!r}, run_name="__main__")
"""


@pytest.fixture
def checkout(tmp_path):
    """A project that needs no packages."""
    folder = tmp_path / "requirements"
    folder.mkdir()
    shutil.copy(REQUIREMENTS / "install.py", folder)
    for name in ("core", "dev", "peers"):
        (folder / f"{name}.lock").write_text("# nothing\n")
    return tmp_path


def install(checkout, name, *, before="pass", **environment):
    script = str(checkout / "requirements" / "install.py")
    code = RUN.format(name=name, before=before, script=script)
    return subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )


def test_environment_is_made_once_for_each_lock(checkout):
    first = install(checkout, "core")
    again = install(checkout, "core")
    (checkout / "requirements" / "core.lock").write_text("# nothing, differently\n")
    changed = install(checkout, "core")

    assert first.returncode == 0, first.stderr
    assert "Making a Python environment" in first.stdout
    assert (checkout / ".venv" / "bin" / "python").exists()
    assert again.stdout == ""
    assert "Making" not in changed.stdout
    assert "Installing 0 packages from requirements/core.lock" in changed.stdout


def test_environment_for_development_serves_a_start_too(checkout):
    install(checkout, "dev")

    started = install(checkout, "core")

    assert started.returncode == 0, started.stderr
    assert started.stdout == ""


def test_other_tools_have_an_environment_of_their_own(checkout):
    first = install(checkout, "peers")
    again = install(checkout, "peers")

    assert first.returncode == 0, first.stderr
    assert "Installing 0 packages from requirements/peers.lock into .venv-peers" in first.stdout
    assert (checkout / ".venv-peers" / "bin" / "python").exists()
    assert not (checkout / ".venv").exists()
    assert again.stdout == ""


def test_python_too_old_is_refused_with_both_versions(checkout):
    done = install(checkout, "core", before="sys.version_info = (3, 9, 2)")

    assert done.returncode == 1
    assert "alapp needs Python 3.11 or newer" in done.stderr
    assert "is 3.9" in done.stderr


def test_missing_venv_module_names_the_debian_package(checkout):
    done = install(checkout, "core", before="sys.modules['ensurepip'] = None")

    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr


def test_missing_network_is_told_in_a_sentence(checkout):
    lock = checkout / "requirements" / "core.lock"
    lock.write_text(f"alapp-absent==1.0 --hash=sha256:{'0' * 64}\n")
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "1"}
    isolated = {"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": ""}

    done = install(checkout, "core", **nowhere, **isolated)

    assert done.returncode == 1
    assert "No connection to the Python package index" in done.stderr
    assert not (checkout / ".venv" / "alapp-lock").exists()


def test_locks_agree_and_carry_digests():
    core, dev = (_pins((REQUIREMENTS / f"{name}.lock").read_text()) for name in ("core", "dev"))

    assert core.keys() <= dev.keys()
    assert {name: dev[name][0] for name in core} == {name: pin[0] for name, pin in core.items()}
    assert all(n_digests for _, n_digests in dev.values())


def test_every_other_tool_is_pinned_with_its_digest():
    pins = _pins((REQUIREMENTS / "peers.lock").read_text())

    assert {"label-studio-sdk", "datasets"} <= pins.keys()
    assert all(n_digests for _, n_digests in pins.values())


def _pins(text: str) -> dict[str, tuple[str, int]]:
    """Return name -> (version, number of digests)."""
    pins = re.split(r"^(?=[\w.-]+(?:\[[^]]*\])?==)", text, flags=re.MULTILINE)[1:]
    named = [re.match(r"([\w.-]+)(?:\[.*?\])?==(\S+)", pin) for pin in pins]
    return {
        match[1]: (match[2], pin.count("--hash=sha256:"))
        for match, pin in zip(named, pins, strict=True)
        if match
    }


def test_lock_pins_the_extras_that_packages_ask_of_each_other():
    """pip takes "coverage[toml]" for another package than "coverage": unless that is pinned too,
    it looks at the newest release, which carries no digest, and installs nothing."""
    lock = (REQUIREMENTS / "dev.lock").read_text()
    lines = re.findall(r"^([\w.-]+(?:\[[^]]*\])?)==", lock, re.MULTILINE)
    pinned = {canonicalize_name(each.name): each.extras for each in map(Requirement, lines)}

    missing = [
        f"{package.name} asks for {asked}"
        for package in distributions()
        if canonicalize_name(package.name) in pinned
        for asked in map(Requirement, package.requires or ())
        if asked.marker is None or asked.marker.evaluate({"extra": ""})
        if not asked.extras <= pinned[canonicalize_name(asked.name)]
    ]

    assert not missing
