"""The page of many items as tests handle it."""

from django.db import transaction
from playwright.sync_api import expect

from annotation import exchange
from annotation.models import Group, Guess, Project
from annotation.services import bulk, projects
from tests.factories import add_items, make_project


def make_grouped_project(*people, n_items=40, purposes=None, **fields):
    """A batch whose items are thought to be of the first class, but for every fourth."""
    texts = fields.pop("texts", None)
    project = make_project(n_items=0, budget=fields.pop("budget", 500), **fields)
    # The seed chooses the quarter that is kept out, and so how large the groups are.
    Project.objects.filter(pk=project.pk).update(bulk_allowed=True, seed=8)
    project.refresh_from_db()
    for person in people:
        projects.set_role(project=project, user=person, role="annotator", actor=None)
    items = add_items(project, n_items, texts=texts or ())
    classes = list(project.classes.all())
    wanted = [
        exchange.WantedItem(
            item_id=item.pk,
            position=place,
            purpose=(purposes or {}).get(place, "query"),
            in_reserve=False,
            prediction={"class_id": classes[place % 4 == 0].pk, "confidence": 0.7},
        )
        for place, item in enumerate(items)
    ]
    with transaction.atomic():
        exchange.publish(project_id=project.pk, number=0, wanted=wanted, model_version="m")
    return project


def put_in_groups(project, words):
    """Have the items be alike in turn: the first of the first group, and so on around."""
    Group.objects.bulk_create(
        Group(project=project, number=number, size=1, words=each)
        for number, each in enumerate(words)
    )
    Guess.objects.bulk_create(
        Guess(item=item, project=project, number=place % len(words))
        for place, item in enumerate(project.items.order_by("pk"))
    )


def grouped(project, *, first=True):
    """The keys of the items that may be answered together and are thought to be of a class."""
    return [
        item.key
        for place, item in enumerate(project.items.order_by("pk"))
        if (place % 4 != 0) == first and not bulk.comes_one_by_one(project, item.content_hash)
    ]


def open_table(page, project):
    page.goto(f"/projects/{project.slug}/label/together/")
    expect(page.locator("#tiles[data-ready]")).to_be_attached()


def tiles(page):
    return page.locator(".tile:not([hidden])")


def texts(page):
    return tiles(page).locator(".tile-text").all_text_contents()
