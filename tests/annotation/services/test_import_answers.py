"""Labels that say who gave them, and when: other tools' files, and ours."""

import json
from datetime import UTC, datetime
from functools import partial

import pytest
from django.core.exceptions import ValidationError

from annotation import formats
from annotation.formats import ColumnMap
from annotation.models import Consensus, Item, KnownAnswer, Label, Membership, User
from annotation.services import accounts, import_people, imports, runs
from tests.annotation.services.import_support import (
    counts,
    import_file,
    reasons,
    start,
    write_upload,
)
from tests.factories import make_project

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
BY = ColumnMap(text="text", label="label", person="annotator", moment="created_at")
HEADER = "text,label,annotator,created_at\n"


@pytest.fixture
def upload(data_dir):
    return partial(write_upload, data_dir / "uploads")


def given(project) -> list[tuple[str, str, list[str]]]:
    """Return text, annotator and classes of every label."""
    names = {each.pk: each.name for each in project.classes.all()}
    labels = Label.objects.filter(project=project).order_by("item", "pk")
    return [
        (each.item.payload.text, each.annotator.first_name, [names[pk] for pk in each.value or ()])
        for each in labels.select_related("item__payload", "annotator")
    ]


def member(project, name, email=""):
    user = User.objects.create_user(name, email)
    Membership.objects.create(project=project, user=user, role="annotator")
    return user


def test_labels_keep_who_gave_them_and_when(upload):
    project = make_project()
    anna = member(project, "anna", "anna@example.com")
    path = upload(
        HEADER + "one,yes,Anna,2026-05-04T14:00:00+02:00\ntwo,no,ANNA@example.com,1777896000\n"
    )

    run = import_file(project, path, BY)

    labels = Label.objects.all()
    assert run.report["labels"] == 2
    assert {(each.annotator, each.created_at, each.origin) for each in labels} == {
        (anna, NOON, "import")
    }


def test_somebody_unknown_gets_a_stand_in_that_cannot_sign_in(upload):
    project = make_project()
    member(make_project(), "anna")

    import_file(project, upload(HEADER + "one,yes,anna,\ntwo,no,Anna,\n"), BY)

    (stand_in,) = {each.annotator for each in Label.objects.all()}
    assert str(stand_in) == "anna (imported)"
    assert import_people.name_of(stand_in) == "anna"
    assert not stand_in.is_active
    assert not stand_in.has_usable_password()
    assert stand_in.email == ""
    assert not Membership.objects.filter(user=stand_in).exists()
    assert stand_in not in accounts.listed("anna")
    with pytest.raises(ValidationError, match="Nobody can sign in"):
        accounts.set_active(user=stand_in, is_active=True, actor=project.memberships.get().user)


def test_stand_in_is_the_same_at_the_next_import_and_another_in_another_project(upload):
    project, other = make_project(), make_project()
    path = upload(HEADER + "one,yes,anna,\n")
    again = upload(HEADER + "two,yes,anna,\n", "again.csv")
    elsewhere = upload(HEADER + "one,yes,anna,\n", "elsewhere.csv")

    for each, file in ((project, path), (project, again), (other, elsewhere)):
        import_file(each, file, BY)

    people = [each.annotator_id for each in Label.objects.order_by("pk")]
    assert people[0] == people[1]
    assert people[0] != people[2]


def test_an_email_that_two_members_share_is_nobodys(upload):
    project = make_project()
    twins = {member(project, "one", "us@example.com"), member(project, "two", "us@example.com")}

    import_file(project, upload(HEADER + "x,yes,us@example.com,\n"), BY)

    assert Label.objects.get().annotator not in twins


def test_rows_of_several_people_about_one_text_are_one_item(upload):
    project = make_project()
    rows = "one,yes,anna,\none,no,ben,\none,yes,cleo,\ntwo,no,anna,\n"

    run = import_file(project, upload(HEADER + rows), BY)

    assert counts(run) == (4, 2, 0, 0)
    assert (run.report["further"], run.report["labels"]) == (2, 4)
    assert given(project) == [
        ("one", "anna", ["yes"]),
        ("one", "ben", ["no"]),
        ("one", "cleo", ["yes"]),
        ("two", "anna", ["no"]),
    ]
    consensus = Consensus.objects.get(item__payload__text="one")
    assert (consensus.n_labels, consensus.value) == (3, [project.classes.get(name="yes").pk])


def test_answers_of_one_person_to_one_text_are_one_the_newest(upload, monkeypatch):
    monkeypatch.setattr("annotation.services.import_run.CHUNK_ROWS", 2)
    project = make_project()
    rows = (
        "one,yes,anna,2026-05-04T12:00:00Z\n"
        "one,no,anna,2026-05-04T13:00:00Z\n"
        "one,yes,anna,2026-05-04T11:00:00Z\n"
        "one,yes,anna,\n"
    )

    run = import_file(project, upload(HEADER + rows), BY)

    assert given(project) == [("one", "anna", ["no"])]
    assert Label.objects.get().created_at == NOON.replace(hour=13)
    assert reasons(run) == [
        "row 4, content: the same as row 2",
        "row 5, content: the same as row 2",
    ]


def test_importing_again_adds_nothing(upload):
    project = make_project()
    rows = HEADER + "one,yes,anna,\none,no,ben,\n"
    import_file(project, upload(rows), BY)
    before = given(project)

    run = import_file(project, upload(rows + "one,no,cleo,\n", "again.csv"), BY)

    assert counts(run) == (3, 0, 3, 0)
    assert given(project) == before


def test_answers_from_the_future_are_refused(upload):
    project = make_project()

    run = import_file(project, upload(HEADER + "one,yes,a,\ntwo,yes,a,9999999999\n"), BY)

    assert reasons(run)[0].startswith("row 3, label: was given in the future, 2286-11-20T17:46:39")


def test_file_that_names_too_many_people_is_refused_whole(upload, monkeypatch):
    monkeypatch.setattr(import_people, "MOST_PEOPLE", 2)
    project = make_project()
    rows = "".join(f"text {n},yes,person {n},\n" for n in range(6))

    run = import_file(project, upload(HEADER + rows), BY)

    assert (run.state, run.report["added"]) == ("failed", 0)
    assert "too many people (limit: 2 people)" in run.error
    assert not Item.objects.exists()
    assert not User.objects.filter(username__startswith="imported:").exists()


def test_nothing_stays_of_people_whose_import_failed(upload, monkeypatch):
    project = make_project()
    run = start(project, upload(HEADER + "one,yes,anna,\n"), BY)
    monkeypatch.setattr(
        "annotation.services.import_staging.Stage.publish", lambda *_: 1 / 0, raising=True
    )

    attempt = runs.claim(run.pk, now=datetime.now(UTC))
    assert attempt is not None
    runs.perform(attempt)

    assert not Item.objects.exists()
    assert not User.objects.filter(username__startswith="imported:").exists()


def test_known_answers_that_differ_are_refused(upload):
    project = make_project()
    tasks = [
        {"data": {"text": f"text {n}"}, "annotations": [chosen("yes", 1), chosen(second, 2)]}
        for n, second in enumerate(("yes", "no", "yes"))
    ]
    path = upload(json.dumps(tasks), "tasks.json")

    run = import_file(project, path, formats.inspect(path, path.name).guess, truth=True)

    assert reasons(run) == ["row 2, label: 2 people say different things (limit: one known answer)"]
    assert KnownAnswer.objects.count() == 2


def chosen(label, by):
    value = {"choices": [label] if label else []}
    result = [{"from_name": "q", "type": "choices", "value": value}] if label else []
    return {"completed_by": by, "result": result}


def test_label_studio_tasks_come_in_with_everybodys_answers(upload):
    project = make_project(task="multi")
    tasks = [
        {"id": 1, "data": {"text": "one"}, "annotations": [chosen("yes", 1), chosen("", 2)]},
        {"id": 2, "data": {"text": "two"}, "annotations": []},
    ]
    path = upload(json.dumps(tasks), "tasks.json")

    import_file(project, path, formats.inspect(path, path.name).guess)

    assert given(project) == [("one", "1", ["yes"]), ("one", "2", [])]
    assert Item.objects.get(key="2").labels.count() == 0


def test_prodigy_rows_about_one_class_each_make_one_answer(upload, monkeypatch):
    monkeypatch.setattr("annotation.services.import_run.CHUNK_ROWS", 2)
    project = make_project(task="multi", classes=("a", "b", "c"))
    lines = [
        {"text": "one", "label": label, "answer": answer, "_annotator_id": who, "_task_hash": 1}
        for label, answer, who in (
            ("a", "accept", "anna"),
            ("b", "accept", "anna"),
            ("c", "reject", "anna"),
            ("c", "accept", "anna"),
            ("b", "accept", "ben"),
        )
    ]
    path = upload("\n".join(map(json.dumps, lines)), "rows.jsonl")

    run = import_file(project, path, formats.inspect(path, path.name).guess)

    assert given(project) == [("one", "anna", ["a", "b", "c"]), ("one", "ben", ["b"])]
    # The rejected row alone says nothing that is kept.
    assert (run.report["further"], run.report["duplicates"]) == (3, 1)


def test_classes_of_another_tools_file_are_found(upload):
    tasks = [{"data": {"text": "one"}, "annotations": [chosen("warm", 1), chosen("cold", 2)]}]
    path = upload(json.dumps(tasks), "tasks.json")

    found = imports.classes_in(path, path.name, formats.inspect(path, path.name).guess)

    assert found == ["cold", "warm"]


def test_class_that_the_project_lacks_is_refused_by_the_same_rule(upload):
    project = make_project()
    tasks = [
        {"data": {"text": f"text {n}"}, "annotations": [chosen(label, 1)]}
        for n, label in enumerate(("yes", "no", "maybe"))
    ]
    path = upload(json.dumps(tasks), "tasks.json")

    run = import_file(project, path, formats.inspect(path, path.name).guess)

    assert reasons(run) == ["row 3, label: 'maybe' is not one of the classes yes, no"]


def test_dialect_nobody_knows_is_refused(upload):
    with pytest.raises(ValidationError, match="cannot be read as 'x'; it can as: label-studio"):
        start(make_project(), upload("[]", "rows.json"), ColumnMap(text="text", dialect="x"))
