"""The label page as tests handle it."""

from playwright.sync_api import expect

from annotation.models import Label
from annotation.services import projects
from tests.factories import add_items, make_project, publish


def make_labelled_project(annotator, *, n_items=8, **fields):
    project = make_project(n_items=0, **fields)
    publish(project, add_items(project, n_items))
    projects.set_role(project=project, user=annotator, role="annotator", actor=None)
    return project


def open_desk(page, project):
    page.goto(f"/projects/{project.slug}/label/")
    expect(page.locator("#deck[data-ready]")).to_be_attached()


def text(page):
    return page.locator(".work:not([hidden]) .item-text")


def saved(page):
    return expect(page.locator("#saved[data-state=saved]")).to_be_visible()


def answers_of(annotator):
    """Return the names of the classes of the annotator's standing answers, in order of items."""
    rows = Label.objects.current().filter(annotator=annotator).order_by("item")
    names = {each.pk: each.name for row in rows for each in row.project.classes.all()}
    return [(row.item.key, *(names[pk] for pk in row.value or ())) for row in rows]
