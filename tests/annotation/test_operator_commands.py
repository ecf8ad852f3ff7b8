"""Commands that make projects and accounts, and list them."""

import io
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from alapp.commands import BAD_USE, FAILED
from annotation.models import Budget, Membership, Project, User
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db


def told(*arguments: object):
    out = io.StringIO()
    call_command(*map(str, arguments), "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def people():
    return [make_user(name) for name in ("admin", "ada", "grace")]


@pytest.fixture
def document():
    page = (Path(settings.BASE_DIR) / "docs" / "commands.md").read_text()
    return json.loads(re.findall(r"```json\n(.*?)```", page, re.DOTALL)[0])


def from_file(tmp_path, document):
    path = tmp_path / "project.json"
    path.write_text(json.dumps(document))
    return told("create_project", "--owner=admin", "--from", path)


def test_file_of_the_page_makes_a_whole_project(tmp_path, people, document):
    said = from_file(tmp_path, document)

    project = Project.objects.get()
    assert said == {"slug": "reviews", "name": "Reviews", "status": "draft"}
    assert [each.name for each in project.classes.all()] == ["good", "bad", "neither"]
    assert project.classes.first().key == "p"
    assert project.guidelines == "Judge what is said, not how."
    limits = Budget.objects.values_list("scope", "unit", "limit").order_by("pk")
    # 7.5 hours are 27,000,000 milliseconds.
    assert list(limits) == [("project", "labels", 2000), ("annotator", "hours", 27_000_000)]
    roles = Membership.objects.values_list("user__username", "role").order_by("pk")
    assert list(roles) == [("admin", "owner"), ("ada", "annotator"), ("grace", "reviewer")]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"people": {"nobody": "annotator"}}, "people: there is no account 'nobody'"),
        ({"people": {"ada": "boss"}}, "people, ada: 'boss' is none of"),
        ({"colour": "red"}, "the document: 'colour' is none of name"),
        ({"task": "three"}, "task: 'three' is none of single, multi"),
        ({"classes": "good"}, "classes: a list is wanted"),
        ({"classes": ["good", "good"]}, "stands there twice"),
        ({"budgets": [{"limit": "lots"}]}, "budgets: 'lots' is no limit"),
        ({"budgets": [{"limit": 0, "unit": "hours"}]}, "The budget must be between"),
        ({"name": 7}, "name: a text is wanted"),
    ],
)
def test_what_is_wrong_with_a_file_is_named_and_nothing_is_made(
    tmp_path, people, document, change, words
):
    with pytest.raises(CommandError, match=words) as refused:
        from_file(tmp_path, document | change)

    assert refused.value.returncode == FAILED
    assert not Project.objects.exists()


def test_project_from_options(tmp_path, people):
    said = told(
        "create_project", "--owner=admin", "--name=Mail", "--task=multi", "--class=spam=Unwanted.",
        "--class=ham", "--person=ada=annotator", "--budget=50",
    )  # fmt: skip

    project = Project.objects.get(slug=said["slug"])
    assert project.task == "multi"
    assert [(each.name, each.description) for each in project.classes.all()] == [
        ("spam", "Unwanted."),
        ("ham", ""),
    ]
    assert Budget.objects.get().limit == 50


def test_file_and_options_at_once_are_bad_use(tmp_path, people):
    with pytest.raises(CommandError, match="not both") as refused:
        told("create_project", "--owner=admin", "--from=x.json", "--name=Mail")

    assert refused.value.returncode == BAD_USE


def test_projects_are_listed_with_their_state():
    project = make_project(n_items=3)
    make_project(is_active=False)

    (row,) = told("projects", "--status=active")

    assert row == {
        "slug": project.slug, "name": project.name, "status": "active",
        "items": 3, "labelled": 0, "people": 1,
    }  # fmt: skip
    assert len(told("projects")) == 2


def test_account_is_made_with_a_role_and_a_link_that_signs_in(client):
    project = make_project()

    said = told("create_user", "ada", "--project", project.slug, "--role=reviewer")
    user = User.objects.get(username="ada")
    client.post(said["link"].removeprefix("http://localhost:8000"))

    assert user.check_password(said["password"])
    assert Membership.objects.get(user=user).role == "reviewer"
    assert client.session["_auth_user_id"] == str(user.pk)


def test_name_that_is_taken_makes_no_account_and_no_role():
    make_user("ada")
    project = make_project()

    with pytest.raises(CommandError, match="already exists"):
        told("create_user", "ada", "--project", project.slug)

    assert not Membership.objects.filter(user__username="ada").exists()


def test_admin_may_do_everything():
    told("create_user", "root", "--admin")

    assert User.objects.get(username="root").is_superuser
