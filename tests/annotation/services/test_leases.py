from datetime import timedelta

import pytest

from annotation.models import Account, AuditEntry
from annotation.services import leases, queue
from tests.factories import NOW, answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return make_user("ada")


@pytest.fixture
def project(lead):
    project = make_project(n_items=6, owner=lead)
    publish(project, project.items.all())
    return project


def test_leases_show_person_item_age_and_time_left(project):
    slow, quick = make_user("slow"), make_user("quick")
    claim(project, slow)
    claim(project, quick, now=NOW + timedelta(seconds=90))

    found = leases.holders(project, now=NOW + timedelta(seconds=100))

    assert [each.person for each in found] == [slow, quick]
    assert [(each.age.seconds, each.left.seconds) for h in found for each in h.leases] == [
        (100, 500),
        (10, 590),
    ]
    assert found[0].leases[0].payload.text == "text 0"


def test_lease_that_ran_out_and_nobody_took_says_so(project):
    claim(project, make_user())

    (found,) = leases.holders(project, now=NOW + timedelta(seconds=601))

    assert found.leases[0].is_over


def test_one_lease_is_taken_back_with_its_budget(project, lead):
    person = make_user()
    first, second = claim(project, person), claim(project, person)

    n = leases.take_back(project=project, assignment_ids=[first.pk], actor=lead)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (n, first.state, second.state) == (1, "open", "leased")
    assert Account.objects.values_list("reserved", flat=True).get() == 1
    entry = AuditEntry.objects.get(action="lease.release")
    assert (entry.actor, entry.target, entry.before) == (
        lead,
        f"item {first.item_id}",
        person.username,
    )


def test_all_leases_of_one_person_are_taken_back_and_no_others(project, lead):
    one, two = make_user(), make_user()
    for person in (one, one, two):
        claim(project, person)

    n = leases.take_back_all(project=project, annotator_id=one.pk, actor=lead)

    assert n == 2
    assert [each.person for each in leases.holders(project, now=NOW)] == [two]


def test_answer_given_after_its_lease_was_taken_back_fills_the_slot(project, lead):
    person = make_user()
    held = claim(project, person)
    leases.take_back(project=project, assignment_ids=[held.pk], actor=lead)

    label = answer(project, person, held)

    assert not label.is_extra


def test_answered_item_cannot_be_taken_back(project, lead):
    person = make_user()
    held = claim(project, person)
    answer(project, person, held)

    assert leases.take_back(project=project, assignment_ids=[held.pk], actor=lead) == 0
    assert not AuditEntry.objects.filter(action="lease.release").exists()


def test_lease_of_another_project_cannot_be_taken_back_here(project, lead):
    held = claim(project, make_user())

    assert leases.take_back(project=make_project(), assignment_ids=[held.pk], actor=lead) == 0
    assert queue.renew(project=project, annotator=held.annotator, now=NOW)


def test_of_many_leases_the_oldest_are_shown_and_all_are_counted(project):
    people = [make_user() for _ in range(3)]
    for seconds, person in enumerate(people):
        claim(project, person, now=NOW + timedelta(seconds=seconds))

    shown = leases.holders(project, now=NOW + timedelta(seconds=9), limit=2)

    assert [each.person for each in shown] == people[:2]
    assert leases.count(project) == (3, 3)
