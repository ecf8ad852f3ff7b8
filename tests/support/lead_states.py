"""Real projects in the states a lead meets: fresh, running, stopped. The service loop runs them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from alapp import first_start
from alapp.clock import database_now
from annotation import units
from annotation.models import Charge, KnownAnswer, Label, Project, Run, User
from annotation.services import budgets, labels, projects, queue, runs
from selection import configuration, due
from tests.factories import make_user
from tests.support.tampering import rows_may_change

PEOPLE = ("mia", "jonas", "priya")
# Seconds an answer takes each of them.
PACES = (2.4, 3.1, 4.8)


@dataclass(frozen=True)
class Team:
    owner: User
    people: tuple[User, ...]
    project: Project


def fresh(owner: User, *, batch_size: int = 24) -> Team:
    """A started project with digits and people, before anything was asked."""
    project = first_start.demo(owner=owner)
    config = {**configuration.config_of(project.pk).config, "batch_size": batch_size}
    configuration.change(
        project=project,
        actor=owner,
        is_enabled=True,
        on_stop="advise",
        features="auto",
        config={**config, "audit_share": 0.4, "target_value": 0.9},
    )
    budgets.set_pay(
        project=project, actor=owner, pay_by="hour", currency="EUR", max_paid_seconds=120,
        pay_rate=units.to_amount(units.MONEY, Decimal(15)),
    )  # fmt: skip
    for unit, limit in (("money", 25), ("hours", 4)):
        budgets.set_limit(
            project=project,
            scope="project",
            unit=unit,
            limit=units.to_amount(unit, limit),
            actor=owner,
        )
    people = tuple(make_user(name) for name in PEOPLE)
    for person in people:
        projects.set_role(project=project, user=person, role="annotator", actor=owner)
    return Team(owner, people, project)


def running(owner: User, *, rounds: int = 4, now: datetime | None = None) -> Team:
    """The same after some rounds, answered truly by three people over as many days."""
    team = fresh(owner)
    moment = now or database_now()
    for number in range(rounds):
        work_rounds(team.project)
        label(team, now=moment - timedelta(hours=rounds - number))
        _date_back(team.project, timedelta(hours=20 * (rounds - 1 - number)), moment)
    work_rounds(team.project)
    return team


def stopped(owner: User) -> Team:
    team = running(owner)
    now = database_now()
    projects.set_status(project=team.project, status="stopped", actor=owner, now=now)
    work_rounds(team.project)
    return team


def work_rounds(project: Project) -> None:
    """Do what the worker does when it is woken."""
    due.look(project.pk)
    for run in Run.objects.filter(project=project, state="queued"):
        runs.execute.call(run.pk)


def label(team: Team, *, now: datetime) -> None:
    """Answer what is wanted of the newest batch, each person in turn."""
    project = Project.objects.get(pk=team.project.pk)
    batch = project.batches.order_by("-number").first()
    wanted = batch.assignments.filter(in_reserve=False, state="open").count() if batch else 0
    for n in range(wanted):
        person, pace = team.people[n % 3], PACES[n % 3]
        # One after the other, each with time enough for what the page measured to be true.
        handed_out = now + timedelta(seconds=40 * n)
        held = queue.claim(project=project, annotator=person, now=handed_out)
        assert held is not None
        labels.record(
            project=project,
            assignment_id=held.pk,
            annotator=person,
            answer=labels.Answer(
                KnownAnswer.objects.get(item=held.item_id).value,
                uuid4(),
                active_ms=int(1000 * pace * (0.7 + n % 7 / 10)),
                wall_ms=int(1200 * pace),
            ),
            now=handed_out + timedelta(seconds=35),
        )


def _date_back(project: Project, by: timedelta, now: datetime) -> None:
    """Let what was done just now have been done earlier: a project of several days."""
    just_now = now - timedelta(minutes=10)
    fresh_labels = Label.objects.filter(project=project, created_at__gte=just_now)
    ids = list(fresh_labels.values_list("pk", flat=True))
    Charge.objects.filter(label__in=ids).update(created_at=now - by)
    with rows_may_change():
        Label.objects.filter(pk__in=ids).update(created_at=now - by)
