"""Active time: what pages claim is believed as far as it can be true, whichever way it comes."""

from datetime import timedelta
from uuid import uuid4

import pytest

from annotation.models import Label
from annotation.services import labels, queue
from tests.factories import NOW, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db


def seconds(n):
    return timedelta(seconds=n)


@pytest.fixture
def person():
    return make_user()


def make_desk():
    project = make_project(n_items=6)
    publish(project, project.items.all())
    return project


def answer(project, person, held, *, active, at, wall=0):
    """Answer after so many seconds, claiming so many; return the seconds that were believed."""
    given = labels.Answer([project.classes.all()[0].pk], uuid4(), 1000 * active, 1000 * wall)
    label = labels.record(
        project=project,
        assignment_id=held.pk,
        annotator=person,
        answer=given,
        now=NOW + seconds(at),
    )
    return label.active_ms / 1000


def test_no_more_than_since_the_hand_out_is_believed(person):
    project = make_desk()

    assert answer(project, person, claim(project, person), active=9, at=10) == 9
    held = claim(project, person, NOW + seconds(20))
    assert answer(project, person, held, active=60, at=50) == 30


def test_time_of_two_projects_at_once_is_counted_once(person):
    here, there = make_desk(), make_desk()
    held, other = claim(here, person), claim(there, person)

    assert answer(here, person, held, active=20, at=30) == 20
    # Of the 40 seconds since the hand-out 20 are accounted for.
    assert answer(there, person, other, active=40, at=40) == 20


def test_time_of_somebody_else_does_not_count(person):
    project = make_desk()
    held, other = claim(project, person), claim(project, make_user())

    assert answer(project, other.annotator, other, active=30, at=30) == 30
    assert answer(project, person, held, active=30, at=30) == 30


def test_answers_that_waited_for_a_connection_keep_their_time(person):
    project = make_desk()
    held = [claim(project, person) for _ in range(3)]

    assert [answer(project, person, each, active=20, at=70) for each in held] == [20, 20, 20]


def test_answer_after_undo_counts_from_the_undo_on(person):
    project = make_desk()
    held = claim(project, person)
    answer(project, person, held, active=30, at=30)
    labels.undo(project=project, annotator=person, token=uuid4(), now=NOW + seconds(35))

    assert answer(project, person, held, active=60, at=40) == 10
    assert Label.objects.get(value__isnull=True).worked_until_ms is None


def test_late_answer_counts_as_the_page_says_but_never_twice(person):
    project = make_desk()
    held, behind = claim(project, person), claim(project, person)
    queue.release(project=project, annotator=person)
    other = make_user()
    for each in (held, behind):
        assert queue.claim(project=project, annotator=other, now=NOW) == each

    assert answer(project, person, held, active=20, wall=25, at=900) == 20
    # The first lay between 875 and 895: 10 of the seconds until 905 are left.
    assert answer(project, person, behind, active=20, wall=40, at=905) == 10
    assert Label.objects.filter(is_extra=True, annotator=person).count() == 2


def test_plain_way_and_longer_way_believe_the_same(person):
    believed = []
    for record in (labels.record_plainly, labels.record_at_length):
        project, someone, found = make_desk(), make_user(), []
        for place, (active, at) in enumerate([(5, 10), (60, 30), (7, 30), (10, 90)]):
            held = claim(project, someone, NOW + seconds(place))
            given = labels.Answer([project.classes.all()[0].pk], uuid4(), 1000 * active)
            asked = labels.Asked(project, held.pk, someone, NOW + seconds(at))
            if record is labels.record_plainly:
                label = record(asked, given, terms=labels.budgets.terms_for(project, someone)).label
            else:
                label = record(asked, given)
            label.refresh_from_db()
            found.append((label.active_ms, label.worked_until_ms - labels.worktime.moment(NOW)))
        believed.append(found)

    # 5 from 0; 60 from 5 on, of which 25 passed; nothing is left of the 30; 10 from 30 on.
    assert believed[0] == [(5_000, 5_000), (25_000, 30_000), (0, 30_000), (10_000, 40_000)]
    assert believed[1] == believed[0]
