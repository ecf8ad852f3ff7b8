import time
from functools import partial

import pytest

from alapp.clock import database_now
from annotation import exchange
from annotation.models import (
    Consensus,
    Item,
    Label,
    Run,
)
from annotation.services import import_run, import_staging
from tests.annotation.services.import_support import (
    FIVE,
    LABELLED,
    counts,
    import_file,
    perform,
    start,
    write_upload,
)
from tests.factories import make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(data_dir):
    return partial(write_upload, data_dir / "uploads")


@pytest.mark.django_db(transaction=True)
def test_worker_does_the_import(upload, start_worker):
    project = make_project(is_active=False)
    run = start(project, upload(FIVE), LABELLED)

    worker = start_worker()

    deadline = time.monotonic() + 30
    while run.state != Run.State.DONE:
        assert worker.is_running(), worker.log_text()
        assert time.monotonic() < deadline, run.error
        time.sleep(0.05)
        run.refresh_from_db()
    assert counts(run) == (5, 5, 0, 0)
    assert run.progress == run.total == 5


def broken_once(monkeypatch, error):
    """Let the second chunk of the first attempt fail."""
    add = import_staging.Stage.add
    calls = []

    def failing(stage, drafts, tally):
        calls.append(stage.attempt.number)
        if len(calls) == 2:
            raise error
        return add(stage, drafts, tally)

    monkeypatch.setattr(import_staging.Stage, "add", failing)
    monkeypatch.setattr(import_run, "CHUNK_ROWS", 2)


def test_failure_in_the_middle_removes_what_was_staged_and_the_next_attempt_succeeds(
    upload, monkeypatch
):
    project = make_project()
    broken_once(monkeypatch, OSError("the disk is full"))
    run = perform(start(project, upload(FIVE), LABELLED))
    assert (run.state, run.error) == (Run.State.QUEUED, "the disk is full")
    assert (Item.objects.count(), Label.objects.count()) == (0, 0)
    Run.objects.update(due_at=database_now())

    perform(run)

    assert counts(run) == (5, 5, 0, 0)
    assert (Item.objects.count(), Label.objects.count(), Consensus.objects.count()) == (5, 5, 5)


class PowerCutError(BaseException):
    """Ends an attempt as SIGKILL does: nothing after it runs."""


def test_items_staged_by_a_killed_attempt_are_unseen_and_made_anew(upload, monkeypatch):
    project = make_project()
    broken_once(monkeypatch, PowerCutError())
    run = start(project, upload(FIVE), LABELLED)
    with pytest.raises(PowerCutError):
        perform(run)
    assert Item.objects.count() == 2
    assert exchange.load_pool(project.pk).ids.size == 0
    assert exchange.load_answers(project.pk).item_ids.size == 0
    Run.objects.update(state=Run.State.QUEUED, due_at=database_now())

    perform(run)

    assert counts(run) == (5, 5, 0, 0)
    assert run.report["labels"] == 5
    assert (Item.objects.count(), Label.objects.count()) == (5, 5)


def test_items_staged_by_an_import_given_up_are_removed_by_the_next(upload, monkeypatch):
    project = make_project()
    broken_once(monkeypatch, PowerCutError())
    with pytest.raises(PowerCutError):
        perform(start(project, upload(FIVE), LABELLED))
    Run.objects.update(state=Run.State.FAILED)

    run = import_file(project, upload("id,text,label\n9,other,no\n"), LABELLED)

    assert counts(run) == (1, 1, 0, 0)
    assert list(Item.objects.values_list("key", flat=True)) == ["9"]


def test_attempt_killed_after_publishing_finds_its_report(upload, monkeypatch):
    project = make_project()
    run = perform(start(project, upload(FIVE), LABELLED))
    report = run.report
    Run.objects.update(state=Run.State.QUEUED, due_at=database_now())

    perform(run)

    assert (run.state, run.report) == (Run.State.DONE, report)


def test_superseded_attempt_neither_publishes_nor_removes(upload, monkeypatch):
    project = make_project()
    run = start(project, upload(FIVE), LABELLED)
    publish = import_staging.Stage.publish

    def too_late(stage, tally):
        Run.objects.update(attempt=7)
        return publish(stage, tally)

    monkeypatch.setattr(import_staging.Stage, "publish", too_late)

    perform(run)

    assert run.state == Run.State.RUNNING
    assert Item.objects.filter(withdrawn_at=import_staging.STAGED).count() == 5


def test_withdrawn_items_stay_withdrawn(upload):
    project = make_project()
    import_file(project, upload(FIVE), LABELLED)
    Item.objects.filter(key="3").update(withdrawn_at=database_now())

    run = import_file(project, upload(FIVE + "9,new,no\n"), LABELLED)

    assert counts(run) == (6, 1, 5, 0)
    assert Item.objects.get(key="3").withdrawn_at is not None
