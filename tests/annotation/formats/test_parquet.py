from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from annotation import formats
from annotation.formats import Answer, BadRow, ColumnMap, FormatError, Row


@pytest.fixture
def write(tmp_path):
    def write_table(columns):
        path = tmp_path / "rows.parquet"
        pq.write_table(pa.table(columns), path)
        return path

    return write_table


def test_rows_of_every_kind_of_column(write):
    path = write(
        {
            "text": ["one", "two"],
            "label": pa.array(["a", "b"]).dictionary_encode(),
            "n": [1, None],
            "x": [0.5, float("nan")],
            "day": [date(2026, 5, 4), None],
            "at": [datetime(2026, 5, 4, 12, tzinfo=UTC), None],
            "price": [Decimal("1.50"), None],
            "list": [["a"], []],
            "bytes": [b"\x00", b"\x01"],
        }
    )

    rows = list(formats.read(path, path.name, ColumnMap(text="text", label="label")))

    assert rows[0] == Row(
        1,
        "",
        "one",
        {
            "n": 1,
            "x": 0.5,
            "day": "2026-05-04",
            "at": "2026-05-04 12:00:00.000000Z",
            "price": "1.50",
            "list": '["a"]',
        },
        (Answer(("a",), is_joined=True),),
    )
    assert rows[1].fields["n"] is None
    assert rows[1].fields["x"] is None


def test_labels_may_be_lists_and_integers(write):
    path = write({"text": ["one", "two"], "label": [["a", "b"], []], "class": [1, 2]})

    lists = list(formats.read(path, path.name, ColumnMap(text="text", label="label")))
    numbers = list(formats.read(path, path.name, ColumnMap(text="text", label="class")))

    assert [row.labels for row in lists] == [("a", "b"), ()]
    assert [row.labels for row in numbers] == [("1",), ("2",)]


def test_row_without_text_is_bad(write):
    path = write({"text": ["one", None]})

    rows = list(formats.read(path, path.name, ColumnMap(text="text")))

    assert rows[1] == BadRow(2, "text", "is empty")


def test_many_batches_are_read_in_order(write):
    path = write({"text": [f"text {n}" for n in range(1_200)]})

    rows = list(formats.read(path, path.name, ColumnMap(text="text")))

    assert [row.number for row in rows] == list(range(1, 1_201))
    assert rows[-1].text == "text 1199"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"PAR1 and then nothing", "cannot be read as Parquet"),
        (b"PK\x03\x04", "it is a ZIP archive"),
        (b"text\none\n", "it is something else"),
    ],
)
def test_file_that_is_no_parquet_is_refused(tmp_path, content, message):
    path = tmp_path / "rows.parquet"
    path.write_bytes(content)

    with pytest.raises(FormatError, match=message):
        formats.inspect(path, path.name)
