"""The list of projects, a new one, and its settings: who may, and what is written."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from annotation.models import AuditEntry, Budget, Project, User
from annotation.services import projects
from tests.factories import add_items, make_project, make_user

pytestmark = pytest.mark.django_db
HANDING_OUT = {
    "overlap": 1,
    "overlap_percent": 100,
    "further_by": "anyone",
    "leads_label": "on",
    "reviewers_label": "on",
    "batch_share_percent": 100,
    "lease_seconds": 60,
    "max_skips": 3,
    "straggler_percent": 10,
    "straggler_leases": 2,
}
LABELLING = {
    "text_format": "plain",
    "keywords": "",
    "show_reason": "after",
    "corrections_allowed": "on",
}
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def lead(client):
    user = make_user("ada")
    client.force_login(user, backend=BACKEND)
    return user


@pytest.fixture
def project(lead):
    return make_project(owner=lead, is_active=False)


def url(name, project, *more):
    return reverse(name, args=[project.slug, *more])


LEAD_PAGES = [
    ("settings", "get"),
    ("settings-general", "post"),
    ("settings-classes", "post"),
    ("settings-people", "post"),
    ("settings-status", "post"),
    ("settings-limits", "post"),
    ("settings-labelling", "post"),
    ("upload", "post"),
    ("import-retry", "post"),
]


@pytest.mark.parametrize("role", [None, "annotator", "reviewer"])
@pytest.mark.parametrize(("name", "method"), LEAD_PAGES)
def test_pages_of_leads_do_not_exist_for_others(client, name, method, role):
    project, user = make_project(), make_user()
    if role:
        projects.set_role(project=project, user=user, role=role, actor=None)
    client.force_login(user, backend=BACKEND)

    assert getattr(client, method)(url(name, project)).status_code == 404


@pytest.mark.parametrize(("role", "status"), [("annotator", 404), ("reviewer", 200), (None, 404)])
def test_items_are_seen_by_those_who_watch(client, role, status):
    project, user = make_project(), make_user()
    if role:
        projects.set_role(project=project, user=user, role=role, actor=None)
    client.force_login(user, backend=BACKEND)

    assert client.get(url("items", project)).status_code == status


@pytest.mark.parametrize("name", [name for name, method in LEAD_PAGES if method == "post"])
def test_nothing_is_changed_by_looking(client, project, name):
    assert client.get(url(name, project)).status_code == 405


def test_list_shows_own_projects_with_their_work(client, lead):
    mine = make_project(owner=lead, n_items=3)
    other = make_project(n_items=3)

    page = client.get(reverse("projects")).content.decode()

    assert mine.name in page
    assert other.name not in page
    assert "3 items" in page
    assert url("label", mine) in page


def test_annotator_is_offered_labelling_only(client):
    project, user = make_project(n_items=1), make_user()
    projects.set_role(project=project, user=user, role="annotator", actor=None)
    client.force_login(user, backend=BACKEND)

    page = client.get(reverse("projects")).content.decode()

    assert url("label", project) in page
    assert url("items", project) not in page
    assert reverse("project-new") not in page
    assert client.get(reverse("project-new")).status_code == 403


def test_new_project_has_its_classes_and_budget(client, lead, project):
    typed = {
        "name": "Tickets", "modality": "text", "task": "single", "classes": "refund\n\n card ",
        "guidelines": "Be kind.", "budget": "50",
    }  # fmt: skip

    response = client.post(reverse("project-new"), typed)

    made = Project.objects.get(name="Tickets")
    assert response.url == url("settings", made)
    assert [each.name for each in made.classes.all()] == ["refund", "card"]
    assert Budget.objects.get(project=made).limit == 50


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": ""}, "This field is required"),
        ({"budget": "0"}, "greater than or equal to 1"),
        ({"classes": "a\na"}, "stands there twice"),
        ({"modality": "video"}, "not one of the available choices"),
    ],
)
def test_wrong_new_project_is_refused_in_words(client, lead, project, wrong, message):
    typed = {"name": "x", "modality": "text", "task": "single", "budget": "5", **wrong}
    before = Project.objects.count()

    response = client.post(reverse("project-new"), typed)

    assert response.status_code == 422
    assert message in response.content.decode()
    assert Project.objects.count() == before


def test_file_of_a_new_project_is_asked_about_next(client, lead, project):
    file = SimpleUploadedFile("reviews.csv", b"text,label\ngood film,yes\nbad film,no\n")
    typed = {"name": "x", "modality": "text", "task": "single", "budget": "5", "file": file}

    response = client.post(reverse("project-new"), typed)

    page = client.get(response.url).content.decode()
    assert "What is in this file?" in page
    assert "good film" in page


def rows_of(project, **changes):
    """Return the classes form as the page would send it."""
    classes = list(project.classes.all())
    sent = {"classes-TOTAL_FORMS": len(classes) + 1, "classes-INITIAL_FORMS": len(classes)}
    for place, each in enumerate(classes):
        for name in ("id", "name", "description", "key"):
            sent[f"classes-{place}-{name}"] = getattr(each, name)
    for name in ("id", "name", "description", "key"):
        sent[f"classes-{len(classes)}-{name}"] = ""
    return {**sent, **{name.replace("__", "-"): value for name, value in changes.items()}}


def names(project):
    return [each.name for each in project.classes.all()]


def test_class_is_renamed_added_and_moved(client, project):
    client.post(url("settings-classes", project), rows_of(project, classes__0__name="surely"))
    client.post(url("settings-classes", project), rows_of(project, classes__2__name="maybe"))
    client.post(url("settings-classes", project), {**rows_of(project), "move": "2:-1"})

    assert names(project) == ["surely", "maybe", "no"]


def test_class_is_removed(client, project):
    client.post(url("settings-classes", project), rows_of(project, classes__0__DELETE="on"))

    assert names(project) == ["no"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"classes__0__name": ""}, "This field is required"),
        ({"classes__0__name": "no"}, "stands there twice"),
        ({"classes__0__key": "s"}, "cannot be used"),
    ],
)
def test_wrong_class_is_refused_in_words(client, project, change, message):
    response = client.post(url("settings-classes", project), rows_of(project, **change))

    assert response.status_code == 422
    assert message in response.content.decode()
    assert names(project) == ["yes", "no"]


def test_person_is_given_a_role_by_name(client, project):
    bob = make_user("bob")

    client.post(url("settings-people", project), {"username": "bob", "role": "annotator"})

    assert project.memberships.get(user=bob).role == "annotator"


def test_unknown_name_is_refused_and_the_way_out_is_said(client, project):
    response = client.post(
        url("settings-people", project), {"username": "bob", "role": "annotator"}
    )

    assert response.status_code == 422
    assert "Tick the box" in response.content.decode()


def test_new_account_shows_its_password_on_one_page_only(client, project):
    typed = {"username": "bob", "role": "annotator", "is_new": "on"}

    page = client.post(url("settings-people", project), typed)

    password = page.context["password"]
    assert User.objects.get(username="bob").check_password(password)
    assert password in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert password not in client.get(url("settings", project)).content.decode()


def test_last_owner_keeps_the_role(client, project, lead):
    member = project.memberships.get(user=lead)

    response = client.post(url("settings-role", project, member.pk), {"role": ""}, follow=True)

    assert "A project needs an owner" in response.content.decode()
    assert project.memberships.filter(user=lead).exists()


def test_role_in_another_project_is_out_of_reach(client, project):
    member = make_project().memberships.get()

    assert client.post(url("settings-role", project, member.pk), {}).status_code == 404


def test_project_that_lacks_items_says_so_and_does_not_start(client, project):
    response = client.post(url("settings-status", project), {"status": "active"}, follow=True)

    project.refresh_from_db()
    assert project.status == "draft"
    assert "Import items before you start" in response.content.decode()


def test_project_is_started_paused_and_stopped(client, project):
    add_items(project, 2)
    seen = []

    for status in ("active", "paused", "active", "stopped"):
        client.post(url("settings-status", project), {"status": status})
        project.refresh_from_db()
        seen.append(project.status)

    assert seen == ["active", "paused", "active", "stopped"]


def test_general_and_limits_are_changed(client, project):
    client.post(url("settings-general", project), {"name": "Better", "guidelines": "# Hm"})
    client.post(url("settings-limits", project), HANDING_OUT | {"overlap": 2, "max_skips": 4})

    project.refresh_from_db()
    assert (project.name, project.guidelines, project.overlap, project.max_skips) == (
        "Better", "# Hm", 2, 4
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "wrong", "limit"),
    [
        ("overlap", 21, "less than or equal to 20"),
        ("overlap_percent", 0, "greater than or equal to 1"),
        ("straggler_percent", 51, "less than or equal to 50"),
        ("straggler_leases", 0, "greater than or equal to 1"),
        ("batch_share_percent", 101, "less than or equal to 100"),
        ("batch_share_percent", 50, "1 person labels here, so it must be at least 100 %"),
        ("further_by", "nobody", "not one of the available choices"),
    ],
)
def test_wrong_rule_of_handing_out_is_refused_with_its_limit(client, project, field, wrong, limit):
    response = client.post(url("settings-limits", project), HANDING_OUT | {field: wrong})

    assert response.status_code == 422
    assert limit in response.content.decode()
    assert Project.objects.values_list(field, flat=True).get() != wrong


def test_rules_of_handing_out_are_changed_and_logged(client, project):
    rules = {"overlap": 3, "overlap_percent": 20, "further_by": "reviewers", "leads_label": ""}

    client.post(url("settings-limits", project), HANDING_OUT | rules)

    project.refresh_from_db()
    assert (project.overlap, project.overlap_percent, project.further_by, project.leads_label) == (
        3, 20, "reviewers", False
    )  # fmt: skip
    entry = AuditEntry.objects.filter(action="project.change").latest("pk")
    assert (entry.before["leads_label"], entry.after["leads_label"]) == (True, False)


def test_label_page_is_changed_and_logged(client, project):
    wanted = {"text_format": "markdown", "keywords": "refund\nred card", "show_reason": "never"}

    client.post(url("settings-labelling", project), wanted | {"bulk_allowed": "on"})

    project.refresh_from_db()
    assert (project.text_format, project.keywords.split(), project.show_reason) == (
        "markdown", ["refund", "red", "card"], "never"
    )  # fmt: skip
    assert (project.corrections_allowed, project.bulk_allowed) == (False, True)
    entry = AuditEntry.objects.filter(action="project.change").latest("pk")
    assert (entry.before["show_reason"], entry.after["show_reason"]) == ("after", "never")


@pytest.mark.parametrize(
    ("field", "wrong", "limit"),
    [
        ("text_format", "html", "not one of the available choices"),
        ("show_reason", "", "This field is required"),
        ("keywords", "fine\n" + "x" * 101, "line 2: has 101 characters; the limit is 100"),
        ("keywords", "\n".join(f"word {n}" for n in range(201)), "201 keywords; the limit is 200"),
    ],
)
def test_wrong_rule_of_the_label_page_is_refused_with_its_limit(
    client, project, field, wrong, limit
):
    response = client.post(url("settings-labelling", project), LABELLING | {field: wrong})

    assert response.status_code == 422
    assert limit in response.content.decode()
    assert Project.objects.values_list(field, flat=True).get() != wrong


def test_hostile_names_are_text(client, lead):
    hostile = "<script>alert(1)</script>"
    project = make_project(owner=lead, classes=(hostile, "no"), is_active=False)
    Project.objects.filter(pk=project.pk).update(name=hostile, guidelines=hostile)

    for name in ("settings", "items", "label"):
        assert hostile not in client.get(url(name, project)).content.decode()
