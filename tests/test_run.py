"""make test says what it lacks, and its PostgreSQL server is its own."""

import os
from pathlib import Path

import psycopg
import pytest

from tests import run
from tests.support import postgres


def test_missing_chromium_without_root_names_the_command_that_helps(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(SystemExit) as refusal:
        run.main([])

    assert "The tests need chromium" in str(refusal.value)
    assert "apt-get install -y --no-install-recommends chromium" in str(refusal.value)


@pytest.mark.skipif(postgres.find_binaries() is None, reason="PostgreSQL is not installed")
def test_server_answers_on_its_socket_and_leaves_nothing():
    with postgres.temporary_server() as url:
        folder = Path(url.removeprefix("postgres://alapp@/")).parent
        with psycopg.connect(host=str(folder), user="alapp", dbname="postgres") as connection:
            listens_on = connection.execute("SHOW listen_addresses").fetchone()

    assert listens_on == ("",)
    assert not folder.exists()


def test_newest_postgresql_of_several_is_chosen(monkeypatch, tmp_path):
    monkeypatch.setattr(postgres, "DEBIAN_VERSIONS", tmp_path)
    for version in ("9.6", "15", "17"):
        binaries = tmp_path / version / "bin"
        binaries.mkdir(parents=True)
        (binaries / "initdb").touch()

    assert postgres.find_binaries() == tmp_path / "17" / "bin"
