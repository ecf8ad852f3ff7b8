"""Plain factories: the least that a test needs, made through the services."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import Max

from annotation import exchange, wordlist
from annotation.models import Assignment, Item, ItemPayload, Label, Project, User
from annotation.services import labels, projects, queue, search_index
from annotation.services.projects import ClassDraft

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def make_user(name: str = "", *, is_superuser: bool = False, is_active: bool = True) -> User:
    name = name or f"person-{next(_numbers)}"
    return User.objects.create_user(
        name, password="a quiet desk", is_superuser=is_superuser, is_active=is_active
    )


def make_project(
    *, n_items: int = 0, classes: Sequence[str] = ("yes", "no"), is_active: bool = True, **fields
) -> Project:
    owner = fields.pop("owner", None) or make_user()
    project = projects.create(
        name=f"Project {next(_numbers)}",
        modality=fields.pop("modality", "text"),
        owner=owner,
        classes=[ClassDraft(name) for name in classes],
        **fields,
    )
    add_items(project, n_items)
    if is_active:
        Project.objects.filter(pk=project.pk).update(status="active", started_at=NOW)
        project.refresh_from_db()
    return project


def add_items(project: Project, n: int, *, texts: Sequence[str] = ()) -> list[Item]:
    start = project.items.count()
    items = [
        Item(
            project=project,
            key=f"{start + i}",
            content_hash=f"{start + i:064d}",
            audit_rank=(start + i) * 7919 % 10_007,
        )
        for i in range(n)
    ]
    Item.objects.bulk_create(items)
    texts = texts or [f"text {item.key}" for item in items]
    ItemPayload.objects.bulk_create(
        ItemPayload(item=item, text=text) for item, text in zip(items, texts, strict=True)
    )
    search_index.add(
        [
            (item.pk, wordlist.words_of_item(item.key, text, {}))
            for item, text in zip(items, texts, strict=True)
        ],
        project_id=project.pk,
    )
    return items


def publish(
    project: Project, items: Sequence[Item], *, number: int = 0, reserve: int = 0, **fields: object
) -> list[Assignment]:
    """Lay these items on the desk, the last `reserve` of them behind the batch.

    `overlap` people are to judge each of them; without it, as the project says.
    """
    if "overlap" in fields:
        project.overlap = int(str(fields["overlap"]))
        project.save(update_fields=["overlap"])
    wanted = [
        exchange.WantedItem(
            item_id=item.pk,
            position=place,
            purpose=str(fields.get("purpose", "query")),
            in_reserve=place >= len(items) - reserve,
        )
        for place, item in enumerate(items)
    ]
    with transaction.atomic():
        exchange.publish(
            project_id=project.pk,
            number=number,
            wanted=wanted,
            model_version="",
        )
    return list(project.assignments.filter(batch__number=number).order_by("position", "slot"))


def claim(project: Project, user: User, now: datetime = NOW) -> Assignment:
    assignment = queue.claim(project=project, annotator=user, now=now)
    assert assignment is not None
    return assignment


def answer(
    project: Project, user: User, assignment: Assignment, *, place: int = 0, now: datetime = NOW
) -> Label:
    """Answer with the class at this place."""
    chosen = project.classes.all()[place]
    return labels.record(
        project=project,
        assignment_id=assignment.pk,
        annotator=user,
        answer=labels.Answer([chosen.pk], uuid4(), active_ms=1_500, wall_ms=2_000),
        now=now,
    )


def answer_in_time(
    project: Project, user: User, assignment: Assignment, *, place: int = 0, now: datetime = NOW
) -> Label:
    """Answer with time enough for what the page measured to be true: two seconds after the item
    was handed out, or after the annotator's answer before it; not before `now`."""
    before = Label.objects.filter(annotator=user).aggregate(last=Max("worked_until_ms"))["last"]
    free = datetime.fromtimestamp((before or 0) / 1000, tz=UTC)
    start = max(free, assignment.leased_at or now)
    soonest = start + timedelta(seconds=2)
    return answer(project, user, assignment, place=place, now=max(soonest, now))
