from datetime import timedelta

import pytest

from annotation import exchange
from annotation.models import Batch, Project
from annotation.services import queue
from tests.factories import NOW, answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db

# Twice the lease of 600 seconds.
OLD = timedelta(seconds=1_200)


@pytest.fixture
def project():
    """A batch of twenty, of which two (a tenth) may be left behind."""
    project = make_project(n_items=20)
    publish(project, project.items.all())
    Batch.objects.update(published_at=NOW)
    return project


def answer_all_but(project, n):
    person = make_user()
    for _ in range(20 - n):
        answer(project, person, claim(project, person))


def is_complete(project, now):
    return exchange.progress(project.pk, now=now).is_complete


def test_batch_is_complete_when_the_few_that_are_out_are_old(project):
    answer_all_but(project, 2)
    slow = make_user()
    claim(project, slow)
    claim(project, slow)

    assert not is_complete(project, NOW + OLD - timedelta(seconds=1))
    assert is_complete(project, NOW + OLD)


def test_batch_waits_while_more_than_the_share_is_out(project):
    answer_all_but(project, 3)
    slow = make_user()
    for _ in range(3):
        claim(project, slow)

    assert not is_complete(project, NOW + 10 * OLD)


def test_renewed_lease_is_as_old_as_its_claim(project):
    answer_all_but(project, 1)
    slow = make_user()
    claim(project, slow)
    queue.renew(project=project, annotator=slow, now=NOW + OLD - timedelta(seconds=1))

    assert is_complete(project, NOW + OLD)


def test_one_young_lease_keeps_the_batch_open(project):
    answer_all_but(project, 2)
    claim(project, make_user())
    claim(project, make_user(), now=NOW + timedelta(seconds=500))

    assert not is_complete(project, NOW + OLD)
    assert is_complete(project, NOW + OLD + timedelta(seconds=500))


def test_items_nobody_takes_count_once_the_batch_is_quiet(project):
    answer_all_but(project, 2)

    assert not is_complete(project, NOW + OLD - timedelta(seconds=1))
    assert is_complete(project, NOW + OLD)


def test_batch_just_published_is_not_quiet(project):
    answer_all_but(project, 2)
    Batch.objects.update(published_at=NOW + timedelta(seconds=1))

    assert not is_complete(project, NOW + OLD)


def test_share_of_zero_waits_for_everybody(project):
    Project.objects.update(straggler_percent=0)
    answer_all_but(project, 1)

    assert not is_complete(project, NOW + 100 * OLD)


def test_age_is_counted_in_leases(project):
    Project.objects.update(straggler_leases=3)
    answer_all_but(project, 1)

    assert not is_complete(project, NOW + OLD)
    assert is_complete(project, NOW + timedelta(seconds=1_800))


def test_reserve_neither_straggles_nor_is_waited_for():
    project = make_project(n_items=4)
    publish(project, project.items.all(), reserve=2)
    person = make_user()
    answer(project, person, claim(project, person))
    answer(project, person, claim(project, person))

    progress = exchange.progress(project.pk, now=NOW + 100 * OLD)

    assert (progress.n_wanted, progress.n_closed, progress.n_stragglers) == (2, 2, 0)
    assert progress.is_complete
