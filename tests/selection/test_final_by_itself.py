"""The final model is made when a lead stops the project: by rows alone, once, and never lost."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from annotation.models import Label, Run
from annotation.services import projects, runs
from selection import due
from selection.models import Final, Round, SelectionConfig
from tests.factories import NOW, add_items, answer, claim, make_project, make_user
from tests.selection.test_retraining import do_rounds, label_batch, texts, truth

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def project(lead):
    """Return an active project with a model and 20 labels, ten of them of audit items."""
    project = make_project(classes=("money", "parcel"), owner=lead)
    add_items(project, 60, texts=texts(60))
    config = {"batch_size": 20, "reserve_size": 4, "audit_share": 0.5, "audit_adapts": False}
    SelectionConfig.objects.create(project=project, config=config)
    do_rounds(project)
    label_batch(project, lead)
    do_rounds(project)
    return project


def set_status(project, status):
    projects.set_status(project=project, status=status, actor=None, now=NOW)


def wanted(project):
    return Run.objects.filter(project=project, kind="final")


def test_stopping_wakes_the_reader_and_its_look_makes_the_final_model(project):
    set_status(project, "stopped")

    woken = DBTaskResult.objects.filter(task_path=runs.look_at.module_path)
    assert [project.pk] in [each.args_kwargs["args"] for each in woken]
    do_rounds(project)

    final = Final.objects.get()
    assert (final.n_labelled, final.n_audit) == (20, 10)


def test_wake_up_that_was_lost_is_made_good_by_the_next_look_round(project):
    set_status(project, "stopped")
    DBTaskResult.objects.all().delete()

    runs.look_round(after=0)

    assert wanted(project).get().state == "queued"


def test_worker_killed_in_the_middle_leaves_a_run_that_another_ends(project, settings):
    set_status(project, "stopped")
    due.look(project.pk)
    now = NOW
    run = wanted(project).get()
    runs.claim(run.pk, now=run.created_at)
    late = run.created_at + timedelta(seconds=settings.ALAPP_DEAD_SECONDS + 1)

    assert not due.look(project.pk)
    runs.wake_abandoned(wanted(project), now=late)
    Run.objects.filter(pk=run.pk).update(due_at=now)
    runs.execute.call(run.pk)

    assert Final.objects.count() == 1
    assert wanted(project).get().attempt == 2


def test_looking_again_makes_no_other_of_the_same_labels(project):
    set_status(project, "stopped")
    do_rounds(project)

    assert not due.look(project.pk)
    Final.objects.update(made_at=NOW - timedelta(days=365))
    assert not due.look(project.pk)


def test_labels_after_it_make_another_but_not_one_each(project, lead):
    held = claim(project, lead)
    set_status(project, "stopped")
    do_rounds(project)
    project.refresh_from_db()
    set_status(project, "active")
    answer(project, lead, held, place=truth(held.item))
    set_status(project, "stopped")

    # Made just now: what changes is gathered for ten minutes.
    assert not due.look(project.pk)
    Final.objects.update(made_at=Label.objects.latest("pk").created_at - timedelta(minutes=600))
    do_rounds(project)

    assert Final.objects.latest("number").n_labelled == 21


@pytest.mark.parametrize("status", ["paused", "active"])
def test_project_that_is_not_stopped_gets_none_by_itself(project, status):
    set_status(project, status)

    due.look(project.pk)

    assert not due.is_final_due(project.pk)
    assert not wanted(project).exists()


def test_project_without_a_model_or_without_selection_gets_none(project):
    set_status(project, "stopped")
    SelectionConfig.objects.update(is_enabled=False)
    assert not due.look(project.pk)
    SelectionConfig.objects.update(is_enabled=True)
    Round.objects.update(model_version="")
    assert not due.look(project.pk)


def test_run_that_failed_is_not_tried_again_at_once(project):
    set_status(project, "stopped")
    due.look(project.pk)
    run = wanted(project).get()
    Run.objects.filter(pk=run.pk).update(state="failed", finished_at=run.created_at)

    assert not due.look(project.pk)
    Run.objects.filter(pk=run.pk).update(finished_at=run.created_at - timedelta(hours=2))
    assert due.look(project.pk)


def test_page_says_that_it_comes_and_looks_again(client, lead, project):
    set_status(project, "stopped")
    client.force_login(lead, backend=BACKEND)

    page = client.get(reverse("after", args=[project.slug])).content.decode()

    assert "It will be made as soon as a worker is free." in page
    assert "hx-get" in page
