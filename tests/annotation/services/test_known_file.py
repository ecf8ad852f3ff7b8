"""Known answers from a file: all or none, each bad row named with its field and limit."""

import pytest
from django.core.exceptions import ValidationError

from annotation.models import Gold, Item
from annotation.services import known_file
from annotation.services.import_rows import hash_of_text
from annotation.services.known_answers import Known
from tests.factories import NOW, add_items, make_project, make_user
from tests.support.panel import items_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    """Items with the ids 0 to 4, classes yes and no."""
    return make_project(n_items=5)


def read(project, tmp_path, text, name="known.csv"):
    path = tmp_path / "upload"
    path.write_text(text)
    return known_file.read_known(project, path=path, filename=name)


def problems(project, tmp_path, text, name="known.csv"):
    with pytest.raises(ValidationError) as caught:
        read(project, tmp_path, text, name)
    return caught.value.messages


def test_csv_and_jsonl_say_the_same(project, tmp_path):
    yes, no = (each.pk for each in project.classes.all())
    first, second, *_ = items_of(project)

    csv = read(project, tmp_path, "item,class\n0,yes\n1,no\n")
    jsonl = '{"id": "0", "label": "yes"}\n{"id": "1", "label": "no"}\n'

    assert csv == [Known(first.pk, [yes], 2), Known(second.pk, [no], 3)]
    assert read(project, tmp_path, jsonl, "known.jsonl") == [
        Known(first.pk, [yes], 1),
        Known(second.pk, [no], 2),
    ]


def test_items_without_an_id_are_told_by_their_text(tmp_path):
    project = make_project()
    texts = ["Caf\u00e9, please", "Cafe", "Tea"]
    items = add_items(project, 3, texts=texts)
    for item, text in zip(items, texts, strict=True):
        Item.objects.filter(pk=item.pk).update(content_hash=hash_of_text(text), key="")
    yes, no = (each.pk for each in project.classes.all())

    # The accent written as a letter and a mark, and with space around it: the same text.
    csv = read(project, tmp_path, 'text,class\n" Cafe\u0301, please ",yes\nTea,no\n')

    assert csv == [Known(items[0].pk, [yes], 2), Known(items[2].pk, [no], 3)]
    assert problems(project, tmp_path, "text,class\nCoffee,yes\nTea,no\nTea,yes\n") == [
        "Row 2, text: 'Coffee' is not the text of an item of this project.",
        "Row 4, text: 'Tea' stands in row 3 already.",
    ]


def test_further_columns_and_spaces_do_not_matter(project, tmp_path):
    yes = project.classes.all()[0].pk

    found = read(project, tmp_path, "note,Item,Class\nlook, 3 , yes \n")

    assert [(each.class_ids, each.row) for each in found] == [([yes], 2)]


def test_every_bad_row_is_named_with_field_and_limit(project, tmp_path):
    rows = ["item,class", "0,yes", "9,yes", "1,maybe", "0,no", ",yes", "2,", f"{'k' * 201},yes"]

    assert problems(project, tmp_path, "\n".join(rows)) == [
        "Row 3, item: '9' is not the id of an item of this project.",
        "Row 4, class: 'maybe' is not a class of this project (limit: yes, no).",
        "Row 5, item: '0' stands in row 2 already.",
        "Row 6, item: is empty.",
        "Row 7, class: is empty (limit: one class).",
        f"Row 8, item: '{'k' * 40}…' has 201 characters (limit: 200 characters).",
    ]


def test_what_is_known_already_is_refused(project, tmp_path):
    item = items_of(project)[0]
    yes = project.classes.all()[0].pk
    Gold.objects.create(
        project=project,
        item=item,
        value=[yes],
        source="upload",
        added_by=make_user(),
        added_at=NOW,
    )

    assert problems(project, tmp_path, "item,class\n0,yes\n") == [
        "Row 2, item: '0' has a known answer already."
    ]


def test_files_that_are_none_are_refused(project, tmp_path):
    assert problems(project, tmp_path, "item,class\n") == ["The file has no rows."]
    assert problems(project, tmp_path, "name,class\na,yes\n") == [
        'The file needs the columns "item", or "text", and "class"; it has: name, class.'
    ]
    assert "cannot be imported" in problems(project, tmp_path, "x", "known.pdf")[0]
    assert "JSON" in problems(project, tmp_path, '{"item": "0", "class": "yes"}\n{', "a.jsonl")[0]


def test_too_many_rows_are_refused(project, tmp_path, monkeypatch):
    monkeypatch.setattr(known_file, "MOST_ROWS", 2)

    assert problems(project, tmp_path, "item,class\n0,yes\n1,yes\n2,yes\n") == [
        "The file has more than 2 rows, which is the limit."
    ]


def test_several_classes_in_a_cell_where_several_are_asked_for(tmp_path):
    project = make_project(n_items=3, task="multi")
    yes, no = (each.pk for each in project.classes.all())

    found = read(project, tmp_path, "item,class\n0,yes|no\n1,\n")

    assert [each.class_ids for each in found] == [[yes, no], []]


def test_another_projects_items_are_not_found(project, tmp_path):
    other = make_project()

    assert "is not the id of an item" in problems(other, tmp_path, "item,class\n0,yes\n")[0]
