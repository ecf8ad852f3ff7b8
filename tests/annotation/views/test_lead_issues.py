"""The page of doubted labels: what it shows, what a lead says, and who may."""

import re

import pytest
from django.urls import reverse

from annotation.models import Assignment, Suspect
from annotation.services import projects
from tests.factories import NOW, answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def lead(client):
    user = make_user("ada")
    client.force_login(user, backend=BACKEND)
    return user


def doubted(lead, *, n):
    """So many items one person called yes and the model calls no; another has seen none."""
    project = make_project(n_items=n, owner=lead)
    people = [make_user() for _ in range(2)]
    for each in people:
        projects.set_role(project=project, user=each, role="annotator", actor=None)
    items = list(project.items.order_by("pk"))
    publish(project, items)
    for _ in items:
        answer(project, people[0], claim(project, people[0]))
    yes, no = project.classes.values_list("pk", flat=True)
    Suspect.objects.bulk_create(
        Suspect(
            project=project, item=item, value=[yes], predicted=[no],
            belief=place / 1000, confidence=0.9, found_at=NOW,
        )
        for place, item in enumerate(items)
    )  # fmt: skip
    return project, items


def page(client, project, name="quality-issues"):
    response = client.get(reverse(name, args=[project.slug]))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def test_the_list_says_label_model_and_who(client, lead):
    project, items = doubted(lead, n=2)

    text = page(client, project)

    assert f"text {items[0].key}" in text
    assert "90% sure" in text
    assert text.index(f"text {items[0].key}") < text.index(f"text {items[1].key}")


def test_an_empty_list_says_so(client, lead):
    assert "Nothing is doubted" in page(client, make_project(owner=lead))


def test_a_label_found_right_leaves_the_list(client, lead):
    project, items = doubted(lead, n=2)

    client.post(reverse("quality-issue-right", args=[project.slug, items[0].pk]))

    text = page(client, project)
    assert "It stays as it is" in text
    assert f"text {items[0].key}" not in text
    assert f"text {items[1].key}" in text
    client.post(reverse("quality-issue-right", args=[project.slug, items[0].pk]))
    assert "This label is not doubted any more." in page(client, project)


def test_an_item_is_asked_again_once(client, lead):
    project, items = doubted(lead, n=1)
    url = reverse("quality-issue-ask", args=[project.slug, items[0].pk])

    client.post(url)
    client.post(url)

    assert Assignment.objects.filter(item=items[0], purpose="relabel").count() == 1
    text = page(client, project)
    assert "Asked again" in text
    assert "Nobody is left to ask" in text


def test_statements_do_not_grow_with_the_list(client, lead, django_assert_max_num_queries):
    project, _ = doubted(lead, n=40)

    with django_assert_max_num_queries(9):
        client.get(reverse("quality-issues", args=[project.slug]))


def test_others_find_nothing(client):
    project, user = make_project(n_items=1), make_user()
    client.force_login(user, backend=BACKEND)
    item = project.items.get().pk
    for role in (None, "annotator", "reviewer"):
        if role:
            projects.set_role(project=project, user=user, role=role, actor=None)
        assert client.get(reverse("quality-issues", args=[project.slug])).status_code == 404
        for name in ("quality-issue-ask", "quality-issue-right"):
            url = reverse(name, args=[project.slug, item])
            assert client.post(url).status_code == 404


def test_another_projects_item_is_not_reached(client, lead):
    _, items = doubted(lead, n=1)
    other = make_project(owner=lead)

    client.post(reverse("quality-issue-right", args=[other.slug, items[0].pk]))

    assert Suspect.objects.get().dismissed_at is None
