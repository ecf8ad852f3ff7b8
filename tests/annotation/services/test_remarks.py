"""Flags and comments: recorded once, in nobody's way, shown to the lead until ticked off."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from annotation.models import AuditEntry, Label, Remark
from annotation.services import remarks
from annotation.services.remarks import Said
from tests.factories import NOW, answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    project = make_project(n_items=3)
    publish(project, project.items.all())
    return project


@pytest.fixture
def person():
    return make_user()


def say(project, person, held, *, kind="wrong_data", text="", token=None):
    said = Said(kind, text, token or uuid4())
    return remarks.make(project=project, assignment_id=held.pk, annotator=person, said=said)


def test_flag_leaves_the_item_with_its_annotator(project, person):
    held = claim(project, person)

    flag = say(project, person, held)

    held.refresh_from_db()
    assert (held.state, held.annotator) == ("leased", person)
    assert (flag.item_id, flag.kind, flag.annotator) == (held.item_id, "wrong_data", person)
    assert not Label.objects.exists()


def test_remark_sent_twice_is_recorded_once(project, person):
    held, token = claim(project, person), uuid4()

    first = say(project, person, held, token=token)
    second = say(project, person, held, token=token)

    assert first == second
    assert Remark.objects.count() == 1


def test_remark_arrives_also_after_the_answer(project, person):
    held = claim(project, person)
    answer(project, person, held)

    say(project, person, held, kind="comment", text=" The price is missing. ")

    assert Remark.objects.get().text == "The price is missing."


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        ("comment", "  ", "needs words"),
        ("comment", "x" * 2_001, "2001 characters; 2000 is the limit"),
        ("praise", "", "not a kind of remark"),
    ],
)
def test_wrong_remark_is_refused(project, person, kind, text, why):
    with pytest.raises(ValidationError, match=why):
        say(project, person, claim(project, person), kind=kind, text=text)


def test_item_of_another_project_takes_no_remark(project, person):
    with pytest.raises(ValidationError, match="not part of this project"):
        say(make_project(), person, claim(project, person))


def test_database_refuses_a_comment_without_words(project, person):
    with pytest.raises(IntegrityError), transaction.atomic():
        Remark.objects.create(
            project=project,
            item=project.items.first(),
            annotator=person,
            kind="comment",
            client_token=uuid4(),
        )


def test_lead_sees_items_with_what_was_said_and_answered(project, person):
    first, other = claim(project, person), make_user()
    say(project, person, first)
    say(project, person, first, kind="comment", text="No price.")
    given = answer(project, person, first)
    second = claim(project, other)
    say(project, other, second, kind="guideline")

    found = remarks.waiting(project, limit=10)

    assert [each.item.pk for each in found] == [first.item_id, second.item_id]
    assert [each.kind for each in found[0].remarks] == ["wrong_data", "comment"]
    assert found[0].answers == [given]
    assert remarks.count_waiting(project) == 2


def test_ticking_off_empties_the_list_and_is_logged_once(project, person):
    held, lead = claim(project, person), make_user()
    say(project, person, held)

    n = [
        remarks.settle(project=project, item_id=held.item_id, actor=lead, now=NOW) for _ in range(2)
    ]

    assert n == [1, 0]
    assert remarks.waiting(project, limit=10) == []
    assert Remark.objects.get().settled_by == lead
    assert AuditEntry.objects.filter(action="remark.settle").count() == 1
    assert len(remarks.of_item(held.item_id)) == 1
