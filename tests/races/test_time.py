"""One person answers in two windows at the same moment: their time is counted once."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from annotation.models import Budget, Label
from annotation.services import labels
from tests.factories import NOW, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db(transaction=True)

# As long as the first waits for the second to be done, which a lock prevents.
OVERLAP_SECONDS = 1.0
MINUTE = timedelta(minutes=1)


def test_two_answers_at_once_share_the_time_that_passed():
    project, person = make_project(n_items=2), make_user()
    # A budget's account would make the second wait, too.
    Budget.objects.all().delete()
    publish(project, project.items.all())
    first, second = claim(project, person), claim(project, person)
    is_answered, is_over = threading.Event(), threading.Event()

    def answer(held):
        given = labels.Answer([project.classes.all()[0].pk], uuid4(), active_ms=60_000)
        labels.record(
            project=project, assignment_id=held.pk, annotator=person, answer=given, now=NOW + MINUTE
        )

    def answer_first():
        with transaction.atomic():
            answer(first)
            is_answered.set()
            is_over.wait(OVERLAP_SECONDS)
        connection.close()

    def answer_second():
        is_answered.wait()
        answer(second)
        is_over.set()
        connection.close()

    threads = [threading.Thread(target=run) for run in (answer_first, answer_second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert list(Label.objects.order_by("pk").values_list("active_ms", flat=True)) == [60_000, 0]
