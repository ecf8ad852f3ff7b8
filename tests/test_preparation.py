"""Starting again makes only what lacks; what a newer version made is refused."""

import pytest
from django.core.management import CommandError, call_command
from django.db.migrations.recorder import MigrationRecorder

from alapp import preparation
from tests.races.test_kills import free_port
from tests.test_server import run_manage

HASHED = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}


@pytest.fixture
def collected(settings, data_dir):
    settings.STATIC_ROOT = data_dir / "static"
    settings.STORAGES = HASHED
    return data_dir / "static"


@pytest.mark.django_db
def test_complete_database_lacks_nothing_and_knows_nothing_newer():
    assert preparation.missing_migrations() == []
    assert preparation.unknown_migrations() == []


@pytest.mark.django_db
def test_migration_that_was_never_applied_is_named():
    MigrationRecorder.Migration.objects.filter(app="selection", name="0001_start").delete()

    assert "selection.0001_start" in preparation.missing_migrations()


@pytest.mark.django_db
def test_database_of_a_newer_version_is_not_started():
    MigrationRecorder.Migration.objects.create(app="annotation", name="9000_from_the_future")

    with pytest.raises(CommandError, match="newer version of alapp.*9000_from_the_future"):
        call_command("up", "--port", "0", "--no-demo")


def test_database_out_of_reach_is_told_in_words(tmp_path):
    done = run_manage(
        "up", "--port", str(free_port()), DJANGO_SETTINGS_MODULE="alapp.settings",
        ALAPP_DATA_DIR=str(tmp_path), ALAPP_DATABASE_URL=f"sqlite:///{tmp_path}/nowhere/x.sqlite3",
    )  # fmt: skip

    assert done.returncode == 1
    assert "CommandError: The database cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr


def test_static_files_are_collected_once_until_one_changes(collected, settings, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "a.css").write_text("body { color: red }" * 50)
    settings.STATICFILES_DIRS = [own]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    preparation.prepare_static_files()
    first = set(collected.iterdir())
    manifest = collected / "staticfiles.json"
    before = manifest.stat().st_mtime_ns

    preparation.prepare_static_files()
    unchanged = manifest.stat().st_mtime_ns == before
    (own / "a.css").write_text("body { color: blue }" * 50)
    preparation.prepare_static_files()

    assert unchanged
    # The old name stays, for pages that are open; the new one is added.
    assert first < set(collected.iterdir())
    assert {path.suffix for path in first} == {".css", ".gz", ".json"}
