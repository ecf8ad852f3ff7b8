"""The quality page: what it says before, with and without overlap, and what a lead decides."""

import re

import pytest
from django.urls import reverse

from annotation.models import Trust
from annotation.services import projects, reliability
from tests.factories import NOW, answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def lead(client):
    user = make_user("ada")
    client.force_login(user, backend=BACKEND)
    return user


def panel(lead, places, *, n_items):
    project = make_project(n_items=n_items, owner=lead)
    people = [make_user(f"person {n}") for n in range(len(places))]
    publish(project, list(project.items.order_by("pk")), overlap=len(places))
    for who, said in zip(people, places, strict=True):
        projects.set_role(project=project, user=who, role="annotator", actor=None)
        for place in said:
            answer(project, who, claim(project, who), place=place)
    return project, people


def page(client, project):
    response = client.get(reverse("quality", args=[project.slug]))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def test_nothing_is_claimed_before_it_is_measured(client, lead):
    project = make_project(n_items=2, owner=lead)

    assert "Nothing is measured yet" in page(client, project)


def test_no_overlap_is_said_and_how_to_get_some(client, lead):
    project, _ = panel(lead, [[0, 1, 0]], n_items=3)
    reliability.measure(project, now=NOW)

    text = page(client, project)

    assert "No item has answers of two people yet." in text
    assert "Let two people judge a tenth of the items" in text


def test_figures_people_pairs_and_classes(client, lead):
    """Two agree on 30 of 40 items, ten each way of the others; the third with the first always."""
    first = [0, 1] * 20
    second = [0, 1] * 15 + [1, 0] * 5
    project, _ = panel(lead, [first, second, first], n_items=40)
    reliability.measure(project, now=NOW)

    text = page(client, project)

    # Of three pairs an item one always agrees, two in three of four: (40 + 30 + 30) / 120.
    assert "83%" in text
    assert "40 shared items" in text
    assert "person 1" in text
    # Cohen of first and second: observed 0.75, chance 0.5.
    assert "0.50" in text
    assert "said no for yes" in text
    assert "Class by class" in text


def test_answers_are_left_out_with_a_reason_and_count_again(client, lead):
    project, people = panel(lead, [[0] * 20, [0] * 20, [1] * 20], n_items=20)
    reliability.measure(project, now=NOW)
    url = reverse("quality-leave-out", args=[project.slug, people[2].pk])

    client.post(url, {"is_left_out": "yes", "reason": ""})
    assert not Trust.objects.exists()
    assert "Say why these answers are to count for nothing." in page(client, project)

    client.post(url, {"is_left_out": "yes", "reason": "Answers without looking"})
    assert Trust.objects.get().is_left_out
    assert "Left out" in page(client, project)
    client.post(url, {"is_left_out": "no"})
    assert not Trust.objects.get().is_left_out


def test_somebody_is_paused_and_handed_items_again(client, lead):
    project, people = panel(lead, [[0, 0]], n_items=2)
    url = reverse("quality-pause", args=[project.slug, people[0].pk])

    client.post(url, {"is_paused": "yes"})
    assert Trust.objects.get().is_paused
    client.post(url, {"is_paused": "no"})
    assert not Trust.objects.get().is_paused


def test_others_find_no_quality_page(client):
    project, user = make_project(), make_user()
    client.force_login(user, backend=BACKEND)
    for role in (None, "annotator", "reviewer"):
        if role:
            projects.set_role(project=project, user=user, role=role, actor=None)
        for name, more in (("quality", []), ("quality-leave-out", [1]), ("quality-pause", [1])):
            url = reverse(name, args=[project.slug, *more])
            response = client.get(url) if name == "quality" else client.post(url)
            assert response.status_code in (403, 404)


def test_somebody_elses_people_are_not_found(client, lead):
    project, stranger = make_project(owner=lead), make_user()

    url = reverse("quality-pause", args=[project.slug, stranger.pk])

    assert client.post(url, {"is_paused": "yes"}).status_code == 404


def test_statements_do_not_grow_with_people_and_items(client, lead, django_assert_max_num_queries):
    project, _ = panel(lead, [[0, 1] * 5] * 4, n_items=10)
    reliability.measure(project, now=NOW)
    url = reverse("quality", args=[project.slug])

    with django_assert_max_num_queries(14):
        client.get(url)


def test_names_are_text(client, lead):
    project, people = panel(lead, [[0], [1]], n_items=1)
    people[0].first_name = "<script>alert(1)</script>"
    people[0].save()
    reliability.measure(project, now=NOW)

    assert "<script>alert(1)" not in page(client, project)
