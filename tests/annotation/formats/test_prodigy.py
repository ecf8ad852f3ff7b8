"""Prodigy's db-out lines as prodi.gy describes them under "Annotation interfaces" (classification,
choice): "text", "label" or "options" with "accept", "answer", and who and when since 1.11.
"""

from datetime import UTC, datetime

import pytest

from annotation import formats
from annotation.formats import Answer, ColumnMap, FormatError
from tests.annotation.formats.reading_support import read, refusal, said, write_lines

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
OPTIONS = [{"id": "a", "text": "Class A"}, {"id": "b", "text": "Class B"}]


def line(**more):
    return {
        "text": "one",
        "meta": {"source": "mail"},
        "_input_hash": -1_886_000_000,
        "_task_hash": 1_201_000_000,
        "_view_id": "choice",
        "_annotator_id": "news-anna",
        "_session_id": "news-anna",
        "_timestamp": 1_777_896_000,
        "answer": "accept",
    } | more


def test_choice_gives_the_accepted_options_with_who_and_when(tmp_path):
    path = write_lines(tmp_path, line(options=OPTIONS, accept=["a", "b"]))

    sheet = formats.inspect(path, path.name)
    (row,) = read(path)

    assert sheet.format == "Prodigy in JSONL"
    assert sheet.guess == ColumnMap("text", "label", dialect="prodigy")
    assert row.fields == {"source": "mail"}
    assert row.answers == (Answer(("a", "b"), "news-anna", NOON),)


def test_option_with_a_number_for_an_id_is_called_by_its_text(tmp_path):
    options = [{"id": 1, "text": "good"}, {"id": 0, "text": "bad"}]

    path = write_lines(tmp_path, line(options=options, accept=[0]))

    assert said(path) == [[("news-anna", ("bad",))]]


def test_nothing_accepted_is_an_answer_and_rejected_or_ignored_is_none(tmp_path):
    path = write_lines(
        tmp_path,
        line(options=OPTIONS, accept=[]),
        line(options=OPTIONS, accept=["a"], answer="reject"),
        line(options=OPTIONS, accept=["a"], answer="ignore"),
    )

    assert said(path) == [[("news-anna", ())], [], []]


def test_label_accepted_is_a_part_of_what_the_person_says_of_the_text(tmp_path):
    path = write_lines(tmp_path, line(label="a"), line(label="b", answer="reject"))

    accepted, rejected = read(path)

    assert accepted.answers == (Answer(("a",), "news-anna", NOON, is_part=True),)
    assert rejected.answers == ()


def test_session_stands_for_the_annotator_unless_nobody_named_it(tmp_path):
    named = line(label="a", _annotator_id=None, _session_id="news-ben")
    nameless = line(label="a", _annotator_id="news-2026-05-04_12-00-00")

    path = write_lines(tmp_path, named, nameless)

    assert [row.answers[0].by for row in read(path)] == ["news-ben", ""]


def test_text_not_answered_yet_is_an_item_without_a_label(tmp_path):
    path = write_lines(tmp_path, {"text": "one", "_input_hash": 1, "_task_hash": 2})

    assert said(path) == [[]]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"image": "data:image/png;base64,"}, "image"),
        ({"relations": [{"head": 0}]}, "relations"),
        ({"spans": [{"start": 0, "end": 3, "label": "PER"}]}, "spans"),
        ({"label": "a", "answer": "maybe"}, "answer"),
        ({"options": OPTIONS, "accept": [{"id": "a"}]}, "accept"),
        ({"options": ["a"], "accept": ["a"]}, "options[0]"),
        ({"label": ["a"]}, "label"),
        ({"label": "a", "_timestamp": "soon"}, "_timestamp"),
        ({"label": "a", "_annotator_id": ["x"]}, "_annotator_id"),
        ({"label": "a", "text": ""}, "text"),
    ],
)
def test_what_has_no_place_is_refused_by_its_field(tmp_path, more, field):
    path = write_lines(tmp_path, line(label="a"), line(**more))

    assert refusal(path)[0] == field


def test_file_without_anything_that_has_a_place_is_refused_as_a_whole(tmp_path):
    path = write_lines(tmp_path, line(image="data:image/png;base64,"))

    with pytest.raises(FormatError, match="can be imported from Prodigy. Row 1, image: has no"):
        formats.inspect(path, path.name)


def test_matched_passages_beside_a_label_are_left_out(tmp_path):
    path = write_lines(tmp_path, line(label="a", spans=[{"start": 0, "end": 3}], tokens=[]))

    (row,) = read(path)

    assert (row.labels, row.fields) == (("a",), {"source": "mail"})
