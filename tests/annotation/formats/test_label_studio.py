"""Label Studio's files as labelstud.io/guide/export and /guide/tasks describe them.

Files that its own converter wrote are read in tests/peers.
"""

from datetime import UTC, datetime

import pytest

from annotation import formats
from annotation.formats import Answer, BadRow, ColumnMap
from tests.annotation.formats.reading_support import read, refusal, said, write_json

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def chosen(*labels, name="topic", **more):
    value = {"choices": list(labels)}
    return {"from_name": name, "to_name": "text", "type": "choices", "value": value} | more


def annotation(*results, by=1, **more):
    return {
        "completed_by": by,
        "result": list(results),
        "created_at": "2026-05-04T12:00:00Z",
    } | more


def task(*annotations, **more):
    return {"id": 7, "data": {"text": "one", "page": 3}, "annotations": list(annotations)} | more


def test_task_is_an_item_with_everybodys_answers(tmp_path):
    path = write_json(
        tmp_path,
        [
            task(
                annotation(chosen("a"), by={"id": 1, "email": "anna@example.com"}),
                annotation(chosen("b"), by=2),
            )
        ],
    )

    sheet = formats.inspect(path, path.name)
    (row,) = read(path)

    assert sheet.format == "Label Studio tasks in JSON"
    assert sheet.columns == ("text", "page", "id", "topic")
    assert sheet.guess == ColumnMap("text", "topic", "id", dialect="label-studio")
    assert (row.key, row.text, row.fields) == ("7", "one", {"page": 3})
    assert row.answers == (Answer(("a",), "anna@example.com", NOON), Answer(("b",), "2", NOON))


def test_several_choices_and_nothing_chosen(tmp_path):
    path = write_json(tmp_path, [task(annotation(chosen("a", "b")), annotation(by=2))])

    assert said(path) == [[("1", ("a", "b")), ("2", ())]]
    assert formats.inspect(path, path.name).is_multi


def test_cancelled_annotation_is_no_answer(tmp_path):
    path = write_json(tmp_path, [task(annotation(chosen("a"), was_cancelled=True))])

    assert [row.answers for row in read(path, ColumnMap(text="text"))] == [()]


def test_completions_of_old_versions_are_read(tmp_path):
    old = {"id": 1, "data": {"text": "one"}, "completions": [{"result": [chosen("a")]}]}

    assert said(write_json(tmp_path, [old])) == [[("", ("a",))]]


def test_one_of_two_questions_is_chosen_by_its_column(tmp_path):
    both = annotation(chosen("a"), chosen("warm", name="tone"))
    path = write_json(tmp_path, [task(both)])

    (tone,) = read(path, ColumnMap(text="text", label="tone"))

    assert formats.inspect(path, path.name).columns[-2:] == ("topic", "tone")
    assert tone.labels == ("warm",)
    assert "topic" not in tone.fields


def test_question_called_like_a_column_of_the_data_has_its_own_column(tmp_path):
    path = write_json(tmp_path, [task(annotation(chosen("a", name="page")))])

    assert formats.inspect(path, path.name).guess.label == "page (answers)"


@pytest.mark.parametrize(
    ("result", "field", "reason"),
    [
        ({"type": "rectanglelabels", "value": {"x": 1}}, "annotations[0].result[0]", "task 7 has"),
        ({"type": "labels", "value": {"start": 0}}, "annotations[0].result[0]", "type 'labels'"),
        (chosen("a") | {"value": {"start": 3}}, "annotations[0].result[0]", "a part of the task"),
        (chosen({"x": 1}), "annotations[0].result[0].value.choices", "is a dict, not a text"),
        ("x", "annotations[0].result[0]", "is a str, not an object"),
    ],
)
def test_what_has_no_place_is_refused_with_task_and_field(tmp_path, result, field, reason):
    found, why = refusal(write_json(tmp_path, [task(), task(annotation(result))]))

    assert found == field
    assert reason in why


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"created_at": "yesterday"}, "annotations[0].created_at"),
        ({"created_at": "1815-12-10T00:00:00Z"}, "annotations[0].created_at"),
        ({"completed_by": {"email": ["x"]}}, "annotations[0].completed_by"),
        ({"completed_by": "x" * 151}, "annotations[0].completed_by"),
        ({"result": {}}, "annotations[0].result"),
    ],
)
def test_bad_annotation_is_named_by_its_field(tmp_path, more, field):
    path = write_json(tmp_path, [task(), task(annotation(chosen("a"), **more))])

    assert refusal(path)[0] == field


def test_bad_task_leaves_the_others(tmp_path):
    good = task(annotation(chosen("a")))
    bad = task(annotation({"type": "polygonlabels"}))

    rows = read(write_json(tmp_path, [good, bad, good]))

    assert [type(row) is BadRow for row in rows] == [False, True, False]


FLAT = {
    "text": "one",
    "id": 7,
    "topic": "a",
    "annotator": "anna@example.com",
    "annotation_id": 3,
    "created_at": "2026-05-04T12:00:00.000000Z",
    "updated_at": "2026-05-04T12:00:00.000000Z",
    "lead_time": 2.5,
}


def test_flat_json_is_a_row_for_each_annotation(tmp_path):
    other = FLAT | {"topic": {"choices": ["a", "b"]}, "annotator": 2, "created_at": None}
    path = write_json(tmp_path, [FLAT, other])

    rows = read(path)

    assert [row.key for row in rows] == ["7", "7"]
    assert rows[0].answers == (Answer(("a",), "anna@example.com", NOON, is_joined=True),)
    assert rows[1].answers == (Answer(("a", "b"), "2"),)
    assert rows[0].fields == {}


def test_flat_csv_holds_choices_as_json(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(
        "annotation_id,annotator,created_at,id,lead_time,text,topic,updated_at\n"
        '3,anna,2026-05-04T12:00:00Z,7,1.5,"one","{""choices"": [""a"", ""b""]}",x\n'
        '"",{},"",8,"",two,"",""\n'
    )

    rows = read(path, formats.inspect(path, path.name).guess)

    assert [row.answers for row in rows] == [(Answer(("a", "b"), "anna", NOON),), ()]


def test_flat_csv_with_regions_is_refused(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(
        "annotation_id,annotator,created_at,id,lead_time,text,topic,updated_at\n"
        "3,anna,,7,1.5,one,a,x\n"
        '3,anna,,8,1.5,two,"[{""start"": 0, ""end"": 3, ""labels"": [""a""]}]",x\n'
    )

    assert refusal(path) == ("topic", "holds regions of the task; only choices can be imported")


def test_file_is_read_plainly_when_asked(tmp_path):
    path = write_json(tmp_path, [FLAT])

    sheet = formats.inspect(path, path.name, "plain")

    assert sheet.format == "JSON"
    assert "lead_time" in sheet.columns
    assert [each.name for each in sheet.readings][-1] == "plain"
