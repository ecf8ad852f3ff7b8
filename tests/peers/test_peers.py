"""Files exchanged with other tools' own code: what they write is read here, and the other way.

The tools need another numpy, so that they run in an environment of their own: make test-peers.
Prodigy and doccano cannot be installed; tests/annotation/formats has files by their documents.
"""

import json
import os
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError

from annotation import formats
from annotation.formats import Row
from annotation.models import Label, Membership, Project
from annotation.services import imports
from tests.annotation.formats.reading_support import read
from tests.annotation.services.import_support import import_file
from tests.factories import make_project, make_user
from tests.support.exporting import export, found

PYTHON = Path(settings.BASE_DIR, ".venv-peers", "bin", "python")
SCRIPT = Path(settings.BASE_DIR, "tests", "peers", "peer.py")
pytestmark = pytest.mark.skipif(
    "ALAPP_PEERS" not in os.environ, reason="in a run of its own: make test-peers"
)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
WHEN = "2026-05-04T12:00:00.000000Z"
CLASSES = ["good", "bad", "so so", "gut: é 🦊"]
TEXTS = ["one", 'a "quoted" text, with; all\tof it', "two\nlines", "é 漢字 🦊", "=1+1", "0042"]


def task(number: int, text: str, *given: tuple[Any, list[str]]) -> dict[str, Any]:
    return {
        "id": number,
        "data": {"text": text, "page": number},
        "annotations": [
            {
                "id": 10 * number + place,
                "completed_by": who,
                "created_at": WHEN,
                "updated_at": WHEN,
                "lead_time": 2.5,
                "was_cancelled": False,
                "result": [
                    {
                        "id": "x",
                        "from_name": "label",
                        "to_name": "text",
                        "type": "choices",
                        "value": {"choices": labels},
                    }
                ],
            }
            for place, (who, labels) in enumerate(given)
        ],
        "predictions": [],
    }


ANNA = {"id": 1, "email": "anna@example.com"}
TASKS = [
    task(1, TEXTS[0], (ANNA, ["good"]), ({"id": 2, "email": "ben@example.com"}, ["bad"])),
    task(2, TEXTS[1], (ANNA, ["good", "so so"])),
    task(3, TEXTS[2], (ANNA, ["gut: é 🦊"])),
    task(4, TEXTS[3], (ANNA, ["bad"])),
    task(5, TEXTS[4], (ANNA, ["bad"])),
    task(6, TEXTS[5]),
]
# What everybody said, by the task's id.
SAID = {
    "1": {("anna@example.com", ("good",)), ("ben@example.com", ("bad",))},
    "2": {("anna@example.com", ("good", "so so"))},
    "3": {("anna@example.com", ("gut: é 🦊",))},
    "4": {("anna@example.com", ("bad",))},
    "5": {("anna@example.com", ("bad",))},
    "6": set(),
}
SPLITS: dict[str, list[dict[str, Any]]] = {
    "train": [
        {"text": text, "label": n % 4, "topics": [0, 3], "at": WHEN}
        for n, text in enumerate(TEXTS[:4])
    ],
    "test": [{"text": text, "label": -1, "topics": [], "at": None} for text in TEXTS[4:]],
}


def run(*arguments: str | Path) -> str:
    done = subprocess.run(
        [str(PYTHON), str(SCRIPT), *map(str, arguments)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    return done.stdout


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    """Files of the other tools' own exporters."""
    folder = tmp_path_factory.mktemp("peers")
    splits = {
        name: [{**row, "at": row["at"] and WHEN} for row in rows] for name, rows in SPLITS.items()
    }
    given = {"tasks": TASKS, "classes": CLASSES, "splits": splits}
    (folder / "given.json").write_text(json.dumps(given))
    run("write", folder)
    return folder


def exported(folder: Path, name: str) -> Path:
    """Return the file Label Studio's converter made; it calls some of them result.csv."""
    (path,) = (each for each in (folder / name).rglob("*") if each.is_file())
    if name == "TSV":
        return path.rename(path.with_suffix(".tsv"))
    return path


@pytest.mark.parametrize("name", ["JSON", "JSON_MIN", "CSV", "TSV"])
def test_label_studios_own_exports_are_read_without_loss(written, name):
    rows = read(exported(written, name))

    said: dict[str, set[tuple[str, tuple[str, ...]]]] = {}
    for row in rows:
        assert isinstance(row, Row)
        assert row.text == TEXTS[int(row.key) - 1]
        assert str(row.fields["page"]) == row.key
        assert {each.at for each in row.answers} <= {NOON}
        said.setdefault(row.key, set()).update((each.by, each.labels) for each in row.answers)
    assert said == SAID


@pytest.mark.parametrize("name", ["pushed", "single.parquet"])
def test_datasets_own_files_are_read_without_loss(written, name):
    rows = read(written / name)

    expected = [(row["text"], CLASSES[row["label"]]) for row in SPLITS["train"]]
    if name == "pushed":
        expected = [(row["text"], None) for row in SPLITS["test"]] + expected
        assert [row.fields["split"] for row in rows] == ["test"] * 2 + ["train"] * 4
    assert [(row.text, row.labels[0] if row.labels else None) for row in rows] == expected
    assert json.loads(str(rows[-1].fields["topics"])) == ["good", "gut: é 🦊"]


def test_images_of_datasets_are_read(written):
    rows = read(written / "images.parquet")

    assert [row.labels for row in rows] == [("bad",), ("good",)]
    assert all(row.image.read().startswith(b"\x89PNG") for row in rows)


def test_arrow_files_of_datasets_are_refused_with_advice(written):
    with pytest.raises(ValidationError, match="write Parquet instead"):
        imports.look_at(written / "saved", "saved")


@pytest.fixture
def project(db, data_dir, written) -> Project:
    """A project of the tasks, as Label Studio exported them, with anna among its members."""
    project = make_project(classes=CLASSES, task="single")
    anna = make_user("anna")
    anna.email = "anna@example.com"
    anna.save(update_fields=["email"])
    Membership.objects.create(project=project, user=anna, role="annotator")
    single = [each for each in TASKS if each["id"] != 2]
    path = data_dir / "uploads" / "tasks.json"
    path.write_text(json.dumps(single))
    import_file(project, path, formats.inspect(path, path.name).guess)
    return project


@pytest.fixture
def read_there(project, written, tmp_path) -> tuple[dict[str, Any], Path]:
    """What the other tools find in our exports of the project, and the folder of those."""
    owner = project.memberships.get(role="owner").user
    for name, target in (("label-studio", "tasks.json"), ("hugging-face", "set.zip")):
        done = export(project, owner, "items", name, names=True)
        path = found(done).path
        assert path is not None, done.error
        (tmp_path / target).write_bytes(path.read_bytes())
    with zipfile.ZipFile(tmp_path / "set.zip") as archive:
        archive.extractall(tmp_path / "set")
    (tmp_path / "given.json").write_text(json.dumps({"classes": CLASSES}))
    return json.loads(run("read", tmp_path)), tmp_path


@pytest.mark.django_db(transaction=True)
def test_other_tools_find_in_our_exports_what_is_there(read_there, project):
    there, folder = read_there

    tasks = there["label_studio"]
    assert (tasks["wrong"], tasks["n_tasks"]) == ([], 5)
    answered = {(row["text"], row.get("label")) for row in tasks["rows"]}
    assert answered == {
        ("one", "good"), ("one", "bad"), (TEXTS[2], CLASSES[3]), (TEXTS[3], "bad"),
        (TEXTS[4], "bad"), (TEXTS[5], None),
    }  # fmt: skip
    rows = [row for split in there["dataset"].values() for row in split]
    assert {row["id"]: row["text"] for row in rows} == {
        str(each["id"]): each["data"]["text"] for each in TASKS if each["id"] != 2
    }
    answers = {row["id"]: dict(row["answers"]) for row in rows}
    assert answers["1"] == {"anna": "good", "ben@example.com": "bad"}
    assert answers["6"] == {}

    again = make_project(classes=CLASSES, task="single")
    path = folder / "tasks.json"
    import_file(again, path, formats.inspect(path, path.name).guess)
    assert _labels(again) == _labels(project)


def _labels(project: Project) -> set[tuple[str, str, tuple[str, ...], datetime]]:
    """Return item, who said what of it, and when; people by the name a file gives them."""
    names = dict(project.classes.values_list("pk", "name"))
    labels = Label.objects.filter(project=project).select_related("item", "annotator")
    return {
        (
            each.item.key,
            str(each.annotator).removesuffix(" (imported)"),
            tuple(names[pk] for pk in each.value or ()),
            each.created_at,
        )
        for each in labels
    }
