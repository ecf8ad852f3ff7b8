"""What the load driver has done inside alapp: a project made, trained, its labels looked up."""

import json
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from alapp.clock import database_now  # noqa: E402
from annotation import exchange  # noqa: E402
from annotation.formats import ColumnMap  # noqa: E402
from annotation.models import Label, Project, Run, User  # noqa: E402
from annotation.services import accounts, import_run, projects, runs, tokens  # noqa: E402
from annotation.services.projects import ClassDraft  # noqa: E402
from benchmarks.serving.texts import CLASSES, texts  # noqa: E402
from selection.configuration import config_of  # noqa: E402
from selection.due import train_now  # noqa: E402
from selection.models import Round  # noqa: E402

BATCH = 6_000
SIGN_INS = 12


def make(n_items: int, n_people: int, with_round: bool) -> dict[str, object]:
    """Import texts, lay a long batch on the desk, and make people who may sign in by link."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    owner = User.objects.create_user("owner", is_superuser=True)
    project = projects.create(
        name="News",
        modality="text",
        owner=owner,
        classes=[ClassDraft(name) for name in CLASSES],
        guidelines="Decide by the headline.",
        budget=10_000_000,
    )
    with tempfile.TemporaryDirectory() as folder:
        path = write_texts(Path(folder) / "texts.csv", n_items)
        run = import_run.start_import_in_place(
            project=project, path=path, filename=path.name, columns=ColumnMap("text"), actor=owner
        )
        attempt = runs.claim(run.pk, now=database_now())
        assert attempt is not None
        runs.perform(attempt)
    projects.set_status(project=project, status="active", actor=owner, now=database_now())
    if with_round:
        run_first_round(project, owner)
    else:
        lay_long_batch(project)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {
        "slug": project.slug,
        "classes": [each.pk for each in project.classes.all()],
        "tokens": [sign_in_links(project, number) for number in range(n_people)],
        "api_tokens": [api_token(number) for number in range(n_people)],
    }


def write_texts(path: Path, n: int) -> Path:
    with path.open("w") as file:
        file.write("text\n")
        for text in texts(n):
            file.write(f"{text}\n")
    return path


def run_first_round(project: Project, owner: User) -> None:
    """Let the reader lay a long random batch, as round 0; later rounds lay shorter ones."""
    selection = config_of(project.pk)
    later = {**selection.config, "batch_size": 100, "reserve_size": 100}
    selection.config = {**later, "cold_start": "random", "batch_size": 4_000}
    selection.save()
    train_now(project_id=project.pk, actor_id=owner.pk)
    for run in Run.objects.filter(kind="round"):
        runs.execute.call(run.pk)
    assert Round.objects.count() == 1, Run.objects.values_list("error", flat=True)
    selection.config = later
    selection.save()


def lay_long_batch(project: Project) -> None:
    """As a round does, but so long that the queue never runs dry, and at once."""
    items = project.items.order_by("-audit_rank").values_list("pk", flat=True)[:BATCH]
    wanted = [exchange.WantedItem(pk, place, "query", False) for place, pk in enumerate(items)]
    with transaction.atomic():
        exchange.publish(project_id=project.pk, number=0, wanted=wanted, model_version="")


def sign_in_links(project: Project, number: int) -> list[str]:
    person = User.objects.create_user(f"person{number}")
    projects.set_role(project=project, user=person, role="annotator", actor=None)
    valid = {"now": database_now(), "valid_for": timedelta(hours=12)}
    return [accounts.make_sign_in_link(user=person, **valid) for _ in range(SIGN_INS)]


def api_token(number: int) -> str:
    person = User.objects.get(username=f"person{number}")
    now = database_now()
    return tokens.make(user=person, name="load", wanted=["read", "label"], now=now)[1]


def train(seconds: float) -> dict[str, object]:
    """Keep one round after the other running for so long."""
    project, owner = Project.objects.get(), User.objects.get(username="owner")
    config_of(project.pk)
    before, deadline = Round.objects.count(), time.monotonic() + seconds
    while time.monotonic() < deadline:
        train_now(project_id=project.pk, actor_id=owner.pk)
        time.sleep(0.2)
    failed = Run.objects.filter(kind="round", state="failed").values_list("error", flat=True)
    return {"rounds": Round.objects.count() - before, "failed": list(failed)}


def kept() -> dict[str, object]:
    """Return the tokens of all labels, and how many items have more than one label."""
    labels = Label.objects.filter(origin="annotator")
    per_item = Counter(Label.objects.current().values_list("item", flat=True))
    return {
        "tokens": [str(token) for token in labels.values_list("client_token", flat=True)],
        "duplicates": sum(n > 1 for n in per_item.values()),
    }


if __name__ == "__main__":
    what, *numbers = sys.argv[1:]
    action = {"make": make, "train": train, "kept": kept}[what]
    print(json.dumps(action(*[int(float(each)) for each in numbers])))  # type: ignore[operator]
