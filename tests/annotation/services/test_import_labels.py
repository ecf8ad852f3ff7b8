import json
from functools import partial

import pytest
from django.core.exceptions import ValidationError

from annotation.formats import Answer, ColumnMap
from annotation.models import (
    Consensus,
    KnownAnswer,
    Label,
    LabelClass,
)
from annotation.services import import_rows, imports
from tests.annotation.services.import_support import (
    LABELLED,
    import_file,
    reasons,
    write_upload,
)
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(data_dir):
    return partial(write_upload, data_dir / "uploads")


def test_labels_become_the_actors_labels_and_the_consensus(upload):
    project = make_project()
    actor = make_user()
    path = upload("id,text,label\n1,one,YES\n2,two,\n")

    run = import_file(project, path, LABELLED, actor=actor)

    yes = LabelClass.objects.get(name="yes")
    label = Label.objects.get()
    assert run.report["labels"] == 1
    assert (label.annotator, label.origin, label.purpose) == (actor, "import", "query")
    assert (label.item.key, label.value, label.assignment) == ("1", [yes.pk], None)
    consensus = Consensus.objects.get()
    assert (consensus.item, consensus.value, consensus.certainty) == (label.item, [yes.pk], 1.0)


def test_truth_becomes_known_answers_and_no_labels(upload):
    project = make_project()

    run = import_file(project, upload("id,text,label\n1,one,no\n2,two,\n"), LABELLED, truth=True)

    assert run.report["known_answers"] == 1
    assert KnownAnswer.objects.get().value == [LabelClass.objects.get(name="no").pk]
    assert not Label.objects.exists()


def test_several_labels_stand_in_one_cell(upload):
    project = make_project(task="multi", classes=("a", "b", "c"))

    run = import_file(project, upload("id,text,label\n1,one,c| a\n2,two,b\n3,x,d|a\n"), LABELLED)

    ids = {each.name: each.pk for each in project.classes.all()}
    values = list(Label.objects.order_by("item").values_list("value", flat=True))
    assert values == [[ids["a"], ids["c"]], [ids["b"]]]
    assert reasons(run) == ["row 4, label: 'd' is not one of the classes a, b, c"]


def test_one_class_is_wanted_where_one_is_asked_for(upload):
    project = make_project(classes=("a", "b"))
    lines = [{"text": "one", "label": ["a", "b"]}, {"text": "two", "label": "a"}]
    path = upload("\n".join(map(json.dumps, lines)), "rows.jsonl")

    run = import_file(project, path, ColumnMap(text="text", label="label"))

    assert reasons(run) == ["row 1, label: 'a', 'b' are 2 labels; this project asks for one"]


def said(classes, *cells):
    """Return the classes that cells of a text file stand for."""
    return classes.answer(Answer(cells, is_joined=True))


def test_class_names_that_differ_in_case_only_match_exactly():
    classes = import_rows.Classes.of({"US": 1, "us": 2, "Them": 3}, is_multi=False)

    assert said(classes, "US") == [1]
    assert said(classes, "us") == [2]
    assert said(classes, "THEM") == [3]
    with pytest.raises(import_rows.RowError, match="'Us' is not one of the classes"):
        said(classes, "Us")


def test_class_called_with_a_bar_is_found_whole():
    classes = import_rows.Classes.of({"a": 1, "b": 2, "a|b": 3}, is_multi=True)

    assert said(classes, "a|b") == [3]
    assert said(classes, "b|a", "a|b") == [1, 2, 3]


def test_classes_are_listed_from_a_file(upload):
    path = upload("text,label\na,10\nb,2\nc,Spam\nd,spam\ne,Spam|ham\nf,\n")

    found = imports.classes_in(path, path.name, ColumnMap(text="text", label="label"))

    assert found == ["2", "10", "ham", "Spam"]


def test_too_many_classes_are_refused(upload):
    path = upload("text,label\n" + "".join(f"text {n},class {n}\n" for n in range(201)))

    with pytest.raises(ValidationError, match="'label' has more than 200 different values"):
        imports.classes_in(path, path.name, ColumnMap(text="text", label="label"))
