import pytest
from django.core.exceptions import ValidationError

from annotation.models import AuditEntry, GuidelinesRead, GuidelinesVersion
from annotation.services import guidelines, projects
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return make_user("grace")


@pytest.fixture
def project(lead):
    return make_project(owner=lead, guidelines="One.")


def write(project, text, actor=None):
    project.refresh_from_db()
    projects.describe(project=project, actor=actor, guidelines=text)


def texts_of(project):
    rows = GuidelinesVersion.objects.filter(project=project).order_by("number")
    return list(rows.values_list("number", "text"))


def test_new_project_keeps_its_guidelines_as_the_first_version(project, lead):
    version = project.guidelines_versions.get()

    assert (version.number, version.text, version.author) == (1, "One.", lead)
    assert project.guidelines_version == 1


def test_project_without_guidelines_has_no_version():
    project = make_project()

    assert project.guidelines_version == 0
    assert texts_of(project) == []


def test_each_change_is_a_version_with_its_author(project):
    other = make_user("alan")

    write(project, "Two.", other)

    assert texts_of(project) == [(1, "One."), (2, "Two.")]
    assert project.guidelines_versions.get(number=2).author == other
    project.refresh_from_db()
    assert (project.guidelines, project.guidelines_version) == ("Two.", 2)


@pytest.mark.parametrize("same", ["One.", "One.\r\n", "One.  "])
def test_saving_the_same_text_again_is_no_version(project, same):
    write(project, same)

    assert texts_of(project) == [(1, "One.")]


def test_line_ends_of_forms_are_no_change():
    project = make_project(guidelines="One.\nTwo.")

    write(project, "One.\r\nTwo.")

    assert texts_of(project) == [(1, "One.\nTwo.")]


def test_emptied_guidelines_are_a_version_too(project):
    write(project, "")

    assert texts_of(project) == [(1, "One."), (2, "")]


def test_changing_something_else_is_no_version(project):
    projects.describe(project=project, actor=None, max_skips=5)

    assert texts_of(project) == [(1, "One.")]


def test_restoring_writes_a_new_version_and_the_audit_log(project, lead):
    write(project, "Two.")

    guidelines.restore(project=project, number=1, actor=lead)

    assert texts_of(project) == [(1, "One."), (2, "Two."), (3, "One.")]
    newest = project.guidelines_versions.get(number=3)
    assert (newest.restores, newest.author) == (1, lead)
    project.refresh_from_db()
    assert (project.guidelines, project.guidelines_version) == ("One.", 3)
    entry = AuditEntry.objects.get(action="guidelines.restore")
    assert (entry.before, entry.after) == ("Two.", "One.")


@pytest.mark.parametrize(("number", "why"), [(2, "is the current one"), (7, "no version 7")])
def test_current_or_unknown_version_cannot_be_restored(project, number, why):
    write(project, "Two.")

    with pytest.raises(ValidationError, match=why):
        guidelines.restore(project=project, number=number, actor=None)

    assert len(texts_of(project)) == 2


def test_history_tells_what_each_version_changed(project):
    write(project, "One.\nTwo.")

    newest, oldest = guidelines.history(project)

    assert (newest.is_current, oldest.is_current) == (True, False)
    assert [(line.kind, line.text) for line in newest.changes] == [
        ("same", "One."), ("added", "Two.")
    ]  # fmt: skip
    assert [line.kind for line in oldest.changes] == ["added"]


def test_somebody_new_is_shown_no_changes(project):
    write(project, "Two.")
    project.refresh_from_db()

    reading = guidelines.reading_of(project, make_user())

    assert (reading.last_read, reading.changes, reading.is_unread) == (0, [], True)


def test_reader_of_an_old_version_sees_what_changed_since(project):
    ada = make_user()
    guidelines.mark_read(project=project, number=1, user=ada)
    write(project, "One.\nTwo.")
    write(project, "One.\nThree.")
    project.refresh_from_db()

    reading = guidelines.reading_of(project, ada)

    assert (reading.last_read, reading.number, reading.is_unread) == (1, 3, True)
    assert [(line.kind, line.text) for line in reading.changes] == [
        ("same", "One."), ("added", "Three.")
    ]  # fmt: skip


def test_reading_twice_is_one_receipt_and_the_first_time_counts(project):
    ada = make_user()
    for _ in range(2):
        guidelines.mark_read(project=project, number=1, user=ada)

    assert GuidelinesRead.objects.filter(user=ada).count() == 1
    assert not guidelines.reading_of(project, ada).is_unread


def test_version_of_another_project_cannot_be_read(project):
    with pytest.raises(ValidationError, match="no version 1"):
        guidelines.mark_read(project=make_project(), number=1, user=make_user())


def test_readers_lists_who_lacks_the_current_version_first(project, lead):
    ada = make_user("ada")
    projects.set_role(project=project, user=ada, role="annotator", actor=None)
    write(project, "Two.")
    guidelines.mark_read(project=project, number=1, user=ada)
    guidelines.mark_read(project=project, number=2, user=lead)

    found = guidelines.readers(project)

    assert [(each.name, each.last_read) for each in found] == [("ada", 1), ("grace", 2)]
