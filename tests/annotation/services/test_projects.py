import pytest
from django.core.exceptions import ValidationError

from annotation.models import AuditEntry, LabelClass, Membership
from annotation.services import projects
from annotation.services.projects import ClassDraft
from tests.factories import NOW, answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db


def test_new_project_has_owner_budget_and_a_line_in_the_audit_log():
    owner = make_user()

    project = projects.create(name="Tickets", modality="text", owner=owner)

    assert Membership.objects.get().role == "owner"
    assert project.budgets.get().limit == projects.DEFAULT_BUDGET
    assert AuditEntry.objects.filter(action="project.create", actor=owner).exists()


def test_same_name_gets_another_slug():
    owner = make_user()

    slugs = [projects.create(name="Tickets", modality="text", owner=owner).slug for _ in range(3)]

    assert slugs == ["tickets", "tickets-2", "tickets-3"]


def test_name_without_latin_letters_still_gets_a_slug():
    assert projects.create(name="評価", modality="text", owner=make_user()).slug == "project"


@pytest.mark.parametrize("name", ["", "   "])
def test_project_without_a_name_is_refused(name):
    with pytest.raises(ValidationError, match="needs a name"):
        projects.create(name=name, modality="text", owner=make_user())


@pytest.mark.parametrize(
    ("drafts", "message"),
    [
        ([ClassDraft("a"), ClassDraft("  ")], "Class 2 has no name"),
        ([ClassDraft("a"), ClassDraft("a")], "Class 2: 'a' stands there twice"),
        ([ClassDraft("a" * 101)], "Class 1: the name is longer than 100"),
        ([ClassDraft("a", key="1"), ClassDraft("b", key="1")], "'1' stands for a and for b"),
        ([ClassDraft("a", key="u")], "the key 'u' cannot be used"),
        ([ClassDraft(str(i)) for i in range(201)], "201 classes are too many; 200"),
    ],
)
def test_wrong_classes_are_refused_by_name_and_limit(drafts, message):
    project = make_project()

    with pytest.raises(ValidationError, match=message):
        projects.set_classes(project=project, drafts=drafts, actor=None)

    assert list(project.classes.values_list("name", flat=True)) == ["yes", "no"]


def test_digits_get_their_own_keys():
    project = make_project(classes=[str(digit) for digit in range(10)])

    assert all(each.key == each.name for each in project.classes.all())


def test_classes_get_keys_in_order_around_the_wanted_ones():
    project = make_project()
    drafts = [ClassDraft("a"), ClassDraft("b", key="1"), ClassDraft("c")]

    projects.set_classes(project=project, drafts=drafts, actor=None)

    assert list(project.classes.values_list("name", "key")) == [("a", "2"), ("b", "1"), ("c", "3")]


def test_more_classes_than_keys_leave_the_last_without():
    project = make_project(classes=[f"class {n}" for n in range(len(projects.KEYS) + 1)])

    assert project.classes.last().key == ""


def test_classes_swap_names_and_keep_their_ids():
    project = make_project(classes=("a", "b"))
    a, b = project.classes.all()

    projects.set_classes(
        project=project, drafts=[ClassDraft("b", id=a.pk), ClassDraft("a", id=b.pk)], actor=None
    )

    assert LabelClass.objects.get(pk=a.pk).name == "b"


def test_answered_class_cannot_be_removed():
    project, person = make_project(n_items=1), make_user()
    publish(project, project.items.all())
    answer(project, person, claim(project, person), place=0)

    with pytest.raises(ValidationError, match="'yes' has been answered already"):
        projects.set_classes(project=project, drafts=[ClassDraft("other")], actor=None)


def test_project_without_items_or_classes_cannot_start():
    project = make_project(is_active=False)
    with pytest.raises(ValidationError, match="Import items"):
        projects.set_status(project=project, status="active", actor=None, now=NOW)

    few = make_project(n_items=1, classes=["only"], is_active=False)
    with pytest.raises(ValidationError, match="at least 2 classes"):
        projects.set_status(project=few, status="active", actor=None, now=NOW)


def test_last_owner_cannot_be_taken_away():
    project = make_project()
    owner = project.memberships.get().user

    with pytest.raises(ValidationError, match="needs an owner"):
        projects.set_role(project=project, user=owner, role="lead", actor=owner)
