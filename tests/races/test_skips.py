"""Two people skip an item at the same moment: between them they reach the lead."""

import threading

import pytest
from django.db import connection, transaction

from annotation.models import Assignment, Budget, Project
from annotation.services import queue
from tests.factories import NOW, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db(transaction=True)

# As long as the first waits for the second to be done, which a lock prevents.
OVERLAP_SECONDS = 1.0


def skip(held: Assignment) -> None:
    assert held.annotator is not None
    queue.skip(
        project=held.project, assignment_id=held.pk, annotator=held.annotator,
        reason="unsure", now=NOW,
    )  # fmt: skip


def test_skip_that_begins_before_another_ends_counts_it():
    project = make_project(n_items=1)
    Project.objects.update(max_skips=2)
    # A budget's account would make the second wait, too.
    Budget.objects.all().delete()
    project.refresh_from_db()
    publish(project, project.items.all(), overlap=2)
    first, second = (claim(project, make_user()) for _ in range(2))
    is_skipped, is_over = threading.Event(), threading.Event()

    def skip_first():
        with transaction.atomic():
            skip(first)
            is_skipped.set()
            is_over.wait(OVERLAP_SECONDS)
        connection.close()

    def skip_second():
        is_skipped.wait()
        skip(second)
        is_over.set()
        connection.close()

    threads = [threading.Thread(target=run) for run in (skip_first, skip_second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(Assignment.objects.values_list("state", flat=True)) == {"skipped"}
