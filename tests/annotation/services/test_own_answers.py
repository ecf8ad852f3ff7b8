"""One's own answers, looked at again: whose, which, and what may still be changed."""

from uuid import uuid4

import pytest

from annotation.models import Decision, ItemPayload, Label, Remark
from annotation.services import corrections, own_answers
from annotation.services.corrections import Change
from annotation.services.people import PER_PAGE, Wanted
from tests.factories import NOW, answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    project = make_project(n_items=4, budget=4)
    publish(project, project.items.order_by("pk"))
    return project


@pytest.fixture
def person():
    return make_user()


def given(project, person, *places):
    return [answer(project, person, claim(project, person), place=place) for place in places]


def found(project, person, **wanted):
    return own_answers.of(project, person, Wanted(**wanted))[0]


def items(owns):
    return [own.label.item_id for own in owns]


def change(label):
    return Change(label.project, label.pk, label.annotator, uuid4())


def test_newest_stands_first_and_leads_to_the_one_before(project, person):
    first, second = given(project, person, 0, 1)
    given(project, make_user(), 0)

    owns = found(project, person)

    assert items(owns) == [second.item_id, first.item_id]
    assert [own.then for own in owns] == [first.item_id, None]
    assert [[each.name for each in own.classes] for own in owns] == [["no"], ["yes"]]


def test_correction_stands_for_the_answer_and_what_was_taken_back_is_shown_as_such(project, person):
    first, second = given(project, person, 0, 1)
    corrected = corrections.revise(change(first), class_ids=[project.classes.last().pk])
    corrections.take_back(change(second), now=NOW)

    taken_back, standing = found(project, person)

    assert standing.label == corrected
    assert standing.can_change
    assert (taken_back.is_taken_back, taken_back.can_change) == (True, False)
    assert [each.name for each in taken_back.classes] == ["no"]


def test_search_looks_into_texts_and_rows_whatever_letters_they_have(project, person):
    first, second, third = given(project, person, 0, 0, 0)
    ItemPayload.objects.filter(item=first.item).update(text="Geld zurück", fields={})
    ItemPayload.objects.filter(item=second.item).update(text="", fields={"Ort": "Zürich"})

    assert items(found(project, person, search="zurück")) == [first.item_id]
    assert items(found(project, person, search="Zürich")) == [second.item_id]
    assert items(found(project, person, search="text")) == [third.item_id]
    assert found(project, person, search="100%") == []


def test_search_by_class_finds_what_stands(project, person):
    first, second = given(project, person, 0, 1)

    assert items(found(project, person, class_id=project.classes.last().pk)) == [second.item_id]
    assert items(found(project, person, class_id=project.classes.first().pk)) == [first.item_id]


def test_pages_go_on_where_the_one_before_ended(person):
    project = make_project(n_items=PER_PAGE + 1, budget=100)
    publish(project, project.items.order_by("pk"))
    labels = given(project, person, *[0] * (PER_PAGE + 1))

    page, more = own_answers.of(project, person, Wanted())
    rest, none = own_answers.of(project, person, Wanted(before=more))

    assert items(page) == [each.item_id for each in reversed(labels[1:])]
    # The last of a page knows which stands first on the next.
    assert page[-1].then == labels[0].item_id
    assert (items(rest), none) == ([labels[0].item_id], None)


def test_only_ones_own_remarks_stand_with_an_answer(project, person):
    (label,) = given(project, person, 0)
    for who, text in ((person, "mine"), (make_user(), "theirs")):
        said = {"kind": "comment", "text": text, "client_token": uuid4()}
        Remark.objects.create(project=project, item=label.item, annotator=who, **said)

    (own,) = found(project, person)

    assert [each.text for each in own.remarks] == ["mine"]


def decide(label, at=None):
    decision = Decision.objects.create(
        project=label.project, item=label.item, value=label.value, decided_by=make_user()
    )
    if at:
        Decision.objects.filter(pk=decision.pk).update(decided_at=at)


def test_item_decided_since_cannot_be_changed(project, person):
    (label,) = given(project, person, 0)
    decide(label)

    own = own_answers.one(project, person, label.item_id)

    assert (own.is_decided, own.can_change) == (True, False)


def test_item_whose_answer_was_known_before_looks_and_behaves_like_any_other(project, person):
    (label,) = given(project, person, 0)
    decide(label, at=NOW.replace(year=2020))

    own = own_answers.one(project, person, label.item_id)
    second = corrections.revise(change(label), class_ids=[project.classes.last().pk])

    assert own.can_change
    assert list(Label.objects.current()) == [second]


def test_answer_of_somebody_else_and_of_an_item_taken_out_are_not_found(project, person):
    (label,) = given(project, person, 0)

    assert own_answers.one(project, make_user(), label.item_id) is None
    project.items.filter(pk=label.item_id).update(withdrawn_at=NOW)
    assert own_answers.one(project, person, label.item_id) is None
