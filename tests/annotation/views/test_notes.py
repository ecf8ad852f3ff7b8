"""What annotators read from their lead, and the quiet note that takes them there."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from annotation.models import Assignment, Project, Returned
from annotation.services import decisions, known_answers, projects
from annotation.services.known_answers import Known
from tests.factories import NOW, add_items, answer, make_user, publish
from tests.support.panel import panel

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
NOTE = "Your lead asks you to look at an answer again"


@pytest.fixture
def returned(client):
    """An answer of the one who is signed in was returned."""
    project, (one, _) = panel([[0], [1]])
    client.force_login(one, backend=BACKEND)
    decisions.send_back(
        project=project,
        label_id=one.labels.get().pk,
        comment="Which <b>word</b> says so?",
        actor=make_user("ada"),
        now=NOW,
    )
    return project, one


def page(client, project, name="notes"):
    response = client.get(reverse(name, args=[project.slug]))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def send(client, project, **sent):
    url = reverse("notes-settle", args=[project.slug, Returned.objects.get().pk])
    return client.post(url, {"client_token": uuid4(), **sent}, follow=True)


def test_label_page_says_quietly_that_an_answer_was_returned(client, returned):
    project, _ = returned
    assert NOTE in page(client, project, "label")
    assert "Which &lt;b&gt;word&lt;/b&gt; says so?" in page(client, project)

    assert "Your answer stays as it is." in send(client, project, keeps="yes").content.decode()

    assert NOTE not in page(client, project, "label")
    assert "Nothing waits for you." in page(client, project)


def test_another_answer_takes_its_place(client, returned):
    project, one = returned

    reply = send(client, project, classes=project.classes.all()[1].pk)

    assert "Your answer is corrected." in reply.content.decode()
    assert one.labels.current().get().value == [project.classes.all()[1].pk]
    assert "does not wait for you any more" in send(client, project, keeps="yes").content.decode()


def test_what_is_wrong_is_said_and_changes_nothing(client, returned):
    project, one = returned

    send(client, project, classes=999_999)
    assert one.labels.count() == 1
    assert Returned.objects.waiting().exists()


def test_others_cannot_settle_it_and_strangers_find_nothing(client, returned):
    project, _ = returned
    other = make_user()
    client.force_login(other, backend=BACKEND)
    assert client.get(reverse("notes", args=[project.slug])).status_code == 404
    assert send(client, project, keeps="yes").status_code == 404

    projects.set_role(project=project, user=other, role="annotator", actor=None)
    assert NOTE not in page(client, project, "label")
    assert "says so?" not in page(client, project)
    assert "does not wait for you any more" in send(client, project, keeps="yes").content.decode()
    assert Returned.objects.waiting().exists()


def test_statements_of_the_page(client, returned, django_assert_num_queries):
    project, _ = returned
    with django_assert_num_queries(3):
        client.get(reverse("notes", args=[project.slug]))


@pytest.mark.parametrize("tells", [True, False])
def test_known_answers_are_in_no_page_before_the_answer(client, returned, tells):
    """Nothing annotators get says which item is known: neither word nor the answer's name."""
    project, one = returned
    Project.objects.update(gold_percent=50, gold_feedback=tells)
    project.refresh_from_db()
    items = add_items(project, 3)
    projects.set_classes(
        project=project,
        drafts=[
            *(projects.ClassDraft(each.name, id=each.pk) for each in project.classes.all()),
            projects.ClassDraft("peculiar"),
        ],
        actor=None,
    )
    peculiar = project.classes.get(name="peculiar").pk
    lead = make_user()
    known = [Known(items[0].pk, [peculiar])]
    known_answers.add(project=project, known=known, source="upload", actor=lead, now=NOW)
    publish(project, items[1:], number=1, overlap=1)

    for _ in range(3):
        text = page(client, project)
        assert "Items whose answer was known" not in text
        label = page(client, project, "label")
        for word in ("gold", "Known answer", "known answer"):
            assert word not in label
        assignment = Assignment.objects.filter(annotator=one, state="leased").first()
        is_known = assignment.purpose == "gold"
        answer(project, one, assignment)
        if is_known:
            break
    assert is_known
    assert ("Items whose answer was known" in page(client, project)) is tells
