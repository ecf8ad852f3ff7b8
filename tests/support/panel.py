"""People who all answered the same items, through the queue."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from annotation.models import Item, Project, Remark, User
from annotation.services import projects
from tests.factories import answer, claim, make_project, make_user, publish


def panel(
    said: Sequence[Sequence[int]], *, names: Sequence[str] = (), **fields: Any
) -> tuple[Project, list[User]]:
    """Everybody answers every item; `said` has a row per person, a class's place per item."""
    project = make_project(n_items=len(said[0]), **fields)
    people = [make_user(name) for name in names or [""] * len(said)]
    publish(project, items_of(project), overlap=len(said))
    for who, places in zip(people, said, strict=True):
        projects.set_role(project=project, user=who, role="annotator", actor=None)
        for place in places:
            answer(project, who, claim(project, who), place=place)
    project.refresh_from_db()
    return project, people


def items_of(project: Project) -> list[Item]:
    return list(project.items.order_by("pk"))


def remark(
    project: Project, item: Item, who: User, *, kind: str = "other", text: str = ""
) -> Remark:
    return Remark.objects.create(
        project=project, item=item, annotator=who, kind=kind, text=text, client_token=uuid4()
    )
