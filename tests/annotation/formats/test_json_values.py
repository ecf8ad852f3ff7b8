import json

import pytest

from annotation import formats
from annotation.formats import BadRow, ColumnMap, FormatError, json_values, sources
from annotation.formats.sources import Source
from tests.annotation.formats.reading_support import read, write_json


@pytest.fixture
def records(tmp_path):
    def records_of(content):
        path = tmp_path / "rows.json"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(json_values.records(Source.of(path, path.name)))

    return records_of


@pytest.mark.parametrize(
    "content",
    [
        '[{"a": 1}, {"a": 2}]',
        ' [\n {"a": 1}\n,\t{"a": 2} ] \n',
        '{"a": 1}\n{"a": 2}\n',
        '{"a": 1}{"a": 2}',
        b'\xef\xbb\xbf[{"a": 1}, {"a": 2}]',
        '[{"a": 1}, {"a": 2}]'.encode("utf-16"),
    ],
)
def test_objects_in_a_list_or_one_after_the_other(records, content):
    assert records(content) == [(1, {"a": 1}), (2, {"a": 2})]


def test_empty_list_has_no_rows(records):
    assert records(" [ ] ") == []


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pieces_may_end_anywhere(records, monkeypatch, size):
    values = [{"text": 'ü "]},{[ \\', "n": [1234567, {"deep": [True, None, -1.5e10]}]}] * 3
    monkeypatch.setattr(sources, "HEAD_BYTES", size)

    found = records(json.dumps(values, ensure_ascii=False))

    assert found == list(enumerate(values, start=1))


def test_members_that_are_no_objects_are_bad_rows(records):
    found = records('[1, "a", {"a\\u0000": 1}, {"a": 1}]')

    assert [each.reason for each in found[:3]] == [
        "is a JSON int, not an object",
        "is a JSON str, not an object",
        "holds a NUL character in the name of a column",
    ]
    assert found[3] == (4, {"a": 1})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[{"a": 1}, {"a": ]', "Object 2 is not JSON: Expecting value at its character 7"),
        ('[{"a": 1}', "Object 1 is not followed by a comma or the end of the list"),
        ('[{"a": 1},', "Object 2 is missing: the file is cut off"),
        ('[{"a": 1} {"a": 2}]', "Object 1 is not followed by a comma"),
        ('[{"a": 1}] and more', "After object 1 the list ends, and more text follows"),
        ("[" + "[" * 100_000, "Object 1 is JSON with a number too long or lists nested too deep"),
        ('[{"a": ' + "9" * 5_000 + "}]", "Object 1 is JSON with a number too long"),
        (b'[{"a": "\xe9"}]', "Byte 9 of the file is 0xE9, which is not UTF-8"),
    ],
)
def test_damage_is_named_with_its_place(records, content, message):
    with pytest.raises(FormatError) as error:
        records(content)

    assert message in str(error.value)


def test_byte_of_another_encoding_is_found_behind_a_piece(records, monkeypatch):
    monkeypatch.setattr(sources, "HEAD_BYTES", 4)

    with pytest.raises(FormatError, match="Byte 10 of the file is 0xE9"):
        records(b'{"a": "\xc3\xbc\xe9"}')


def test_object_too_long_is_refused_in_flat_memory(records, monkeypatch):
    monkeypatch.setattr(json_values, "MAX_LINE_BYTES", 100_000)

    with pytest.raises(FormatError, match="Object 2 is longer than 100,000 characters"):
        records('[{}, {"a": "' + "x" * 1_000_000 + '"}]')


def test_plain_list_is_a_table_of_rows(tmp_path):
    path = write_json(tmp_path, [{"id": 7, "text": "one", "label": "a"}, {"text": "two"}])

    sheet = formats.inspect(path, path.name)

    assert (sheet.format, sheet.columns) == ("JSON", ("id", "text", "label"))
    assert sheet.guess == ColumnMap(text="text", label="label")
    rows = read(path, ColumnMap(text="text", label="label", key="id"))
    assert [(row.number, row.key, row.labels) for row in rows] == [(1, "7", ("a",)), (2, "", ())]


def test_bad_member_is_reported_among_good_ones(tmp_path):
    path = write_json(tmp_path, [{"text": "one"}, "two", {"text": ""}])

    bad = [row for row in read(path, ColumnMap(text="text")) if isinstance(row, BadRow)]

    assert [(row.number, row.field) for row in bad] == [(2, "row"), (3, "text")]
