"""What is told to other programs: written with what it tells of, or not at all."""

import json

import pytest
from django.db import transaction

from alapp.clock import database_now
from annotation import exchange
from annotation.models import Batch, Delivery, Run
from annotation.services import budgets, deliveries, milestones, projects, runs, webhooks
from annotation.webhooks.events import NAMES
from tests.factories import NOW, answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_project(n_items=4, budget=10)


@pytest.fixture
def hook(project):
    return hear(project, *NAMES)


def hear(project, *events):
    made = webhooks.create(
        project=project, actor=make_user(), url="https://example.org/", events=events
    )
    return made.hook


def told(hook):
    return [
        (each.event, each.payload["data"])
        for each in Delivery.objects.filter(webhook=hook).order_by("created_at", "event")
    ]


def test_published_round_is_told_with_the_publishing(project, hook):
    publish(project, project.items.order_by("pk")[:3], number=2)

    assert told(hook) == [("round.published", {"round": 2, "items": 3, "model_version": ""})]


def test_round_that_is_rolled_back_is_not_told(project, hook):
    class PowerCutError(Exception):
        pass

    def cut():
        with transaction.atomic():
            publish(project, project.items.all())
            raise PowerCutError

    with pytest.raises(PowerCutError):
        cut()

    assert told(hook) == []


def test_only_what_was_chosen_is_told_and_nothing_while_it_is_off(project):
    other = hear(project, "project.stopped")
    off = hear(project, *NAMES)
    webhooks.switch(hook=off, actor=make_user(), is_on=False, now=NOW)

    publish(project, project.items.all())

    assert told(other) == told(off) == []


def test_completed_batch_is_told_once_whoever_looks(project, hook):
    publish(project, project.items.order_by("pk")[:2])
    person = make_user()
    milestones.note_complete(project.pk, now=NOW)
    for _ in range(2):
        answer(project, person, claim(project, person))

    looks = [milestones.note_complete(project.pk, now=NOW) for _ in range(3)]

    assert looks == [True, False, False]
    assert told(hook)[1:] == [("batch.completed", {"round": 0, "wanted": 2, "closed": 2})]
    assert Batch.objects.get(number=0).completed_at == NOW


def test_batch_is_told_complete_when_the_budget_is_spent():
    project = make_project(n_items=4, budget=2)
    hook = hear(project, "batch.completed")
    publish(project, project.items.all())
    person = make_user()
    for _ in range(2):
        answer(project, person, claim(project, person))

    milestones.note_complete(project.pk, now=NOW)

    assert told(hook) == [("batch.completed", {"round": 0, "wanted": 4, "closed": 2})]


def test_batch_nobody_looked_at_is_told_before_the_next_is_laid(project):
    hook = hear(project, "batch.completed")
    publish(project, project.items.order_by("pk")[:1])
    person = make_user()
    answer(project, person, claim(project, person))

    publish(project, project.items.order_by("pk")[1:2], number=1)

    assert told(hook) == [("batch.completed", {"round": 0, "wanted": 1, "closed": 1})]


def test_a_look_tells_what_is_complete(project, settings):
    settings.ALAPP_LOOK = "tests.support.handlers.look_nowhere"
    hook = hear(project, "batch.completed")
    publish(project, project.items.order_by("pk")[:1])
    person = make_user()
    answer(project, person, claim(project, person))

    runs.look_round(after=0)
    runs.look_at.call(project.pk)

    assert len(told(hook)) == 1


def spend(project, n):
    publish(project, project.items.all(), number=7)
    person = make_user()
    for _ in range(n):
        answer(project, person, claim(project, person))


def test_budget_near_its_end_is_told_at_each_mark_once_per_limit():
    # 8 of 10 labels are 80 %, 19 of 20 are 95 %.
    project = make_project(n_items=20, budget=10)
    hook = hear(project, "budget.near_end")
    person = make_user()
    publish(project, project.items.all())
    seen = []
    for n in range(1, 21):
        if n == 11:
            budgets.set_limit(project=project, scope="project", limit=20, actor=None)
        answer(project, person, claim(project, person))
        milestones.note_budgets()
        milestones.note_budgets()
        new = told(hook)[len(seen) :]
        seen += [(n, data["percent"], data["limit"], data["spent"]) for _, data in new]

    assert seen == [(8, 80, 10, 8), (10, 95, 10, 10), (16, 80, 20, 16), (19, 95, 20, 19)]
    assert told(hook)[0][1]["unit"] == "labels"


def test_of_two_marks_passed_at_once_the_higher_is_told():
    project = make_project(n_items=4, budget=4)
    hook = hear(project, "budget.near_end")
    spend(project, 4)

    milestones.note_budgets()

    assert [data["percent"] for _, data in told(hook)] == [95]


def test_budget_far_from_its_end_costs_one_statement(project, hook, django_assert_num_queries):
    spend(project, 2)

    with django_assert_num_queries(1):
        milestones.note_budgets()


def test_failed_run_is_told_without_the_words_of_its_error(project, hook):
    run = runs.open_run(kind="nothing", project=project)
    for _ in range(3):
        Run.objects.filter(pk=run.pk).update(due_at=NOW)
        runs.execute.call(run.pk)

    assert Run.objects.get(pk=run.pk).state == "failed"
    assert told(hook) == [("run.failed", {"run": run.pk, "kind": "nothing"})]


def test_finished_run_is_told(project, hook, settings):
    settings.ALAPP_RUN_HANDLERS = {"easy": "tests.support.handlers.do_nothing"}
    run = runs.open_run(kind="easy", project=project)

    runs.execute.call(run.pk)

    assert told(hook) == [("run.finished", {"run": run.pk, "kind": "easy"})]


def test_started_paused_and_stopped_are_told_once_each(project):
    hook = hear(project, "project.started", "project.paused", "project.stopped")

    for status in ("paused", "paused", "active", "stopped"):
        projects.set_status(project=project, status=status, actor=None, now=NOW)

    assert told(hook) == [
        ("project.paused", {"before": "active"}),
        ("project.started", {"before": "paused"}),
        ("project.stopped", {"before": "active"}),
    ]


def test_others_tell_through_the_door(project, hook):
    exchange.announce(project.pk, "stop.advised", {"round": 3})

    assert told(hook) == [("stop.advised", {"round": 3})]


def test_message_names_the_project_and_holds_no_text_of_items(project, hook):
    publish(project, project.items.all())
    row = Delivery.objects.get()

    sent = json.loads(deliveries.body_of(row))

    assert sent.keys() == {"schema", "id", "event", "created_at", "project", "data"}
    assert sent["id"] == str(row.pk)
    assert sent["project"] == {"slug": project.slug, "name": project.name}
    assert b"text " not in deliveries.body_of(row)
    assert row.created_at <= database_now()
