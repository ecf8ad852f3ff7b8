"""Files for other tools: our own readers find in them what was written, and nothing else.

The tools' own code reads them in tests/peers.
"""

import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pyarrow.parquet as pq
import pytest
from PIL import Image

from annotation import formats
from annotation.formats import Answer, features
from annotation.formats.outgoing import OUT_FORMATS
from annotation.formats.writing import ClassFacts, Column, Kind, Table
from tests.annotation.formats.reading_support import read
from tests.annotation.formats.test_writing import PAYLOADS

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
ANSWER = (
    Column("annotator", Kind.TEXT, "Who."),
    Column("label", Kind.TEXT, "What."),
    Column("state", Kind.TEXT, "Whether it stands."),
    Column("number", Kind.INTEGER, "Which."),
    Column("answered_at", Kind.MOMENT, "When."),
    Column("active_seconds", Kind.NUMBER, "How long."),
)
HEAD = (
    Column("id", Kind.TEXT, "Your own id."),
    Column("item", Kind.INTEGER, "Our number."),
    Column("text", Kind.TEXT, "What was shown."),
    Column("page", Kind.MIXED, "Came with the item."),
)
CLASSES = tuple(map(ClassFacts, ("yes", "no", "a|b", "é 🦊")))
FACTS: dict[str, Any] = {
    "title": "Tools",
    "classes": CLASSES,
    "text": "text",
    "label": "label",
    "key": "id",
}
ITEMS = Table(
    contents="items",
    columns=(
        *HEAD,
        Column("label", Kind.TEXT, "What was agreed."),
        Column("predicted", Kind.TEXT, "What the model says."),
        Column("predicted_confidence", Kind.NUMBER, "How sure."),
        Column("predicted_by", Kind.TEXT, "Which model."),
        Column("answers", Kind.NESTED, "All answers.", of=ANSWER),
        Column("split", Kind.TEXT, "What for."),
    ),
    fields=("page",),
    **FACTS,
)
LABELS = Table(contents="labels", columns=(*HEAD, *ANSWER), fields=("page",), **FACTS)
AGREED = Table(
    contents="consensus", columns=(*HEAD, Column("label", Kind.TEXT, "")), fields=("page",), **FACTS
)
MULTI = replace(
    AGREED, columns=(*HEAD, Column("label", Kind.NAMES, "What was agreed.")), task="multi"
)


def answer(who, label, *, state="standing", number=1):
    cells = (who, label, state, number, NOON, 1.5)
    return dict(zip((each.name for each in ANSWER), cells, strict=True))


def item(number, *, answers=(), label=None, predicted=None, text="", split="pool"):
    confidence, model = (0.75, "m1") if predicted else (None, None)
    head = (f"k{number}", number, text or f"text {number}", number)
    return (*head, label, predicted, confidence, model, list(answers), split)


@pytest.fixture
def write(tmp_path):
    def write_table(name, table, *rows):
        path = tmp_path / f"out{OUT_FORMATS[name].ending}"
        OUT_FORMATS[name].write(path, table, iter([rows[:1], rows[1:]]))
        return path

    return write_table


def test_tasks_hold_standing_answers_and_the_models_word(write):
    both = (answer("anna", "no", state="superseded"), answer("anna", "yes", number=2))
    path = write("label-studio", ITEMS, item(1, answers=both, label="yes", predicted="no"), item(2))

    first, second = json.loads(path.read_text())
    row, other = read(path)

    assert first["data"] == {"text": "text 1", "page": 1, "id": "k1"}
    assert first["meta"] == {"item": 1, "label": "yes", "split": "pool"}
    (said,) = first["annotations"]
    assert said["result"][0]["value"] == {"choices": ["yes"]}
    assert (said["ground_truth"], said["was_cancelled"], said["lead_time"]) == (False, False, 1.5)
    assert "completed_by" not in said
    (guess,) = first["predictions"]
    assert (guess["model_version"], guess["score"]) == ("m1", 0.75)
    assert guess["result"][0]["value"] == {"choices": ["no"]}
    assert (second["annotations"], second["predictions"]) == ([], [])
    assert (row.key, row.text, row.fields) == ("k1", "text 1", {"page": 1})
    assert row.answers == (Answer(("yes",), "anna", NOON),)
    assert other.answers == ()


def test_no_items_are_a_list_of_none(write):
    assert json.loads(write("label-studio", ITEMS).read_text()) == []


def test_any_text_and_any_class_comes_back(write):
    rows = [
        item(n, text=text, answers=[answer(text.strip() or "x", CLASSES[n % 4].name)])
        for n, text in enumerate(PAYLOADS)
    ]

    found = read(write("label-studio", ITEMS, *rows))

    assert [row.text for row in found] == list(PAYLOADS)
    assert [row.labels for row in found] == [(CLASSES[n % 4].name,) for n in range(len(PAYLOADS))]


def test_images_lie_beside_their_tasks(write, tmp_path):
    Image.new("RGB", (4, 4)).save(tmp_path / "stored.png")
    columns = tuple(replace(each, name="file") if each.name == "text" else each for each in HEAD)
    facts = {"text": "", "file": "file", "media": tmp_path, "modality": "image"}
    table = replace(ITEMS, columns=(*columns, *ITEMS.columns[4:]), **facts)
    row = list(item(1, answers=[answer("anna", "yes")]))
    row[0], row[2] = "cats/1.png", "stored.png"

    path = write("label-studio-images", table, tuple(row))

    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["cats/1.png", "tasks.json"]
    assert formats.inspect(path, path.name).holds_images
    for found in formats.read(path, path.name, formats.inspect(path, path.name).guess):
        assert found.image.read() == (tmp_path / "stored.png").read_bytes()
        assert (found.key, found.answers[0].by) == ("cats/1.png", "anna")


def test_prodigy_gets_a_line_for_each_standing_answer(write):
    given = ("anna", "yes", "standing", 1, NOON, 1.5)
    rows = [
        ("k1", 1, "one", None, *given),
        ("k1", 1, "one", None, "ben", None, "taken back", 2, NOON, 0.0),
        ("k1", 1, "one", None, "ben", "no", "standing", 3, NOON, 0.0),
    ]

    path = write("prodigy", LABELS, *rows)
    lines = [json.loads(line) for line in path.read_text().splitlines()]

    assert [(line["accept"], line["answer"], line["_annotator_id"]) for line in lines] == [
        (["yes"], "accept", "anna"),
        (["no"], "accept", "ben"),
    ]
    assert lines[0]["_input_hash"] == lines[1]["_input_hash"]
    assert lines[0]["options"][2] == {"id": "a|b", "text": "a|b"}
    assert lines[0]["config"] == {"choice_style": "single"}
    assert [row.answers for row in read(path)] == [
        (Answer(("yes",), "anna", NOON),),
        (Answer(("no",), "ben", NOON),),
    ]
    assert [row.key for row in read(path)] == ["", ""]


def test_prodigy_is_asked_of_what_nobody_answered(write):
    path = write("prodigy", MULTI, ("k1", 1, "one", 3, None), ("k2", 2, "two", 3, ["yes", "no"]))

    lines = [json.loads(line) for line in path.read_text().splitlines()]

    assert "answer" not in lines[0]
    assert "accept" not in lines[0]
    assert lines[1]["accept"] == ["yes", "no"]
    assert lines[1]["config"] == {"choice_style": "multiple"}
    assert [(row.key, row.fields) for row in read(path)] == [
        ("k1", {"page": 3}),
        ("k2", {"page": 3}),
    ]


def test_doccano_gets_lists_of_classes(write):
    path = write("doccano", AGREED, ("k1", 1, "one", 3, "yes"), ("", 2, "two", None, None))

    lines = [json.loads(line) for line in path.read_text().splitlines()]

    assert lines == [
        {"id": "k1", "text": "one", "label": ["yes"], "Comments": [], "page": 3},
        {"id": 2, "text": "two", "label": [], "Comments": [], "page": None},
    ]
    assert [(row.key, row.labels) for row in read(path)] == [("k1", ("yes",)), ("2", ())]


def test_columns_of_the_items_called_like_doccanos_stand_apart(write):
    columns = (*HEAD[:3], Column("Comments", Kind.TEXT, ""), AGREED.columns[-1])
    table = replace(AGREED, columns=columns, fields=("Comments",))

    (line,) = write("doccano", table, ("k1", 1, "one", "theirs", "yes")).read_text().splitlines()

    assert json.loads(line)["Comments"] == []
    assert json.loads(line)["Comments_"] == "theirs"


def test_dataset_has_a_shard_a_split_and_a_card(write):
    rows = [
        item(1, label="é 🦊", split="train", answers=[answer("anna", "yes")]),
        item(2, split="audit"),
        item(3, label="a|b", split="train"),
    ]

    path = write("hugging-face", ITEMS, *rows)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        card = archive.read("README.md").decode()
        with archive.open(names[0]) as file:
            shard = pq.read_table(file)

    assert names == [
        "data/train-00000-of-00001.parquet",
        "data/audit-00000-of-00001.parquet",
        "README.md",
    ]
    assert features.of_card(card).classes["label"] == ["yes", "no", "a|b", "é 🦊"]
    assert features.of_schema(shard.schema.metadata).classes["label"] == [
        "yes",
        "no",
        "a|b",
        "é 🦊",
    ]
    # The label inside an answer is a text, in the card as in the shard.
    assert "'0': 'yes'" in card
    assert card.count("class_label") == 1
    assert shard["label"].to_pylist() == [3, 2]
    assert shard["answers"].to_pylist()[0][0]["annotator"] == "anna"
    assert "split" not in shard.column_names
    found = {row.key: (row.text, row.labels, row.fields["split"]) for row in read(path)}
    assert found == {
        "k1": ("text 1", ("é 🦊",), "train"),
        "k2": ("text 2", (), "audit"),
        "k3": ("text 3", ("a|b",), "train"),
    }


def test_dataset_of_several_classes_an_item(write):
    path = write("hugging-face", MULTI, ("k1", 1, "one", 3, ["no", "yes"]), ("", 2, "two", "x", []))

    assert [(row.text, row.labels) for row in read(path)] == [("one", ("no", "yes")), ("two", ())]


def test_dataset_without_rows_has_a_shard_all_the_same(write):
    with zipfile.ZipFile(write("hugging-face", AGREED)) as archive:
        assert "data/train-00000-of-00001.parquet" in archive.namelist()


def test_names_of_splits_are_names_of_files_and_not_without_end(write):
    rows = [item(n, split=f"../part {n}") for n in range(30)]

    with zipfile.ZipFile(write("hugging-face", ITEMS, *rows)) as archive:
        names = archive.namelist()

    assert names[0] == "data/_part_0-00000-of-00001.parquet"
    assert names[20] == "data/other-00000-of-00001.parquet"
    assert len(names) == 22


def test_label_that_is_no_class_is_refused(write):
    with pytest.raises(ValueError, match="'maybe' is not one of the classes yes, no"):
        write("hugging-face", AGREED, ("k1", 1, "one", 3, "maybe"))
