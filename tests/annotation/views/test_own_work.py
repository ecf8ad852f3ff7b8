"""What somebody reads of their own work: theirs alone, and nothing where it would say nothing."""

import re

import pytest
from django.urls import reverse

from annotation.services import budgets, projects, reliability
from tests.factories import NOW, answer_in_time, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def panel(places, *, n_items):
    project = make_project(n_items=n_items)
    people = [make_user(f"person {n}") for n in range(len(places))]
    publish(project, list(project.items.order_by("pk")), overlap=len(places))
    for who, said in zip(people, places, strict=True):
        projects.set_role(project=project, user=who, role="annotator", actor=None)
        for place in said:
            answer_in_time(project, who, claim(project, who), place=place)
    reliability.measure(project, now=NOW)
    return project, people


def page(client, project, user):
    client.force_login(user, backend=BACKEND)
    response = client.get(reverse("own-work", args=[project.slug]))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def test_few_shared_items_say_nothing_of_agreement(client):
    project, people = panel([[0, 1, 0], [0, 1, 1]], n_items=3)

    text = page(client, project, people[0])

    assert "3 answers stand." in text
    # 1.5 s each.
    assert "about 1.5 s an answer" in text
    assert "So far you share 3 items with others" in text
    assert "The others mostly said" not in text


def test_agreement_has_its_interval_and_the_classes_that_differ(client):
    """The third says yes for no on six of 24 items."""
    said = [0, 1] * 12
    project, people = panel([said, said, [0] * 12 + [0, 1] * 6], n_items=24)

    text = page(client, project, people[2])

    assert "from 24 items you share" in text
    assert re.search(
        r"<td dir=.auto.>yes</td><td dir=.auto.>no</td><td class=.number.>6</td>", text
    )
    assert "To differ is not to be wrong" in text


def test_money_is_counted_once_whatever_budgets_there_are(client):
    project = make_project(n_items=2)
    project.pay_rate = 100_000
    project.save()
    for scope in ("project", "annotator"):
        budgets.set_limit(project=project, scope=scope, unit="money", limit=9_000_000, actor=None)
    person = make_user()
    projects.set_role(project=project, user=person, role="annotator", actor=None)
    publish(project, project.items.all())
    answer_in_time(project, person, claim(project, person))

    # One label at 1.00.
    assert "They count for 1.00 EUR." in page(client, project, person)


def test_nobody_reads_of_others(client):
    project, people = panel([[0, 1], [0, 0]], n_items=2)

    assert "person 1" not in page(client, project, people[0])
    stranger = make_user()
    client.force_login(stranger, backend=BACKEND)
    assert client.get(reverse("own-work", args=[project.slug])).status_code == 404


def test_statements_do_not_grow_with_the_work(client, django_assert_max_num_queries):
    project, people = panel([[0, 1] * 12, [0, 1] * 12], n_items=24)
    client.force_login(people[0], backend=BACKEND)

    with django_assert_max_num_queries(6):
        client.get(reverse("own-work", args=[project.slug]))
