"""doccano's JSONL as backend/data_export of github.com/doccano/doccano writes it: since 1.4 a list
of names in "label" and "Comments", before that "labels" or "annotations" with the ids of classes
and users (issues 113 and 889 there show them).
"""

import pytest

from annotation import formats
from annotation.formats import ColumnMap
from annotation.formats.doccano import translate
from tests.annotation.formats.reading_support import read, refusal, said, write_lines


def test_new_layout(tmp_path):
    line = {"id": 1, "text": "one", "label": ["b", "a"], "Comments": ["why?"], "source": "mail"}
    path = write_lines(tmp_path, line, line | {"id": 2, "label": [], "Comments": []})

    sheet = formats.inspect(path, path.name)
    first, second = read(path)

    assert sheet.format == "doccano in JSONL"
    assert sheet.guess == ColumnMap("text", "label", "id", dialect="doccano")
    assert (first.key, first.labels) == ("1", ("b", "a"))
    assert first.fields == {"source": "mail", "Comments": "why?"}
    assert second.answers == ()


def test_text_was_called_data_for_a_while(tmp_path):
    path = write_lines(tmp_path, {"id": 1, "data": "one", "label": ["a"], "Comments": []})

    assert [(row.text, row.labels) for row in read(path)] == [("one", ("a",))]


def test_old_layout_keeps_which_user_gave_which_class(tmp_path):
    line = {
        "id": 2,
        "text": "one",
        "annotations": [
            {"label": 10, "user": 1, "label_name": "a", "user_name": "admin"},
            {"label": 13, "user": 2},
            {"label": 11, "user": 1, "label_name": "b", "user_name": "admin"},
        ],
        "meta": {"wikiPageID": 9},
        "annotation_approver": None,
    }
    path = write_lines(tmp_path, line)

    assert said(path) == [[("admin", ("a", "b")), ("2", ("13",))]]
    assert read(path)[0].fields == {"wikiPageID": 9}


def test_old_layout_with_names(tmp_path):
    line = {"id": 1, "text": "one", "meta": {}, "annotation_approver": "x", "labels": ["a"]}

    assert said(write_lines(tmp_path, line)) == [[("", ("a",))]]


def test_ids_of_classes_become_names_where_names_are_known():
    row = translate({"text": "one", "labels": [2, 3]}, names={"2": "two"}, by="anna")

    assert [(each.by, each.labels) for each in row["label"].given] == [("anna", ("two", "3"))]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"label": [[0, 3, "PER"]]}, "label[0]"),
        ({"entities": [{"label": "PER"}]}, "entities"),
        ({"annotations": [{"label": 1, "start_offset": 0, "user": 1}]}, "annotations[0]"),
        ({"label": [None]}, "label[0]"),
        ({"label": ["a"], "text": " "}, "text"),
    ],
)
def test_what_has_no_place_is_refused_by_its_field(tmp_path, more, field):
    line = {"id": 1, "text": "one", "Comments": []}

    assert refusal(write_lines(tmp_path, line, line | more))[0] == field


def test_plain_lines_with_lists_are_no_doccano(tmp_path):
    path = write_lines(tmp_path, {"text": "one", "label": ["a"]})

    assert formats.inspect(path, path.name).format == "JSONL"
