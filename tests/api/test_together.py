"""Answering many similar items at once by program."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotation import tickets
from annotation.models import Assignment, Label, Project
from annotation.services import tokens
from tests.factories import make_user
from tests.support.table import make_grouped_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return make_user("ada")


@pytest.fixture
def project(ada):
    return make_grouped_project(ada, n_items=40)


@pytest.fixture
def send(ada, project):
    """Return send(name, **body): what the API answers to it."""
    cache.clear()
    _, text = tokens.make(user=ada, name="bot", wanted=["label"], now=timezone.now())

    def post(name, **body):
        return Client().post(
            reverse(f"api:{name}", args=[project.slug]),
            body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {text}"},
        )

    return post


def a_minute_ago(ada):
    """Let what is held have been held for a minute, so that the times claimed are believed."""
    Assignment.objects.filter(annotator=ada).update(leased_at=timezone.now() - timedelta(minutes=1))


def given(cards):
    return [{"ticket": each["ticket"], "client_token": each["client_token"]} for each in cards]


def test_group_is_claimed_and_the_same_again_without_the_cards_one_has(send, ada, project):
    yes, no = project.classes.all()

    first = send("together")
    again = send("together", have=first.json()["order"])

    assert first.status_code == 200, first.content
    table = first.json()
    assert table["group"] == f"class-{yes.pk}"
    assert [(each["key"], each["class_id"]) for each in table["groups"]] == [
        (f"class-{yes.pk}", yes.pk), (f"class-{no.pk}", no.pk),
    ]  # fmt: skip
    held = Assignment.objects.filter(annotator=ada, state="leased").order_by("position")
    assert table["order"] == [each.pk for each in held]
    assert [each["assignment"] for each in table["cards"]] == table["order"]
    assert (again.json()["order"], again.json()["cards"]) == (table["order"], [])


def test_another_group_is_claimed_by_its_key(send, project):
    no = project.classes.all()[1]

    table = send("together", group=f"class-{no.pk}").json()

    held = Assignment.objects.filter(pk__in=table["order"])
    assert table["group"] == f"class-{no.pk}"
    assert {each.prediction["class_id"] for each in held} == {no.pk}


def test_one_answer_is_recorded_for_each_item_once_and_its_time_shared_out(send, ada, project):
    yes = project.classes.all()[0]
    three = send("together").json()["cards"][:3]
    a_minute_ago(ada)
    sent = {"items": given(three), "classes": [yes.pk], "active_ms": 1_000}

    done, twice = send("together-answer", **sent), send("together-answer", **sent)

    assert (done.status_code, twice.status_code) == (200, 200), done.content
    assert (done.json()["n_recorded"], done.json()["refused"]) == (3, [])
    assert not {each["assignment"] for each in three} & set(done.json()["table"]["order"])
    # 1,000 ms of three: 334 + 333 + 333.
    assert sorted(Label.objects.values_list("active_ms", flat=True)) == [333, 333, 334]


def test_one_that_is_refused_does_not_keep_the_others(send, ada, project):
    yes = project.classes.all()[0]
    two = send("together").json()["cards"][:2]
    a_minute_ago(ada)
    nobodys = tickets.issue(assignment_id=10**9, user_id=ada.pk)
    items = [*given(two), {"ticket": nobodys, "client_token": str(uuid4())}]

    done = send("together-answer", items=items, classes=[yes.pk]).json()

    assert done["n_recorded"] == 2
    assert [each["assignment"] for each in done["refused"]] == [10**9]
    assert done["refused"][0]["why"]


def test_answers_given_together_are_taken_back_together(send, ada, project):
    yes = project.classes.all()[0]
    two = send("together").json()["cards"][:2]
    a_minute_ago(ada)
    send("together-answer", items=given(two), classes=[yes.pk])

    undo = {"answers": [each["client_token"] for each in two], "client_token": str(uuid4())}
    back, twice = send("together-undo", **undo), send("together-undo", **undo)

    assert (back.json()["n"], twice.json()["n"]) == (2, 2)
    assert {each["assignment"] for each in two} <= set(back.json()["table"]["order"])
    # Append-only: two answers, and two that take them back.
    assert Label.objects.count() == 4


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"classes": [10**9]}, 422),
        ({"items": []}, 422),
        ({"group": "class-x"}, 422),
        ({"items": [{"ticket": "1.1:forged", "client_token": str(uuid4())}]}, 403),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_recorded(send, project, changed, status):
    cards = send("together").json()["cards"][:2]
    sent = {"items": given(cards), "classes": [project.classes.all()[0].pk]}

    assert send("together-answer", **(sent | changed)).status_code == status
    assert not Label.objects.exists()


def test_leaving_gives_everything_back_at_once(send, ada):
    send("together")

    assert send("together-leave").status_code == 204
    assert not Assignment.objects.filter(annotator=ada, state="leased").exists()


def test_where_a_lead_has_items_answered_one_by_one_no_group_is_given(send, ada, project):
    cards = send("together").json()["cards"][:1]
    a_minute_ago(ada)
    Project.objects.update(bulk_allowed=False)

    refused = send("together")
    late = send("together-answer", items=given(cards), classes=[project.classes.all()[0].pk])

    assert refused.status_code == 409
    # What was held already is recorded, as on the page.
    assert (late.json()["n_recorded"], late.json()["table"]) == (1, None)
