"""What alapp says of itself: to machines, to admins, and to whoever runs "manage.py doctor"."""

import json
import shutil
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse

from alapp import doctor, health
from alapp.clock import database_now
from annotation.models import Account, ItemPayload, Run, WorkerBeat
from selection.models import Round
from tests.factories import add_items, make_project, make_user
from tests.selection.test_retraining import do_rounds, label_batch, texts
from tests.test_server import run_manage

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
SECRET = "the bishop's letters"


@pytest.fixture(autouse=True)
def fresh():
    cache.clear()


@pytest.fixture
def worker():
    now = database_now()
    return WorkerBeat.objects.create(worker="host-1:7", started_at=now, seen_at=now)


def told(client, address: str) -> tuple[int, dict[str, str]]:
    response = client.get(address)
    return response.status_code, {f["name"]: f["text"] for f in response.json()["findings"]}


def bad_run(**fields) -> Run:
    project = make_project()
    type(project).objects.filter(pk=project.pk).update(name=SECRET)
    return Run.objects.create(kind="round", project=project, **fields)


def test_liveness_asks_no_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")


def test_all_is_well_with_a_worker(client, worker):
    status, found = told(client, "/health")

    assert (status, found["worker"]) == (200, "1 worker at work.")
    assert found["database"] == "The database answers and can be written."


def test_asked_by_address_without_https_it_still_answers(client, worker, settings):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/health", headers={"host": "10.0.0.7"}).status_code == 200
    assert client.post("/health").status_code == 301


def test_missing_worker_is_bad_but_pages_are_served(client, worker):
    WorkerBeat.objects.update(seen_at=database_now() - timedelta(minutes=3))

    status, found = told(client, "/health")

    assert status == 503
    assert "No worker has shown a sign of life for 3 min" in found["worker"]
    assert client.get("/readyz").status_code == 200


def old(minutes: float):
    return database_now() - timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("name", "words", "fields"),
    [
        ("overdue", "1 round overdue, the longest for 12 min.", lambda: {"due_at": old(12)}),
        ("stuck", "1 round stuck", lambda: {"state": "running", "heartbeat_at": old(5)}),
        (
            "failed",
            "1 round failed.",
            lambda: {"state": "failed", "finished_at": old(1), "error": SECRET},
        ),
    ],
)
def test_run_in_trouble_is_told_without_its_secrets(client, worker, name, words, fields):
    bad_run(**fields())

    status, found = told(client, "/health")

    assert status == 503
    assert words in found[name]
    assert SECRET not in client.get("/health").content.decode()
    detail = next(each.detail for each in health.findings() if each.name == name)
    assert SECRET in detail


def test_failure_that_a_later_run_made_good_is_forgotten(client, worker):
    failed = bad_run(state="failed", finished_at=old(1))
    Run.objects.create(kind="round", project=failed.project, state="done")

    assert client.get("/health").status_code == 200


def test_missing_migration_stops_pages(client, worker):
    MigrationRecorder.Migration.objects.filter(app="selection", name="0001_start").delete()

    status, found = told(client, "/readyz")

    assert status == 503
    assert "manage.py migrate" in found["migrations"]
    assert "worker" not in found


@pytest.mark.parametrize(
    ("share", "level", "status"), [(0.5, "good", 200), (5, "warn", 200), (50, "bad", 503)]
)
def test_little_room_warns_and_none_stops(client, worker, settings, share, level, status):
    free = shutil.disk_usage(settings.DATA_DIR).free
    settings.ALAPP_MIN_FREE_BYTES = int(free * share)

    response = client.get("/readyz")

    disk = next(each for each in response.json()["findings"] if each["name"] == "disk")
    assert (disk["level"], response.status_code) == (level, status)
    assert str(settings.DATA_DIR) not in response.content.decode()


@pytest.mark.parametrize(("seconds", "level"), [(1, "good"), (30, "warn"), (-300, "bad")])
def test_clocks_that_differ_are_told(seconds, level):
    now = health.timezone.now() + timedelta(seconds=seconds)

    assert [each.level for each in health._clock(now)] == [level]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="a setting of PostgreSQL")
def test_database_that_cannot_be_written_stops_pages(client, worker):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")

    status, found = told(client, "/readyz")

    assert status == 503
    assert "can be read but not written" in found["database"]


def test_database_out_of_reach_is_told_by_doctor(tmp_path):
    done = run_manage(
        "doctor", "--json", ALAPP_DATA_DIR=str(tmp_path),
        ALAPP_DATABASE_URL=f"sqlite:///{tmp_path}/nowhere/x.sqlite3",
        DJANGO_SETTINGS_MODULE="alapp.settings",
    )  # fmt: skip

    assert done.returncode == 1
    worst = json.loads(done.stdout)[0]
    assert (worst["name"], worst["text"]) == ("database", "The database cannot be reached.")


def test_system_page_is_for_admins_only(client):
    client.force_login(make_user("lead"), backend=BACKEND)

    assert client.get(reverse("system")).status_code == 404


def test_system_page_shows_workers_runs_and_reasons(client, worker):
    client.force_login(make_user("admin", is_superuser=True), backend=BACKEND)
    bad_run(state="failed", finished_at=old(1), error="row 3 has no text")
    Run.objects.create(
        kind="import", project=make_project(), state="running", worker=worker.worker,
        heartbeat_at=database_now(), step="Counting rows",
    )  # fmt: skip

    page = client.get(reverse("system")).content.decode()
    region = client.get(reverse("system"), headers={"hx-request": "true"}).content.decode()

    for shown in ("host-1:7", "Counting rows", "row 3 has no text", "1 round failed."):
        assert shown in page
        assert shown in region
    assert "<h1>" in page
    assert "<h1>" not in region


@pytest.fixture
def labelled():
    """A project with a trained round: model, features, ledger."""
    project, person = make_project(classes=("money", "parcel"), budget=200), make_user()
    add_items(project, 40, texts=texts(40))
    do_rounds(project)
    label_batch(project, person)
    do_rounds(project)
    return project


def levels() -> dict[str, str]:
    return {each.name: each.level for each in doctor.examine()}


def test_doctor_finds_what_is_broken_and_nothing_else(labelled, worker, settings, capsys):
    settings.ALLOWED_HOSTS = ["localhost"]
    sound = levels()

    model = Round.objects.exclude(model_file="").latest("number").model_file
    (settings.DATA_DIR / "models" / model).write_bytes(b"not a model")
    shard = next(settings.FEATURES_DIR.rglob("shard-*.npy"))
    shard.write_bytes(shard.read_bytes()[:-1000])
    ItemPayload.objects.filter(pk=ItemPayload.objects.first().pk).update(file="gone.png")
    Account.objects.update(spent=1)
    broken = levels()

    assert {*sound.values()} == {"good"}
    assert {name for name, level in broken.items() if level == "bad"} == {
        "models", "features", "media", "ledger",
    }  # fmt: skip
    with pytest.raises(SystemExit, match="1"):
        call_command("doctor")
    assert "BAD   media" in capsys.readouterr().out
