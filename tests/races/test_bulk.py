"""Several people claim and answer groups at the same moment, some beside single items."""

import threading
from uuid import uuid4

import pytest
from django.db import connection

from alapp.clock import database_now
from annotation.models import Assignment, Label, Project
from annotation.services import bulk, desk, labels, queue, together
from tests.factories import make_user
from tests.support.invariants import Acknowledged, violations
from tests.support.table import make_grouped_project

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 4


@pytest.mark.parametrize(("overlap", "budget"), [(1, 500), (2, 500), (2, 90)])
def test_groups_claimed_at_once_never_share_an_item_nor_overdraw(overlap, budget):
    people = [make_user() for _ in range(PEOPLE)]
    project = make_grouped_project(*people, n_items=60, budget=budget)
    Project.objects.update(overlap=overlap)
    project.refresh_from_db()
    if overlap == 2:
        Assignment.objects.bulk_create(second_slots(project))
    told = []
    failures = []
    start = threading.Barrier(PEOPLE)

    def work(person, alone):
        try:
            start.wait()
            told.extend(one_by_one(project, person) if alone else in_groups(project, person))
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=work, args=(person, place == 0))
        for place, person in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not failures
    assert len(told) == Label.objects.count() > 30
    assert violations(project, told) == []


def second_slots(project):
    return [
        Assignment(
            project=project, batch_id=each.batch_id, item_id=each.item_id, slot=1,
            position=each.position, purpose="overlap", prediction=each.prediction,
        )
        for each in project.assignments.all()
    ]  # fmt: skip


def in_groups(project, person):
    """Answer every group in parts, some sent twice, until there is none."""
    told = []
    while True:
        seat = desk.Seat(project, person, database_now())
        table = bulk.open_table(seat)
        if not table.order:
            return told
        chosen = project.classes.first().pk
        sent = [together.Sent(pk, uuid4()) for pk in table.order[:7]]
        for _ in range(2):
            outcome = together.answer(
                seat, sent, class_ids=[chosen], active_ms=3_000, wall_ms=3_000
            )
            assert not outcome.refused
        told += [Acknowledged(person.pk, each.token, (chosen,)) for each in sent]


def one_by_one(project, person):
    told = []
    for _ in range(20):
        laid = queue.sit_down(project=project, annotator=person, now=database_now())
        if not laid.assignments:
            return told
        chosen = project.classes.first().pk
        token = uuid4()
        labels.record(
            project=project,
            assignment_id=laid.assignments[0].pk,
            annotator=person,
            answer=labels.Answer([chosen], token, active_ms=500, wall_ms=500),
            now=database_now(),
        )
        told.append(Acknowledged(person.pk, token, (chosen,)))
    return told
