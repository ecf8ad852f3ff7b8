"""A fault after any statement leaves all or nothing, and the same request sent again succeeds.

The fault is an exception in this process, then a SIGKILL of a forked one. `make soak` tries every
statement, `make test` every third, and every sixth with the kill.
"""

import os
import signal
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from django.apps import apps
from django.db import models, transaction
from django.db.models import Max
from django.test import Client
from django.urls import reverse

from alapp.clock import database_now
from annotation import exchange, tickets
from annotation.models import Assignment, Label, Project, Run, User
from annotation.services import budgets, corrections, labels, projects, queue, remarks, runs
from selection import due
from selection.models import Round, SelectionConfig
from tests.factories import NOW, add_items, answer, claim, make_project, make_user, publish
from tests.support.faults import (
    Crash,
    after_statement,
    close_connections,
    count_statements,
    crash,
    power_cut,
)
from tests.support.invariants import Acknowledged, violations

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = UUID(int=7)
IS_SOAK = bool(os.environ.get("ALAPP_SOAK_EXAMPLES"))
CRASH_EVERY, KILL_EVERY = (1, 1) if IS_SOAK else (3, 6)
# Rows of work itself, which a repeat may add to: attempts, signs of life, the last sign-in.
# A delivery has a key without an order; its rows are counted where they are made.
OF_THE_MACHINE = ("run", "workerbeat", "user", "delivery")


@dataclass(frozen=True)
class Scene:
    """A project in the middle of its work, and one person with an item before them."""

    project: Project
    person: User
    held: Assignment
    client: Client
    earlier: dict[type[models.Model], int]

    @property
    def class_id(self) -> int:
        return self.project.classes.all()[0].pk


def make_scene() -> Scene:
    """One answer given, one item in hand, others waiting; a budget of every scope."""
    earlier = newest_rows()
    project, person = make_project(n_items=8, budget=10), make_user()
    for scope in ("annotator", "annotator_day"):
        budgets.set_limit(project=project, scope=scope, limit=5, actor=None)
    projects.set_role(project=project, user=person, role="annotator", actor=None)
    publish(project, list(project.items.order_by("pk")[:6]), reserve=2)
    answer(project, person, claim(project, person))
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return Scene(project, person, claim(project, person), client, earlier)


# The requests: each may be sent again, as the page does when nobody answered.


def sit_down(scene: Scene) -> None:
    queue.sit_down(project=scene.project, annotator=scene.person, now=NOW)


def submit(scene: Scene) -> None:
    labels.record(
        project=scene.project,
        assignment_id=scene.held.pk,
        annotator=scene.person,
        answer=labels.Answer([scene.class_id], TOKEN),
        now=NOW,
    )


def submit_late(scene: Scene) -> None:
    """The lease ran out and its item went back: the slot is taken anew, and paid anew."""
    labels.record(
        project=scene.project,
        assignment_id=scene.held.pk,
        annotator=scene.person,
        answer=labels.Answer([scene.class_id], TOKEN),
        now=NOW + timedelta(hours=1),
    )


def submit_over_http(scene: Scene) -> None:
    sent = {
        "ticket": tickets.issue(assignment_id=scene.held.pk, user_id=scene.person.pk),
        "client_token": str(TOKEN),
        "classes": [scene.class_id],
    }
    address = reverse("answer", args=[scene.project.slug])
    assert scene.client.post(address, sent, headers={"HX-Request": "true"}).status_code == 200


def skip(scene: Scene) -> None:
    queue.skip(
        project=scene.project,
        assignment_id=scene.held.pk,
        annotator=scene.person,
        reason="unsure",
        now=NOW,
    )


def undo(scene: Scene) -> None:
    labels.undo(project=scene.project, annotator=scene.person, token=TOKEN, now=NOW)


def revise(scene: Scene) -> None:
    corrections.revise(_change(scene), class_ids=[scene.project.classes.all()[1].pk])


def take_back(scene: Scene) -> None:
    corrections.take_back(_change(scene), now=NOW)


def _change(scene: Scene) -> corrections.Change:
    given = Label.objects.filter(project=scene.project).earliest("pk")
    return corrections.Change(scene.project, given.pk, scene.person, TOKEN)


def remark(scene: Scene) -> None:
    remarks.make(
        project=scene.project,
        assignment_id=scene.held.pk,
        annotator=scene.person,
        said=remarks.Said("comment", "The text is cut off.", TOKEN),
    )


def release_expired(scene: Scene) -> None:
    queue.release_expired(project=scene.project, now=NOW + timedelta(hours=1))


def lay_a_batch(scene: Scene) -> None:
    items = scene.project.items.order_by("-pk")[:4]
    wanted = [exchange.WantedItem(item.pk, n, "query", n > 2) for n, item in enumerate(items)]
    with transaction.atomic():
        exchange.publish(project_id=scene.project.pk, number=1, wanted=wanted, model_version="")


def lay_a_batch_once(scene: Scene) -> None:
    """Publish as a round does: whoever finds the number published has nothing to do."""
    if not scene.project.batches.filter(number=1).exists():
        lay_a_batch(scene)


Request = Callable[[Scene], None]
# A request, and whether it is one transaction: of "sit down" each of the two claims is one.
REQUESTS: tuple[tuple[Request, Callable[[], Scene], bool], ...] = (
    (sit_down, make_scene, True),
    (submit, make_scene, True),
    (submit_late, lambda: _given_back(make_scene()), True),
    (submit_over_http, make_scene, False),
    (skip, make_scene, True),
    (undo, make_scene, True),
    (revise, make_scene, True),
    (take_back, make_scene, True),
    (remark, make_scene, True),
    (release_expired, make_scene, True),
    (lay_a_batch_once, make_scene, True),
)
each_request = pytest.mark.parametrize(
    ("request_", "scene_of", "is_one"), REQUESTS, ids=lambda value: getattr(value, "__name__", None)
)


def _given_back(scene: Scene) -> Scene:
    queue.release_expired(project=scene.project, now=NOW + timedelta(hours=1))
    return scene


def rows(scene: Scene) -> set[tuple[Hashable, ...]]:
    """Return every row that people's work in this scene consists of, not those of earlier ones."""
    return {
        (table.__name__, *map(repr, row))
        for table, last in scene.earlier.items()
        for row in table._default_manager.filter(pk__gt=last).values_list()
    }


def newest_rows() -> dict[type[models.Model], int]:
    """Return the last key of every table that people's work is kept in."""
    apps_ = [apps.get_app_config(name) for name in ("annotation", "selection")]
    tables = [table for app in apps_ for table in app.get_models()]
    return {
        table: table._default_manager.aggregate(last=Max("pk"))["last"] or 0
        for table in tables
        if table.__name__.lower() not in OF_THE_MACHINE
    }


def check(scene: Scene) -> None:
    said = Label.objects.filter(annotator=scene.person)
    known = [
        Acknowledged(each.annotator_id, each.client_token, each.value and tuple(each.value))
        for each in said
    ]
    assert violations(scene.project, known) == []


def assert_repeat_succeeds(request: Request, scene: Scene) -> None:
    request(scene)
    done = rows(scene)
    request(scene)
    assert rows(scene) == done
    check(scene)


@each_request
def test_fault_after_any_statement_leaves_all_or_nothing(request_, scene_of, is_one):
    n_statements = count_statements(partial(request_, scene_of()))

    for place in [*range(1, n_statements, CRASH_EVERY), n_statements]:
        scene = scene_of()
        before = rows(scene)
        with pytest.raises(Crash), after_statement(place, crash):
            request_(scene)
        check(scene)
        if is_one:
            assert rows(scene) == before, f"half done after statement {place}"
        assert_repeat_succeeds(request_, scene)


@each_request
def test_power_cut_after_any_statement_leaves_all_or_nothing(request_, scene_of, is_one):
    n_statements = count_statements(partial(request_, scene_of()))

    # The last one is behind the commit: done, but nobody was told.
    for place in [*range(2, n_statements + 1, KILL_EVERY), n_statements + 1]:
        scene = scene_of()
        before = rows(scene)
        killed = run_in_child(partial(request_, scene), place)
        check(scene)
        if is_one and killed:
            assert rows(scene) == before, f"half done after statement {place}"
        assert_repeat_succeeds(request_, scene)


def run_in_child(operation: Callable[[], None], place: int) -> bool:
    """Do it in a forked process that dies after the statement; False when it came to its end."""
    close_connections()
    if not (child := os.fork()):
        try:
            with after_statement(place, power_cut):
                operation()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    is_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert is_killed or status == 0
    return is_killed


# A round


def make_learning_project() -> Project:
    """A project whose first batch is answered: round 1 is due and trains."""
    project, person = make_project(budget=40), make_user()
    words = ("refund money card", "parcel courier box")
    add_items(project, 24, texts=[f"{words[n % 2]} {n}" for n in range(24)])
    SelectionConfig.objects.create(project=project, config={"batch_size": 4, "reserve_size": 2})
    perform_due_rounds(project)
    while not exchange.progress(project.pk, now=NOW).is_complete:
        held = claim(project, person)
        answer(project, person, held, place=int(held.item.key) % 2)
    return project


def perform_due_rounds(project: Project, *, hours: int = 1) -> None:
    """What the worker does, and what the tick does when a worker has been dead for hours."""
    now = database_now() + timedelta(hours=hours)
    runs.wake_abandoned(Run.objects.filter(project=project), now=now)
    due.look(project.pk)
    for run in Run.objects.filter(project=project, state="queued"):
        if attempt := runs.claim(run.pk, now=now):
            runs.perform(attempt)


def round_places(n_statements: int) -> list[int]:
    step = 1 if IS_SOAK else max(1, n_statements // 6)
    return [*range(1, n_statements + 1, step), n_statements]


@pytest.mark.parametrize("is_kill", [False, True], ids=["exception", "power cut"])
def test_fault_in_a_round_publishes_it_whole_or_not_at_all(is_kill):
    n_statements = count_statements(partial(perform_due_rounds, make_learning_project()))

    for place in round_places(n_statements):
        project = make_learning_project()
        if is_kill:
            run_in_child(partial(perform_due_rounds, project), place)
        else:
            with pytest.raises(Crash), after_statement(place, crash):
                perform_due_rounds(project)
        assert violations(project) == []
        perform_due_rounds(project, hours=2)
        perform_due_rounds(project, hours=3)
        assert numbers_of(project) == [0, 1], f"after statement {place}"
        assert violations(project) == []


def numbers_of(project: Project) -> list[int]:
    rounds = Round.objects.filter(project=project).order_by("number")
    return list(rounds.values_list("number", flat=True))
