"""Several classes in one cell: whatever they are called, they come back as they were."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from annotation import formats
from annotation.formats import Answer, ColumnMap, RowError, joined
from annotation.formats.outgoing import OUT_FORMATS
from annotation.formats.writing import ClassFacts, Column, Kind, Table
from annotation.services.import_rows import Classes, Rules
from tests.factories import NOW

COLUMNS = ColumnMap(text="text", label="label")
# What could part a name, end a cell, begin a formula or look like a list.
HOSTILE = st.text("|[]\"'\\,;:=+-@\n\r\t {}ab0\u00e9\u2028", min_size=1, max_size=8)
NAMES = st.lists(
    st.one_of(HOSTILE, st.sampled_from(["[]", '["a"]', '["a", "b"]', "a|b", "null", "[a|b]"]))
    .map(str.strip)
    .filter(bool),
    min_size=1,
    max_size=4,
    unique=True,
)


@st.composite
def answered(draw):
    """Return classes, and for some items which of them apply: None where nobody said."""
    names = draw(NAMES)
    some = st.lists(st.sampled_from(names), unique=True).map(sorted)
    return names, draw(st.lists(st.none() | some, min_size=1, max_size=5))


def come_back(path, form, names, rows, *, is_safe=False):
    """Write and read the rows; return what an import of several classes per item makes of them."""
    columns = (Column("text", Kind.TEXT, ""), Column("label", Kind.NAMES, ""))
    classes = tuple(ClassFacts(name) for name in names)
    table = Table(
        "t", "consensus", columns, "multi", classes=classes, text="text", label="label",
        is_safe=is_safe,
    )  # fmt: skip
    OUT_FORMATS[form].write(path, table, [[(f"text {n}", row) for n, row in enumerate(rows)]])
    ids = {name: place for place, name in enumerate(names)}
    rules = Rules("text", Classes.of(ids, is_multi=True), Path(), "", NOW)
    found = [rules.given(row) for row in formats.read(path, path.name, COLUMNS)]
    return [sorted(names[each] for each in got[0].value) if got else None for got in found]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(answered(), st.sampled_from(["csv", "tsv", "jsonl"]), st.booleans())
@example((["a", "b", "a|b"], [["a", "b"], ["a|b"], [], None]), "csv", False)
@example((["[]", "x"], [["[]"], [], None, ["x"]]), "csv", True)
def test_answers_come_back_whatever_classes_are_called(tmp_path, drawn, form, is_safe):
    names, rows = drawn
    path = tmp_path / f"out.{form}"

    assert come_back(path, form, names, rows, is_safe=is_safe) == rows


def test_none_of_the_classes_comes_back_from_parquet_too(tmp_path):
    rows = [["a|b"], [], None]

    assert come_back(tmp_path / "out.parquet", "parquet", ["a|b", "c"], rows) == rows


def test_cells_are_joined_by_bars_while_no_class_needs_more(tmp_path):
    path = tmp_path / "out.csv"

    come_back(path, "csv", ["a", "b"], [["a", "b"], [], None])
    assert path.read_text().splitlines()[1:] == ["text 0,a|b", "text 1,[]", "text 2,"]

    # One class with a bar: all cells are lists, so that "a|b" can only be its name.
    come_back(path, "csv", ["a", "b", "a|b"], [["a", "b"]])
    assert path.read_text().splitlines()[1] == 'text 0,"[""a"", ""b""]"'


def test_class_called_like_a_list_or_with_a_bar_is_one_class_where_one_is_asked_for():
    classes = Classes.of({"[]": 1, '["a"]': 2, "a|b": 3, "a": 4}, is_multi=False)

    def answer(cell):
        return classes.answer(Answer((cell,), is_joined=True))

    assert [answer(cell) for cell in ("[]", '["a"]', "a|b", '["a|b"]')] == [[1], [2], [3], [3]]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ('["a", "b"', "cannot be read as one"),
        ('["a", b]', "cannot be read as one"),
        ('["a", 3]', "'3' in it names no class"),
        ('["a", " "]', "names no class"),
        ('["a", ["b"]]', "names no class"),
        ('["a", "z"]', "'z' is not one of the classes a, b"),
        ("[draft]", "'[draft]' is not one of the classes a, b"),
    ],
)
def test_cell_that_names_no_classes_is_refused_with_its_reason(cell, reason):
    classes = Classes.of({"a": 1, "b": 2}, is_multi=True)

    with pytest.raises(RowError) as refused:
        classes.answer(Answer((cell,), is_joined=True))

    assert refused.value.field == "label"
    assert reason in str(refused.value)


def test_empty_list_says_nothing_where_one_class_is_asked_for():
    rules = Rules("text", Classes.of({"a": 1}, is_multi=False), Path(), "", NOW)
    row = formats.Row(1, "", "text", {}, (Answer(("[]",), is_joined=True),))

    assert rules.given(row) == ()
    assert joined.says_none(row.answers[0])
