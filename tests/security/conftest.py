"""Two projects at work and somebody of each role, for whatever walks the list of addresses."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from annotation.models import Project, User
from annotation.services import projects
from tests.factories import make_project, make_user, publish
from tests.support.addresses import addresses, fillings, project_at_work

BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class World:
    """`paths` leads to the project at work, `stray` to another one with the ids of the first."""

    project: Project
    other: Project
    people: dict[str, User]
    paths: dict[str, str]
    stray: dict[str, str]

    def client(self, who: str, **options: Any) -> Client:
        client = Client(raise_request_exception=False, **options)
        if who != "nobody":
            client.force_login(self.people[who], backend=BACKEND)
        return client


def make_world() -> World:
    owner = make_user("olga")
    project = project_at_work(owner)
    other = make_project(owner=make_user("oscar"), n_items=3, budget=20)
    publish(other, list(other.items.all()))
    people = {"owner": owner, "outsider": other.memberships.get().user}
    people["admin"] = make_user("ruth", is_superuser=True)
    for role in ("lead", "reviewer", "annotator"):
        people[role] = make_user(role)
        projects.set_role(project=project, user=people[role], role=role, actor=None)
    fill = fillings(project, owner)
    member = project.memberships.get(user=people["annotator"]).pk

    def path(name: str, **changes: Any) -> str:
        given = dict(fill(name)) | {"member": member} | changes
        return reverse(name, kwargs={each: given[each] for each in addresses()[name]})

    names = list(addresses())
    has_more = [name for name in names if {"slug"} < addresses()[name]]
    paths = {name: path(name) for name in names}
    stray = {name: path(name, slug=other.slug) for name in has_more}
    return World(project, other, people, paths, stray)


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def rows_of_all_tables(*, without: frozenset[str] = frozenset()) -> dict[str, list[Any]]:
    """Return every row of every table, so that any change shows and says where."""
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            if table not in without and not table.startswith("annotation_itemsearch_"):
                cursor.execute(f'SELECT * FROM "{table}"')
                found[table] = sorted(map(repr, cursor.fetchall()))
    return found


def changed(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> list[str]:
    return sorted(table for table in after if after[table] != before.get(table))
