import csv
import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation import formats
from annotation.formats import Answer, BadRow, ColumnMap, FormatError, Row, sources

TEXT = ColumnMap(text="text")


def read(path, columns=TEXT, name=None):
    return list(formats.read(path, name or path.name, columns))


@pytest.fixture
def write(tmp_path):
    def write_file(content, name="rows.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


def test_rows_are_numbered_as_in_a_spreadsheet_and_other_columns_become_fields(write):
    path = write("id,text,label,page\n7,one,a,12\n\n8,two,,13\n")

    rows = read(path, ColumnMap(text="text", label="label", key="id"))

    assert rows == [
        Row(2, "7", "one", {"page": "12"}, (Answer(("a",), is_joined=True),)),
        Row(4, "8", "two", {"page": "13"}, ()),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found(write, delimiter):
    path = write(f'id{delimiter}text\n1{delimiter}"a{delimiter}b"\n')

    assert [row.text for row in read(path)] == [f"a{delimiter}b"]


def test_tsv_keeps_commas(write):
    assert read(write("id\ttext\n1\ta,b\n", "rows.tsv"))[0].text == "a,b"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "utf-16-be-bom"]
)
def test_encodings_with_a_mark_are_read(write, encoding):
    text = "id,text\r\n1,Grüße 🦉 ਊ\r\n2,zwei\r\n"
    marks = {"utf-16-le-bom": b"\xff\xfe", "utf-16-be-bom": b"\xfe\xff"}
    data = marks.get(encoding, b"") + text.encode(encoding.removesuffix("-bom"))

    rows = read(write(data))

    assert [row.text for row in rows] == ["Grüße 🦉 ਊ", "zwei"]


def test_byte_of_another_encoding_is_named_by_line_and_place(write):
    path = write("text\nplain\nGrün\n".encode("latin-1"))

    with pytest.raises(FormatError, match=r"Line 3: byte 3 is 0xFC, which is not UTF-8"):
        read(path)


def test_utf16_without_a_mark_is_refused(write):
    with pytest.raises(FormatError, match="byte order mark"):
        read(write("text\nplain\n".encode("utf-16-le")))


def test_damaged_utf16_is_refused_near_its_line(write):
    with pytest.raises(FormatError, match="Near line 3"):
        read(write(b"\xff\xfe" + "text\none\n".encode("utf-16-le") + b"\x00\xd8a"))


def test_gzip_is_unpacked(write):
    path = write(gzip.compress(b"text\none\n"), "rows.csv.gz")

    assert [row.text for row in read(path)] == ["one"]


def test_gzip_cut_off_is_refused(write):
    path = write(gzip.compress(b"text\n" + bytes(range(65, 91)) * 4_000)[:-20], "rows.csv.gz")

    with pytest.raises(FormatError, match="damaged or cut off"):
        read(path)


def test_gzip_bomb_is_refused_early(write):
    path = write(gzip.compress(b"text\n" + b"a\n" * 50_000_000, compresslevel=9), "rows.csv.gz")

    with pytest.raises(FormatError, match="more than 200 times its size"):
        next(formats.read(path, path.name, TEXT))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"PK\x03\x04 rest", "it is a ZIP archive"),
        (b"\x89PNG\r\n\x1a\n", "it is a PNG image"),
        (b"PAR1....", "it is a Parquet file"),
        (b"\x1f\x8b\x08", "it is a gzip file"),
        (b"<!DOCTYPE html><html>", "it is a web page"),
        (b'\xef\xbb\xbf  <svg onload="x">', "it is a web page, SVG"),
        (b"text\n\x00\x01\x02\n", "is not a text file"),
        (b"a,b,a\n1,2,3\n", "Two columns are named 'a'"),
        (",".join(f"c{n}" for n in range(201)).encode(), "has 201 columns; 200 is the limit"),
        (b"x" * 300 + b",text\n", "The name of column 1 has 300 characters; 200 is the limit"),
    ],
)
def test_file_that_is_no_table_is_refused(write, content, message):
    with pytest.raises(FormatError, match=message):
        read(write(content))


def test_missing_column_is_named_with_those_there(write):
    with pytest.raises(FormatError, match=r"no column 'text'; the file has: id, review\."):
        read(write("id,review\n1,x\n"))


def test_column_cannot_be_two_things(write):
    with pytest.raises(FormatError, match="'text' cannot be two things"):
        read(write("id,text\n1,x\n"), ColumnMap(text="text", key="text"))


def test_nameless_columns_are_numbered(write):
    assert formats.inspect(write(",text,\n0,a,b\n"), "rows.csv").columns == (
        "column 1",
        "text",
        "column 3",
    )


def test_short_rows_are_filled_and_long_ones_are_bad(write):
    rows = read(write("text,a,b\none\ntwo,1,2,3\n"))

    assert rows[0] == Row(2, "", "one", {"a": "", "b": ""})
    assert rows[1].number == 3
    assert rows[1].reason.startswith("has 4 cells")
    assert rows[1].limit == "3 columns"


def test_quotation_left_open_loses_the_rest_and_says_so(write):
    rows = read(write('text,a\none,1\n"two,2\nthree,3\n'))

    assert [type(row) for row in rows] == [Row, BadRow]
    assert (rows[1].number, rows[1].field) == (3, "row")
    assert "never closed" in rows[1].reason


def test_quotation_mark_inside_a_cell_is_text(write):
    assert [row.text for row in read(write('text,a\n5" disk,1\n"a ""b""\nc",2\n'))] == [
        '5" disk',
        'a "b"\nc',
    ]


def test_endless_row_is_refused_before_it_fills_the_memory(write, monkeypatch):
    monkeypatch.setattr("annotation.formats.delimited.MAX_LINE_BYTES", 10_000)

    with pytest.raises(FormatError, match=r"begins on line 3 is longer than 10,000"):
        read(write('text\none\n"' + "two\n" * 5_000))


def test_endless_line_is_refused(write):
    with pytest.raises(FormatError, match=r"Line 2 is longer than 8,000,000 bytes"):
        read(write(b"text\n" + b"x" * (sources.MAX_LINE_BYTES + 1)))


def test_old_mac_line_ends_are_refused_with_their_row(write):
    with pytest.raises(FormatError, match=r"Row 1 \(line 1\) cannot be read"):
        read(write("text,a\rone,1\r"))


@pytest.mark.parametrize(
    ("cells", "field", "reason", "limit"),
    [
        ("1,  ,x", "text", "is empty", ""),
        (f"1,{'x' * 100_001},x", "text", "has 100,001 characters", "100,000 characters"),
        (f"{'k' * 201},a,x", "id", "characters", "200 characters"),
        ("1,a\0b,x", "text", "NUL", ""),
        (f"1,a,{'x' * 100_001}", "more", "has 100,001 characters", "100,000 characters"),
    ],
)
def test_bad_row_names_field_reason_and_limit(write, cells, field, reason, limit):
    # Beyond the head that is searched for NUL.
    filler = "0,good,x\n" * 10_000
    rows = read(write(f"id,text,more\n{filler}{cells}\n"), ColumnMap(text="text", key="id"))

    bad = rows[-1]
    assert isinstance(bad, BadRow)
    assert (bad.number, bad.field, bad.limit) == (10_002, field, limit)
    assert reason in bad.reason


def test_table_row_needs_a_value(write):
    rows = read(write("id,a,b\n1,,\n2,x,\n"), ColumnMap(key="id"))

    assert [type(row) for row in rows] == [BadRow, Row]
    assert rows[0].reason == "has no value in any column"


cell = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.tuples(cell.filter(str.strip), cell), min_size=1, max_size=8))
def test_csv_round_trip(tmp_path_factory, rows):
    file = io.StringIO(newline="")
    csv.writer(file).writerows([("text", "more"), *rows])
    path = tmp_path_factory.mktemp("csv") / "rows.csv"
    path.write_text(file.getvalue(), newline="", encoding="utf-8")

    found = read(path)

    assert [(row.text, row.fields["more"]) for row in found] == rows
