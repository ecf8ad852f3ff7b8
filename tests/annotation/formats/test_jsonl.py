import json

import pytest

from annotation import formats
from annotation.formats import BadRow, ColumnMap, FormatError, Row


@pytest.fixture
def read(tmp_path):
    def read_lines(*lines, columns=None, name="rows.jsonl"):
        path = tmp_path / name
        path.write_text("\n".join(lines), encoding="utf-8")
        return list(formats.read(path, name, columns or ColumnMap(text="text")))

    return read_lines


def test_rows_keep_their_types_and_nested_values_become_text(read):
    line = {"text": "one", "n": 3, "x": 0.5, "ok": True, "none": None, "deep": {"a": ["ü"]}}

    rows = read("", json.dumps(line))

    fields = {"n": 3, "x": 0.5, "ok": True, "none": None, "deep": '{"a": ["ü"]}'}
    assert rows == [Row(2, "", "one", fields)]


@pytest.mark.parametrize(
    ("value", "labels"),
    [
        ('"a"', ("a",)),
        ('["a", "b"]', ("a", "b")),
        ("3", ("3",)),
        ("3.0", ("3",)),
        ("true", ("true",)),
        ("null", ()),
        ('""', ()),
        ("[]", ()),
    ],
)
def test_labels(read, value, labels):
    rows = read(f'{{"text": "one", "label": {value}}}', columns=ColumnMap("text", "label"))

    assert rows[0].labels == labels


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        ('{"text": ', "row", "is not JSON: Expecting value at character"),
        ('["text"]', "row", "is a JSON list, not an object"),
        ('"text"', "row", "is a JSON str, not an object"),
        ('{"text": ["one"]}', "text", "is a list, not a text"),
        ('{"text": null}', "text", "is empty"),
        ('{"other": "x"}', "text", "is empty"),
        ('{"text": "a\\u0000b"}', "text", "holds a NUL"),
        ('{"text": "a\\ud800b"}', "text", "half a character"),
        ('{"text": "a", "x": Infinity}', "x", "not a finite number"),
        ('{"text": "a", "b\\u0000": 1}', "row", "NUL character in the name of a column"),
        (f'{{"text": "a", "n": {"9" * 5_000}}}', "row", "number too long"),
        ("[" * 100_000, "row", "nested too deep"),
    ],
)
def test_bad_line_names_field_and_reason(read, line, field, reason):
    rows = read('{"text": "good"}', line)

    assert isinstance(rows[1], BadRow)
    assert (rows[1].number, rows[1].field) == (2, field)
    assert reason in rows[1].reason


def test_too_many_columns_are_refused_and_a_late_row_of_them_is_bad(read):
    wide = json.dumps({"text": "a"} | {f"c{n}": n for n in range(200)})

    with pytest.raises(FormatError, match="has 201 columns; 200 is the limit"):
        read(wide)
    late = read(*['{"text": "good"}'] * 500, wide)[-1]
    assert (late.reason, late.limit) == ("has 201 columns", "200 columns")


def test_nan_is_no_value(read):
    assert read('{"text": "a", "x": NaN}')[0].fields == {"x": None}


def test_json_list_is_refused_with_advice(read):
    with pytest.raises(FormatError, match="name it .json instead"):
        read('[{"text": "a"}]')


def test_columns_are_those_of_the_first_rows(tmp_path):
    path = tmp_path / "rows.ndjson"
    path.write_text('{"a": 1}\n{"b": 2, "text": "x"}\n')

    assert formats.inspect(path, path.name).columns == ("a", "b", "text")
