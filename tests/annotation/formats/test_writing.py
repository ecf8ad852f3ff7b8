"""What writers write, our own readers read again, whatever is in it."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from annotation import formats
from annotation.formats import ColumnMap, Row, spreadsheet
from annotation.formats.outgoing import OUT_FORMATS
from annotation.formats.writing import CONTENTS, Column, Kind, Table

PAYLOADS = (
    "=cmd|' /C calc'!A0", "=1+1", "=HYPERLINK(\"http://x\",\"y\")", "+1", "-1", "@SUM(A1)",
    "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x",  # noqa: RUF001
    "'=1", "''=1", "'plain", "'", "''", "-", "=",
    'a "quoted" text', "comma, semicolon; tab\t, pipe|", "two\nlines", "two\r\nlines",
    "a lone\rreturn", "é 漢字 🦊", " spaces around ", "\u2028line\u2029", "1e5", "0042",
)  # fmt: skip
ROWS = ("csv", "tsv", "jsonl", "parquet")
TABLE = Table(
    title="Payloads",
    contents="consensus",
    columns=(
        Column("id", Kind.TEXT, "Your own id."),
        Column("text", Kind.TEXT, "What was shown."),
        Column("label", Kind.NAMES, "What was agreed."),
        Column("=field", Kind.TEXT, "Came with the item."),
        Column("n", Kind.INTEGER, "How many answered."),
    ),
    text="text",
    label="label",
    key="id",
    fields=("=field",),
)
ITEMS = [(f"k{n}", each, ["yes", "no"], each, n) for n, each in enumerate(PAYLOADS)]
COLUMNS = ColumnMap(text="text", label="label", key="id")


def test_there_are_thirty_payloads():
    assert len(set(PAYLOADS)) == 30


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("is_safe", [False, True])
def test_what_is_written_is_read_again_unchanged(tmp_path, name, is_safe):
    path = tmp_path / f"out{OUT_FORMATS[name].ending}"

    OUT_FORMATS[name].write(path, replace(TABLE, is_safe=is_safe), iter([ITEMS[:7], ITEMS[7:]]))

    rows = [each for each in formats.read(path, path.name, COLUMNS) if isinstance(each, Row)]
    assert [row.key for row in rows] == [each[0] for each in ITEMS]
    assert [row.text for row in rows] == list(PAYLOADS)
    assert [row.fields["=field"] for row in rows] == list(PAYLOADS)
    assert {str(row.fields["n"]) for row in rows} == {str(n) for n in range(30)}
    # A cell holds several classes as a|b, which the import takes apart.
    assert {"|".join(row.labels) for row in rows} == {"yes|no"}


@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_no_cell_of_a_safe_file_is_a_formula(tmp_path, name):
    path = tmp_path / "out"

    OUT_FORMATS[name].write(path, replace(TABLE, is_safe=True), [ITEMS])

    delimiter = "," if name == "csv" else "\t"
    cells = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), ""), delimiter=delimiter))
    assert len(cells) == 31
    assert not [c for row in cells for c in row if c.startswith(spreadsheet.FORMULA_STARTS)]
    assert cells[1][1] == "'=cmd|' /C calc'!A0"


def test_numbers_stay_numbers_in_a_safe_file(tmp_path):
    table = Table("t", "labels", (Column("score", Kind.NUMBER, ""),), is_safe=True)

    OUT_FORMATS["csv"].write(tmp_path / "out", table, [[(-0.5,), (None,)]])

    assert (tmp_path / "out").read_text("utf-8-sig").splitlines()[1:] == ["-0.5,1", ",1"]


def test_apostrophes_stay_where_a_file_was_not_made_safe(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("text\n'=1\n")

    rows = list(formats.read(path, path.name, ColumnMap(text="text")))

    assert [row.text for row in rows] == ["'=1"]


def test_values_keep_their_kinds_in_json_lines_and_parquet(tmp_path):
    import pyarrow.parquet as pq  # noqa: PLC0415

    at = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
    said = (Column("who", Kind.TEXT, ""), Column("classes", Kind.NAMES, ""))
    table = Table(
        "t",
        "items",
        (
            Column("at", Kind.MOMENT, "When."),
            Column("is_new", Kind.BOOLEAN, ""),
            Column("answers", Kind.NESTED, "", of=said),
        ),
    )
    rows = [(at, True, [{"who": "A", "classes": ["x"]}]), (None, None, [])]

    for name in ("jsonl", "parquet", "csv"):
        OUT_FORMATS[name].write(tmp_path / name, table, [rows])

    first, second = map(json.loads, (tmp_path / "jsonl").read_text().splitlines())
    assert first["at"] == "2026-05-04T12:30:00+00:00"
    assert first["answers"] == [{"who": "A", "classes": ["x"]}]
    assert second == {"at": None, "is_new": None, "answers": []}
    file = pq.read_table(tmp_path / "parquet")
    assert file.to_pylist()[0] == {"at": at, "is_new": True, "answers": rows[0][2]}
    assert file.schema.field("at").metadata == {b"description": b"When."}
    lines = list(csv.reader(io.StringIO((tmp_path / "csv").read_text(), "")))
    assert lines[1] == [at.isoformat(), "true", '[{"who":"A","classes":["x"]}]']
    assert lines[2] == ["", "", "[]"]


@pytest.mark.parametrize("name", ROWS)
def test_a_table_without_rows_is_a_whole_file(tmp_path, name):
    path = tmp_path / "out"

    OUT_FORMATS[name].write(path, TABLE, [])

    assert path.exists()


def test_what_goes_wrong_with_the_rows_comes_out_of_the_writer(tmp_path):
    def chunks():
        yield ITEMS
        raise KeyError("gone")

    for name in ROWS:
        with pytest.raises(KeyError):
            OUT_FORMATS[name].write(tmp_path / "out", TABLE, chunks())


def test_an_archive_holds_each_image_under_its_own_id_and_is_read_again(tmp_path):
    media = tmp_path / "media"
    names = ["1/aa.png", "1/bb.png", "1/cc.png"]
    for number, name in enumerate(names):
        _draw(media / name, number)
    table = Table(
        title="Cats",
        contents="consensus",
        columns=(
            Column("id", Kind.TEXT, ""),
            Column("file", Kind.TEXT, ""),
            Column("label", Kind.TEXT, ""),
        ),
        modality="image",
        key="id",
        file="file",
        label="label",
        media=media,
    )
    ids = ["cats/one.png", "../up.png", "metadata.csv"]
    rows = list(zip(ids, names, ["yes", "no", "yes"], strict=True))

    OUT_FORMATS["zip"].write(tmp_path / "out.zip", table, [rows])

    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.namelist() == [
            "cats/one.png",
            "images/bb.png",
            "images/cc.png",
            "metadata.csv",
        ]
    read = list(formats.read(tmp_path / "out.zip", "out.zip", ColumnMap(key="file", label="label")))
    assert [(row.key, row.labels) for row in read] == [
        ("cats/one.png", ("yes",)),
        ("images/bb.png", ("no",)),
        ("images/cc.png", ("yes",)),
    ]


def test_every_format_says_what_it_takes():
    for name, form in OUT_FORMATS.items():
        assert form.ending.startswith("."), name
        assert form.contents <= set(CONTENTS), name
        assert not form.content_type.startswith("text/html"), name


def _draw(path: Path, number: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8), (number * 60, 0, 0)).save(path)
