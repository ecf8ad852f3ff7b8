"""The run of an export: one moment, whole files, one at a time, and what it leaves behind."""

import hashlib
import json
import os
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django_tasks_db.models import DBTaskResult

from alapp.clock import database_now
from annotation.models import AuditEntry, Label, Run
from annotation.services import runs
from annotation.services.exports import asking, files
from annotation.services.exports.orders import Order
from annotation.services.runs import Superseded
from tests.factories import answer, claim, make_project, make_user, publish
from tests.support.exporting import export, found

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def project(lead):
    project = make_project(n_items=6, owner=lead)
    publish(project, list(project.items.all()))
    for place in (0, 1, 0):
        answer(project, lead, claim(project, lead), place=place)
    return project


def lines(run):
    path = found(run).path
    assert path is not None
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_export_writes_a_file_and_says_what_is_in_it(project, lead):
    run = export(project, lead, "labels", names=True)

    assert run.state == Run.State.DONE
    told = run.report["manifest"]
    content = found(run).path.read_bytes()
    assert told["counts"] == {
        "rows": 3,
        "splits": {"train": 3},
        "states": {"standing": 3},
    }
    assert told["file"] == {
        "name": f"{project.slug}-labels.jsonl",
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    assert told["made_by"] == "lead"
    assert [each["label"] for each in lines(run)] == ["yes", "no", "yes"]
    assert {each["annotator"] for each in lines(run)} == {"lead"}
    # Every column of the file is described.
    assert [each["name"] for each in told["columns"]] == list(lines(run)[0])
    assert all(each["about"] for each in told["columns"])


def test_answers_given_while_it_is_written_are_not_in_it(project, lead, settings):
    settings.ALAPP_EXPORT_ORIGINS = "tests.support.exporting.while_somebody_answers"

    run = export(project, lead, "labels")

    assert Label.objects.count() == 4
    assert run.report["manifest"]["counts"]["rows"] == len(lines(run)) == run.total == 3


def test_agreed_labels_are_those_of_the_same_moment(project, lead, settings):
    settings.ALAPP_EXPORT_ORIGINS = "tests.support.exporting.while_somebody_answers"

    run = export(project, lead, "consensus", status="labelled")

    assert project.consensus.count() == 4
    assert run.report["manifest"]["counts"] == {"rows": 3, "splits": {"train": 3}}


def test_one_person_has_one_open_export_of_a_project(project, lead):
    other = make_user()
    asking.ask(project=project, order=Order("labels", "csv"), actor=lead)

    with pytest.raises(ValidationError, match="still being made"):
        asking.ask(project=project, order=Order("items", "jsonl"), actor=lead)

    asking.ask(project=project, order=Order("labels", "csv"), actor=other)
    assert Run.objects.filter(kind="export").count() == 2


def test_of_twenty_exports_one_is_made_at_a_time_behind_everything_else(project):
    asked = [
        asking.ask(project=project, order=Order("labels", "csv"), actor=make_user())
        for _ in range(20)
    ]
    now = database_now() + timedelta(seconds=1)

    held = [attempt for run in asked if (attempt := runs.claim(run.pk, now=now))]
    assert [attempt.run_id for attempt in held] == [asked[0].pk]
    runs.perform(held[0])
    held = [attempt for run in asked if (attempt := runs.claim(run.pk, now=now))]
    assert [attempt.run_id for attempt in held] == [asked[1].pk]
    round_run = runs.open_run(kind="round", project=project)
    assert _priorities(round_run)[0] > _priorities(asked[5])[0]


def test_cancelled_export_stops_and_leaves_no_file(project, lead, settings):
    settings.ALAPP_EXPORT_ORIGINS = "tests.support.exporting.while_it_is_cancelled"
    run = asking.ask(project=project, order=Order("labels", "csv"), actor=lead)

    runs.execute.call(run.pk)

    run.refresh_from_db()
    assert (run.state, run.error, run.report) == (Run.State.CANCELLED, "", {})
    assert list(files.folder().rglob("*.*")) == []
    assert not asking.cancel(project=project, run_id=run.pk, actor=lead)
    # Cancelled, it holds up nobody's next.
    settings.ALAPP_EXPORT_ORIGINS = ""
    assert export(project, lead, "labels").state == Run.State.DONE


def test_killed_worker_leaves_nothing_and_the_next_attempt_begins_anew(project, lead):
    run = asking.ask(project=project, order=Order("labels", "csv"), actor=lead)
    first = runs.claim(run.pk, now=database_now())
    half = files.draft_of(first, ".csv")
    half.write_text("id,it")
    orphan = files.path_of(project.pk, f"{run.pk}-1")
    orphan.write_text("whole, but never published")

    runs.hand_back(worker=Run.objects.get().worker, now=database_now())
    runs.execute.call(run.pk)

    run.refresh_from_db()
    assert run.state == Run.State.DONE
    assert [path.name for path in half.parent.iterdir()] == [run.report["file"]]
    with pytest.raises(Superseded):
        first.report_progress(step="Writing rows", progress=1)


def test_attempt_that_was_overtaken_takes_its_file_with_it(project, lead, monkeypatch):
    run = asking.ask(project=project, order=Order("labels", "csv"), actor=lead)
    overtaken = []

    def overtake(file):
        """The last thing before the file is published."""
        overtaken.append(Run.objects.filter(pk=run.pk).update(attempt=9))

    monkeypatch.setattr(os, "fsync", overtake)
    runs.execute.call(run.pk)

    assert overtaken == [1]
    assert list(files.folder().glob("*/*")) == []


def test_files_are_kept_for_a_while_and_then_deleted(project, lead, settings):
    settings.ALAPP_EXPORT_KEEP_HOURS = 2.0
    run = export(project, lead, "labels")
    path = found(run).path

    assert files.forget_old(now=database_now() + timedelta(hours=1.9)) == 0
    assert path.exists()
    assert files.forget_old(now=database_now() + timedelta(hours=2.1)) == 1
    assert not path.exists()
    assert found(run).path is None
    assert found(run).is_gone


def test_who_exported_what_is_in_the_audit_log(project, lead):
    run = asking.ask(project=project, order=Order("labels", "csv", names=True), actor=lead)

    entry = AuditEntry.objects.get(action="export.ask")
    assert (entry.actor, entry.project, entry.target) == (lead, project, f"export {run.pk}")
    assert entry.after["names"] is True


def test_predictions_without_a_model_fail_with_a_reason_at_once(project, lead):
    run = export(project, lead, "predictions")

    assert run.state == Run.State.FAILED
    assert run.error == "There is no model yet, so there are no predictions to export."


@pytest.mark.parametrize(
    ("choices", "field"),
    [
        ({"contents": "secrets"}, "contents"),
        ({"format": "html"}, "format"),
        ({"status": "done"}, "status"),
        ({"purposes": ("fun",)}, "purposes"),
        ({"classes": (0,)}, "classes"),
        ({"first_round": 3, "last_round": 2}, "last_round"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2026-05-04T12:00"}, "since"),
        ({"contents": "consensus", "format": "zip"}, "format"),
    ],
)
def test_choices_that_make_no_sense_are_refused_by_name(project, lead, choices, field):
    order = Order(**{"contents": "labels", "format": "csv", **choices})

    with pytest.raises(ValidationError) as refused:
        asking.ask(project=project, order=order, actor=lead)

    assert list(refused.value.message_dict) == [field]
    assert not Run.objects.exists()
    assert not AuditEntry.objects.filter(action="export.ask").exists()


def _priorities(run):
    tasks = DBTaskResult.objects.filter(args_kwargs__args=[run.pk])
    return [task.priority for task in tasks]
