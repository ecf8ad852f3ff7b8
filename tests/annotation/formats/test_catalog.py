import zipfile

import pytest

from annotation import formats
from annotation.formats import BadRow, ColumnMap, FormatError, Row, catalog, guessing
from annotation.formats.reading import MAX_TEXT_CHARACTERS
from annotation.models.items import MAX_TEXT_CHARACTERS as MODEL_LIMIT


def test_limit_of_a_text_is_the_same_in_formats_and_tables():
    assert MAX_TEXT_CHARACTERS == MODEL_LIMIT


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("rows.exe", "type .exe cannot be imported. These can: .csv, .tsv"),
        ("rows", "type (none) cannot"),
        ("rows.xlsx", "save it as CSV UTF-8"),
        ("rows.ods", "Save it as CSV in UTF-8"),
        ("rows.parquet.gz", "type .parquet.gz cannot"),
    ],
)
def test_unknown_type_is_refused_with_what_can_be_done(tmp_path, name, message):
    (tmp_path / name).write_text("text\n")

    with pytest.raises(FormatError) as error:
        formats.inspect(tmp_path / name, name)

    assert message in str(error.value)


def test_missing_file_is_said(tmp_path):
    with pytest.raises(FormatError, match="There is no file gone.csv"):
        formats.inspect(tmp_path / "gone.csv", "gone.csv")


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("A.CSV", ".csv"), ("a.b.csv", ".csv"), ("a.jsonl.gz", ".jsonl.gz"), ("a", "")],
)
def test_suffix(name, suffix):
    assert catalog.suffix_of(name) == suffix


def guess(**columns):
    return guessing.guess_columns(list(columns), columns)


LONG = ["a sentence of many words", "another one, as long", "and a third of that kind"]


def test_columns_are_guessed_by_name():
    found = guess(ID=["1", "2", "3"], Review=LONG, Sentiment=["pos", "neg", "pos"])

    assert found == ColumnMap(text="Review", label="Sentiment", key="ID")


def test_text_is_the_longest_column_when_no_name_tells():
    found = guess(a=["1", "2", "3"], b=["x", "y", "z"], c=LONG)

    assert found == ColumnMap(text="c")


def test_ids_that_repeat_are_no_ids():
    assert guess(id=["1", "1", "2"], text=LONG).key is None


def test_labels_too_many_or_too_long_are_no_labels():
    many = [str(n) for n in range(100)]

    assert guess(label=many, text=["x y"] * 100).label is None
    assert guess(target=["x" * 61, "y"], text=LONG[:2]).label is None


def test_several_labels_in_a_cell_are_counted_one_by_one():
    cells = [f"{a}|{b}" for a in "abcdefg" for b in "abcdefg"]

    assert guess(labels=cells, text=["x y"] * 49).label == "labels"


def test_numbers_and_short_words_are_a_table():
    found = guess(age=["39", "50"], work=["State", "Private"], hours=["40", "1.5e3"])

    assert found == ColumnMap()


def test_sheet_shows_the_first_rows(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("id,text,labels\n" + "".join(f"{n},text {n},a|b\n" for n in range(600)))

    sheet = formats.inspect(path, path.name)

    assert (sheet.format, sheet.holds_images, sheet.is_multi) == ("CSV", False, True)
    assert sheet.guess == ColumnMap(text="text", label="labels", key="id")
    assert len(sheet.sample) == 20
    assert sheet.sample[0] == {"id": "0", "text": "text 0", "labels": "a|b"}


# Images


@pytest.fixture
def pack(tmp_path):
    def pack_files(files):
        path = tmp_path / "images.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        return path

    return pack_files


def rows_of(path, columns=None):
    columns = columns or formats.inspect(path, path.name).guess
    return list(formats.read(path, path.name, columns))


def test_labels_come_from_a_table_among_the_images(pack):
    table = "file,label,camera\nimages/1.png,cat,A\n2.png,dog,B\n./images/1.png,pet,A\n"
    path = pack({"images/1.png": b"1", "images/2.png": b"2", "3.png": b"3", "labels.csv": table})

    rows = rows_of(path)

    assert [(row.number, row.key, row.labels, row.fields) for row in rows] == [
        (1, "images/1.png", ("cat", "pet"), {"camera": "A"}),
        (2, "images/2.png", ("dog",), {"camera": "B"}),
        (3, "3.png", (), {}),
    ]


def test_table_in_a_folder_names_files_from_there(pack):
    path = pack({"set/x/1.png": b"1", "set/metadata.csv": "file_name,class\nx/1.png,cat\n"})

    assert [row.labels for row in rows_of(path)] == [("cat",)]


def test_labels_come_from_folders(pack):
    path = pack({"set/cats/1.png": b"1", "set/dogs/1.png": b"2"})

    sheet = formats.inspect(path, path.name)

    assert sheet.columns == ("file", "label")
    assert sheet.sample[1] == {"file": "set/dogs/1.png", "label": "dogs"}
    assert [row.labels for row in rows_of(path)] == [("cats",), ("dogs",)]


def test_one_folder_is_no_label(pack):
    assert formats.inspect(pack({"set/1.png": b"", "set/2.png": b""}), "i.zip").columns == ("file",)


def test_name_is_kept_as_a_field_where_it_is_no_id(pack):
    (row,) = rows_of(pack({"1.png": b"1"}), ColumnMap())

    assert (row.key, row.fields) == ("", {"file": "1.png"})


def test_table_row_without_its_file_is_reported(pack):
    rows = rows_of(pack({"1.png": b"1", "labels.csv": "file,label\n1.png,a\n2.png,b\n"}))

    assert isinstance(rows[0], Row)
    assert rows[1] == BadRow(3, "labels.csv", "there is no file '2.png'")


def test_ambiguous_name_without_folder_matches_nothing(pack):
    files = {"a/1.png": b"1", "b/1.png": b"2", "labels.csv": "file,label\n1.png,x\n"}

    rows = rows_of(pack(files))

    assert [type(row) for row in rows] == [Row, Row, BadRow]
    assert rows[0].labels == rows[1].labels == ()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("picture,label\n1.png,a\n", "labels.csv needs a column named file; it has: picture"),
        ("file,label\n1.png,a,b\n", "labels.csv, row 2: has 3 cells"),
        ("file,label\n1.png,Gr\udcfc\n", "is not UTF-8"),
    ],
)
def test_faulty_table_refuses_the_archive(pack, table, message):
    data = table.encode(errors="surrogateescape")

    with pytest.raises(FormatError, match=message):
        rows_of(pack({"1.png": b"1", "labels.csv": data}))


def test_bytes_are_read_lazily(pack):
    path = pack({"1.png": b"one", "2.png": b"two"})

    found = [row.image.read() for row in formats.read(path, path.name, ColumnMap(key="file"))]

    assert found == [b"one", b"two"]
