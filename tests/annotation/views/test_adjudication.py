"""The pages of disagreements: who may open them, what they tell, what they do."""

import re

import pytest
from django.urls import reverse

from annotation.models import AuditEntry, Consensus, Decision, Remark, Returned
from annotation.services import projects
from tests.factories import make_project, make_user
from tests.support.panel import items_of, panel, remark

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
NAMES = ["Wilhelmina", "Bartholomew"]


@pytest.fixture
def lead(client):
    user = make_user("ada")
    client.force_login(user, backend=BACKEND)
    return user


@pytest.fixture
def disputed(lead):
    """Two items, tied between two people."""
    return panel([[0, 0], [1, 1]], names=NAMES, owner=lead)


def address(name, project, *more):
    return reverse(name, args=[project.slug, *more])


def page(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def yes(project):
    return project.classes.all()[0].pk


def test_queue_lists_what_waits_with_why_and_how_many(client, disputed):
    project, _ = disputed

    text = page(client, address("disagreements", project))

    assert "Tied <b>2</b>" in text
    assert text.count("Decide<span") == 2
    assert "Wilhelmina" not in text
    assert (
        page(client, address("disagreements", project) + "?reason=said").count("Decide<span") == 0
    )


def test_nothing_to_decide_says_what_would_come(client, lead):
    text = page(client, address("disagreements", make_project(owner=lead)))

    assert "Nothing to decide" in text


def test_names_are_not_in_the_page_until_it_is_decided(client, disputed):
    project, _ = disputed
    url = address("disagreement", project, items_of(project)[0].pk)

    before = page(client, url)
    assert not any(name in before for name in NAMES)
    client.post(url, {"classes": yes(project), "comment": "Look at the last word."})
    after = page(client, url)

    assert all(name in after for name in NAMES)
    assert after.count(">Right<") == after.count(">Otherwise<") == 1
    assert "Look at the last word." in after
    assert Consensus.objects.get(item=items_of(project)[0]).is_final


def test_a_decision_leads_to_the_next_of_the_queue_and_back(client, disputed):
    project, _ = disputed
    first, second = items_of(project)
    rows = re.findall(
        r'href="([^"]+\?at=[^"]+)">Decide<', page(client, address("disagreements", project))
    )

    response = client.post(rows[0], {"classes": yes(project)}, follow=True)

    text = response.content.decode()
    assert rows[0].split("?")[1] in response.redirect_chain[0][0]
    assert re.search(rf'rel="next" data-key="ArrowRight Enter"[^>]*{re.escape(rows[1])}"', text)
    client.post(address("disagreement-undo", project, first.pk))
    assert f"{address('disagreement', project, first.pk)}?at=" in page(client, rows[1])
    assert str(second.pk) in rows[1]


def test_a_decision_is_taken_back(client, disputed):
    project, _ = disputed
    item = items_of(project)[0]
    client.post(address("disagreement", project, item.pk), {"classes": yes(project)})
    assert item.key in page(client, address("decided", project))

    client.post(address("disagreement-undo", project, item.pk))

    assert not Decision.objects.standing().exists()
    assert "Nothing is decided yet" in page(client, address("decided", project))
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"item.decide", "item.undo_decision"} <= actions


def test_who_was_faster_wins_and_the_other_is_told(client, disputed):
    project, _ = disputed
    url = address("disagreement", project, items_of(project)[0].pk)
    client.post(url, {"classes": yes(project)})

    response = client.post(url, {"classes": yes(project)}, follow=True)

    assert "Somebody has decided this item already." in response.content.decode()
    assert Decision.objects.count() == 1


def test_a_wrong_decision_is_refused(client, disputed):
    project, _ = disputed
    url = address("disagreement", project, items_of(project)[0].pk)

    response = client.post(url, {"classes": [999_999]}, follow=True)

    assert "The decision was not recorded" in response.content.decode()
    assert client.post(url, {"classes": "x"}).status_code == 422
    assert client.post(url, {"classes": yes(project), "comment": "x" * 1_001}).status_code == 422
    assert not Decision.objects.exists()


def test_an_answer_is_returned_with_a_comment_and_never_without(client, disputed):
    project, people = disputed
    label = people[0].labels.first()
    url = address("disagreement-return", project, label.item_id)

    refused = client.post(url, {"label": label.pk, "comment": " "}, follow=True)
    assert "Say what they should look at again." in refused.content.decode()
    client.post(url, {"label": label.pk, "comment": "Which word says so?"})

    assert Returned.objects.get().annotator == people[0]
    text = page(client, address("disagreement", project, label.item_id))
    assert "Which word says so?" in text
    assert "Wilhelmina" not in text
    twice = client.post(url, {"label": label.pk, "comment": "Again"}, follow=True)
    assert "returned already" in twice.content.decode()


def test_remarks_stand_by_the_letter_of_who_made_them_and_are_ticked_off(client, disputed):
    project, people = disputed
    item = items_of(project)[0]
    remark(project, item, people[0], kind="comment", text="A <b>riddle</b>")
    url = address("disagreement", project, item.pk)

    text = page(client, url)
    assert "A &lt;b&gt;riddle&lt;/b&gt;" in text
    assert "Wilhelmina" not in text
    client.post(address("disagreement-tick-off", project, item.pk))

    assert not Remark.objects.waiting().exists()
    assert "Tick off what was said" not in page(client, url)


def test_reviewers_decide_and_annotators_find_nothing(client):
    project, _ = panel([[0], [1]])
    item = items_of(project)[0]
    user = make_user()
    client.force_login(user, backend=BACKEND)
    gets = [("disagreements", []), ("decided", []), ("disagreement", [item.pk])]
    posts = [f"disagreement{each}" for each in ("", "-undo", "-return", "-tick-off")]

    for role in (None, "annotator"):
        projects.set_role(project=project, user=user, role=role, actor=None)
        for name, more in gets:
            assert client.get(address(name, project, *more)).status_code == 404
        for name in posts:
            url = address(name, project, item.pk)
            assert client.post(url, {"classes": yes(project)}).status_code == 404
    assert not Decision.objects.exists()

    projects.set_role(project=project, user=user, role="reviewer", actor=None)
    for name, more in gets:
        assert client.get(address(name, project, *more)).status_code == 200
    client.post(address("disagreement", project, item.pk), {"classes": yes(project)})
    assert Decision.objects.get().decided_by == user


def test_another_projects_item_is_not_found(client, disputed, lead):
    project = make_project(owner=lead)
    item = items_of(disputed[0])[0]

    assert client.get(address("disagreement", project, item.pk)).status_code == 404
    url = address("disagreement", project, item.pk)
    assert client.post(url, {"classes": yes(project)}).status_code == 404


def test_several_classes_per_item_are_decided_together(client, lead):
    project, _ = panel([[0], [1]], owner=lead, task="multi")
    item = items_of(project)[0]
    both = [each.pk for each in project.classes.all()]

    client.post(address("disagreement", project, item.pk), {"classes": both})

    assert Decision.objects.get().value == sorted(both)


@pytest.mark.parametrize("n", [2, 4])
def test_statements_do_not_grow_with_items_and_people(client, lead, django_assert_num_queries, n):
    project, _ = panel([[0] * n, [1] * n] * (n // 2), owner=lead)

    with django_assert_num_queries(6):
        client.get(address("disagreements", project))
    with django_assert_num_queries(15):
        client.get(address("disagreement", project, items_of(project)[0].pk))
    with django_assert_num_queries(3):
        client.get(address("decided", project))
