"""Answering by program: the same desk as on the page, and hardly dearer."""

from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from annotation.models import Assignment, Label, Remark, Skip, State
from annotation.services import projects, tokens
from tests.factories import add_items, make_project, make_user, publish

pytestmark = pytest.mark.django_db
# One to write when the token was used last is not among them: at most once a minute.
PAGE_STATEMENTS = 12


@pytest.fixture
def ada():
    return make_user("ada")


@pytest.fixture
def project(ada):
    project = make_project()
    publish(project, add_items(project, 6))
    projects.set_role(project=project, user=ada, role="annotator", actor=None)
    return project


@pytest.fixture
def send(ada, project):
    """Return send(name, **body): what the API answers to it."""
    cache.clear()
    _, text = tokens.make(user=ada, name="bot", wanted=["label"], now=timezone.now())

    def post(name, *args, **body):
        return Client().post(
            reverse(f"api:{name}", args=[project.slug, *args]),
            body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {text}"},
        )

    return post


def of(card, **more):
    return {"ticket": card["ticket"], "client_token": card["client_token"], **more}


def test_claim_gives_the_item_and_the_next_and_the_same_again(send):
    first, again = send("claim").json(), send("claim").json()

    assert len(first["cards"]) == 2
    assert first["order"] == again["order"]
    assert first["cards"][0]["payload"]["text"].startswith("text ")
    assert first["nothing"] is None


def test_answer_is_recorded_once_and_brings_the_next(send, project, ada):
    first, second = send("claim").json()["cards"]
    yes = project.classes.all()[0].pk
    sent = of(first, classes=[yes], active_ms=10, have=[second["assignment"]])

    answers = [send("answer", **sent), send("answer", **sent)]

    assert [each.status_code for each in answers] == [200, 200]
    assert [each["assignment"] for each in answers[0].json()["cards"]] != [second["assignment"]]
    assert answers[0].json()["order"][0] == second["assignment"]
    assert answers[0].json()["answered"]["classes"] == [yes]
    assert Label.objects.get().annotator == ada


def test_answer_costs_no_more_statements_than_the_page(send, project):
    first, second = send("claim").json()["cards"]
    yes = project.classes.all()[0].pk

    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = send("answer", **of(first, classes=[yes], have=[second["assignment"]]))

    assert answer.status_code == 200
    assert len(answer.json()["cards"]) == 1
    assert len(asked) <= PAGE_STATEMENTS, [each["sql"][:120] for each in asked]


def test_nothing_tells_the_purpose_of_an_item(send, project):
    Assignment.objects.filter(project=project).update(purpose="audit")

    text = send("claim").content.decode()

    for word in ("audit", "gold", "purpose", "score", "probability"):
        assert word not in text


def test_skip_undo_heartbeat_leave_and_remark_do_what_the_page_does(send, project):
    first, second = send("claim").json()["cards"]
    token = first["remark_token"]

    said = send("remark", ticket=first["ticket"], remark_token=token, kind="comment", text="Hm")
    skipped = send("skip", ticket=first["ticket"], reason="unsure")
    yes = project.classes.all()[0].pk
    send("answer", **of(second, classes=[yes]))
    undone = send("undo", client_token=str(uuid4()))

    assert (said.status_code, skipped.status_code, undone.status_code) == (201, 200, 200)
    assert Remark.objects.get().text == "Hm"
    assert Skip.objects.get().reason == "unsure"
    assert undone.json()["order"][0] == second["assignment"]
    assert send("heartbeat").json()["beat_seconds"] == 30
    assert send("leave").status_code == 204
    # The two in hand when the answer was given, and the one that was taken back.
    assert Assignment.objects.filter(state=State.LEASED).count() == 3


def test_own_answer_is_corrected_and_taken_back(send, project, ada):
    first, _ = send("claim").json()["cards"]
    yes, no = (each.pk for each in project.classes.all())
    send("answer", **of(first, classes=[yes]))
    label = Label.objects.get()

    token = str(uuid4())
    corrected = [
        send("correct", label.item_id, label=label.pk, client_token=token, classes=[no])
        for _ in range(2)
    ]
    stale = send("take-back", label.item_id, label=label.pk, client_token=str(uuid4()))
    now = corrected[0].json()["label"]
    back = send("take-back", label.item_id, label=now, client_token=str(uuid4()))

    assert [each.status_code for each in corrected] == [200, 200]
    assert [each["id"] for each in corrected[0].json()["classes"]] == [no]
    assert stale.status_code == 409
    assert back.status_code == 200
    assert back.json()["is_taken_back"]


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"classes": ["x"]}, 422, "classes.0"),
        ({"classes": [1] * 201}, 422, "classes"),
        ({"client_token": "x"}, 422, "client_token"),
        ({"active_ms": -1}, 422, "active_ms"),
        ({"colour": "red"}, 422, "colour"),
        ({"classes": []}, 422, ""),
    ],
)
def test_wrong_answer_names_its_field_and_records_nothing(send, project, wrong, status, field):
    card = send("claim").json()["cards"][0]
    yes = project.classes.all()[0].pk

    answer = send("answer", **(of(card, classes=[yes]) | wrong))

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == field
    assert not Label.objects.exists()


def test_limit_that_was_broken_is_named(send):
    card = send("claim").json()["cards"][0]

    found = send("answer", **of(card, classes=[1] * 201)).json()["errors"][0]

    assert found["limit"] == "200"


def test_anothers_ticket_is_refused(send):
    assert send("skip", ticket="1.1:made-up", reason="other").status_code == 403
