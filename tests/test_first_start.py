"""The first start, and the starts after something went wrong."""

import csv

import pytest
from django.core.management.base import CommandError

from alapp import first_start
from alapp.clock import database_now
from annotation.formats import ColumnMap
from annotation.models import Item, KnownAnswer, Label, Project, Run
from annotation.services import imports, projects, workers
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return make_user("ada", is_superuser=True)


def write(path, rows):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def start(path, owner, **fields):
    source = first_start.Source(path, ColumnMap(), **fields)
    return first_start.from_file(source=source, owner=owner, say=lambda line: None)


REVIEWS = [["id", "review", "label"]] + [
    [f"r{i}", f"review number {i} was {'fine' if i % 2 else 'poor'}", "good" if i % 2 else "bad"]
    for i in range(12)
]


def test_demo_is_a_running_project_of_digits_with_known_answers(owner):
    project = first_start.demo(owner=owner)

    assert project.status == "active"
    assert Item.objects.count() == KnownAnswer.objects.count() == 1_797
    assert [(each.name, each.key) for each in project.classes.all()] == [
        (str(digit), str(digit)) for digit in range(10)
    ]


def test_interrupted_demo_is_finished_at_the_next_start(owner, settings):
    classes = [projects.ClassDraft(str(digit)) for digit in range(10)]
    project = projects.create(name=first_start.DEMO, modality="image", owner=owner, classes=classes)
    archive = settings.FILE_UPLOAD_TEMP_DIR / "digits.zip"
    first_start._write_digits(archive)
    columns = imports.look_at(archive, archive.name).guess
    imports.start_import(
        project=project, path=archive, filename=archive.name, columns=columns, actor=owner,
        truth=True,
    )  # fmt: skip
    Run.objects.update(state="running", attempt=1, worker=gone_worker())
    assert first_start.is_demo_wanted()

    project = first_start.demo(owner=owner)

    assert Project.objects.get() == project
    assert Item.objects.filter(withdrawn_at=None).count() == 1_797
    assert not first_start.is_demo_wanted()


def gone_worker() -> str:
    return workers.worker_name().rpartition(":")[0] + ":999999999"


def test_labels_of_a_file_become_labels_and_classes(tmp_path, owner):
    project = start(write(tmp_path / "my-reviews.csv", REVIEWS), owner)

    assert (project.name, project.slug, project.status) == ("My reviews", "my-reviews", "active")
    assert list(project.classes.values_list("name", flat=True)) == ["bad", "good"]
    assert Label.objects.filter(origin="import").count() == 12


def test_labels_kept_aside_are_known_answers(tmp_path, owner):
    start(write(tmp_path / "reviews.csv", REVIEWS), owner, is_truth=True)

    assert (Label.objects.count(), KnownAnswer.objects.count()) == (0, 12)


def test_starting_again_with_the_same_file_adds_its_new_rows_only(tmp_path, owner):
    path = write(tmp_path / "reviews.csv", REVIEWS)
    start(path, owner)
    write(path, [*REVIEWS, ["r99", "one more", "good"]])

    start(path, owner)

    assert Project.objects.count() == 1
    assert Item.objects.count() == 13


def test_file_without_labels_waits_for_its_classes(tmp_path, owner):
    project = start(write(tmp_path / "notes.csv", [["text"], ["a note"], ["another"]]), owner)

    assert project.status == "draft"
    assert project.items.count() == 2


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("missing.csv", None, "There is no file"),
        ("empty.csv", b"", "empty"),
        ("latin.csv", "text\ncaf\xe9\n".encode("latin-1"), "UTF-8"),
        ("report.docx", b"PK\x03\x04 not really", "type .docx cannot be imported"),
    ],
)
def test_file_that_cannot_be_read_makes_no_project(tmp_path, owner, name, content, words):
    if content is not None:
        (tmp_path / name).write_bytes(content)

    with pytest.raises(CommandError, match=words):
        start(tmp_path / name, owner)

    assert not Project.objects.exists()


def test_bad_rows_of_a_file_are_named_with_their_reason(tmp_path, owner):
    path = write(
        tmp_path / "reviews.csv", [*REVIEWS, ["r20", "", "good"], ["r21", REVIEWS[1][1], "bad"]]
    )
    said = []
    source = first_start.Source(path, ColumnMap())

    first_start.from_file(source=source, owner=owner, say=said.append)

    # The header is row 1, the twelve reviews end in row 13.
    assert any("row 14, review" in line for line in said)
    assert any("row 15" in line for line in said)


def test_interruption_leaves_no_run_open(tmp_path, owner):
    project = start(write(tmp_path / "reviews.csv", REVIEWS), owner)
    Run.objects.filter(project=project, kind="import").update(
        state="running", worker=gone_worker(), heartbeat_at=database_now()
    )

    start(tmp_path / "reviews.csv", owner)

    assert not Run.objects.filter(kind="import", state__in=Run.OPEN_STATES).exists()
