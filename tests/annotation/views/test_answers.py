"""My answers over HTTP: whose, what is refused and how, what it costs, what it never tells."""

from uuid import uuid4

import pytest
from django.urls import reverse

from annotation.models import Decision, Label, Project
from annotation.services import projects
from tests.factories import answer, claim, make_project, make_user, publish
from tests.support.tampering import rows_may_change

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def ada(client):
    person = make_user("ada")
    client.force_login(person, backend=BACKEND)
    return person


@pytest.fixture
def project(ada):
    project = make_project(n_items=5)
    projects.set_role(project=project, user=ada, role="annotator", actor=None)
    publish(project, project.items.order_by("pk"))
    return project


def given(project, person, place=0):
    return answer(project, person, claim(project, person), place=place)


def url(name, project, *args):
    return reverse(name, args=[project.slug, *args])


def put_right(client, label, *places, name="my-answer-change", query=""):
    classes = label.project.classes.all()
    sent = {
        "label": label.pk,
        "client_token": uuid4(),
        "classes": [classes[place].pk for place in places],
    }
    return client.post(url(name, label.project, label.item_id) + query, sent)


def stands(label):
    names = {each.pk: each.name for each in label.project.classes.all()}
    rows = Label.objects.current().filter(item=label.item, annotator=label.annotator)
    return [[names[pk] for pk in row.value] for row in rows]


def test_own_answers_are_listed_and_nobody_elses(client, ada, project):
    given(project, ada)
    theirs = given(project, make_user(), 1)

    page = client.get(url("my-answers", project)).text

    assert page.count("data-row") == 1
    assert url("my-answer", project, theirs.item_id) not in page
    assert client.get(url("my-answer", project, theirs.item_id)).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "name", ["my-answers", "my-answer", "my-answer-change", "my-answer-take-back"]
)
def test_outsider_gets_404(client, ada, name, method):
    other = make_project(n_items=1)
    args = [] if name == "my-answers" else [other.items.get().pk]
    if (method == "get") is (name in {"my-answers", "my-answer"}):
        assert getattr(client, method)(url(name, other, *args)).status_code == 404
    else:
        assert getattr(client, method)(url(name, other, *args)).status_code == 405


def test_correction_counts_and_the_next_older_answer_is_next(client, ada, project):
    older, label = given(project, ada), given(project, ada)

    reply = put_right(client, label, 1, query=f"?search=text&then={older.item_id}")

    assert stands(label) == [["no"]]
    assert reply.url == f"{url('my-answers', project)}?search=text#answer-{older.item_id}"
    assert "Corrected: no." in client.get(reply.url).text


def test_same_answer_again_is_said_to_stay(client, ada, project):
    label = given(project, ada)

    reply = put_right(client, label, 0)

    assert "Your answer stays: yes." in client.get(reply.url).text
    assert Label.objects.count() == 1


def test_answer_taken_back_is_marked_and_cannot_be_changed_here(client, ada, project):
    label = given(project, ada)

    reply = put_right(client, label, name="my-answer-take-back")

    assert "the item lies on your desk again" in client.get(reply.url).text
    page = client.get(url("my-answer", project, label.item_id)).text
    assert "You have taken this answer back" in page
    assert "client_token" not in page


def test_what_was_changed_elsewhere_is_said_with_what_stands_now(client, ada, project):
    label = given(project, ada)
    put_right(client, label, 1)

    reply = put_right(client, label, 0)

    assert reply.status_code == 409
    assert "changed this answer elsewhere" in reply.text
    assert stands(label) == [["no"]]
    newest = Label.objects.current().get()
    assert f'name="label" value="{newest.pk}"' in reply.text


def test_wrong_answer_is_refused_on_the_page(client, ada, project):
    label = given(project, ada)

    reply = put_right(client, label)

    assert reply.status_code == 422
    assert "exactly one class is wanted" in reply.text
    assert stands(label) == [["yes"]]


def test_item_taken_out_meanwhile_is_said_on_the_list(client, ada, project):
    label = given(project, ada)
    project.items.filter(pk=label.item_id).update(withdrawn_at=label.created_at)

    reply = put_right(client, label, 1)

    assert "taken out of the project" in client.get(reply.url).text


def test_decided_item_shows_the_answer_and_no_buttons(client, ada, project):
    label = given(project, ada)
    Decision.objects.create(
        project=project, item=label.item, value=label.value, decided_by=make_user()
    )

    page = client.get(url("my-answer", project, label.item_id)).text

    assert "Your lead has decided this item" in page
    assert "client_token" not in page
    assert put_right(client, label, 1).status_code == 409


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"corrections_allowed": False}, "does not allow answers to be corrected"),
        ({"status": "paused"}, "corrected while the project is active"),
    ],
)
def test_where_nothing_can_be_corrected_the_page_says_why(client, ada, project, fields, why):
    label = given(project, ada)
    Project.objects.filter(pk=project.pk).update(**fields)

    for address in (url("my-answers", project), url("my-answer", project, label.item_id)):
        assert why in client.get(address).text
    reply = put_right(client, label, 1)
    assert reply.status_code == 403
    assert why in reply.text


@pytest.mark.parametrize("purpose", ["audit", "gold"])
def test_pages_are_the_same_whatever_an_item_was_asked_for(client, ada, project, purpose):
    label = given(project, ada)

    def pages():
        texts = [
            client.get(url("my-answers", project)).text,
            client.get(url("my-answer", project, label.item_id)).text,
        ]
        return [
            [line for line in text.split("\n") if "token" not in line.lower()] for text in texts
        ]

    before = pages()
    with rows_may_change():
        Label.objects.filter(pk=label.pk).update(purpose=purpose, prediction={"classes": [1]})
    project.assignments.filter(pk=label.assignment_id).update(purpose=purpose)

    assert pages() == before


@pytest.mark.parametrize("name", ["my-answers", "my-answer"])
def test_statements_do_not_grow_with_answers(client, ada, project, name, django_assert_num_queries):
    labels = [given(project, ada) for _ in range(5)]
    args = [] if name == "my-answers" else [labels[0].item_id]

    # Who asks with project and classes, the answers with their items, decisions, remarks.
    with django_assert_num_queries(4):
        client.get(url(name, project, *args))
