"""The label page as the docs show it: phone, laptop, wide screen; light and dark."""

import pytest
from playwright.sync_api import expect

from annotation.models import ItemPayload, Project
from annotation.services import budgets
from tests.browser.test_showing_images import make_images, two_halves
from tests.browser.test_showing_text import ROW, make_texts
from tests.factories import make_user
from tests.support.browser import keep
from tests.support.desk import make_labelled_project, open_desk, saved

pytestmark = pytest.mark.django_db(transaction=True)

SIZES = {"phone": (390, 844), "laptop": (1280, 800), "wide": (1920, 1080)}
CLASSES = ("Refund", "Card payment", "Pending transfer", "Cash withdrawal", "Exchange rate")
TICKET = (
    "My card was charged twice for the same order and the app still says “pending”. "
    "Can you tell me when I get my money back?"
)
GUIDELINES = "# Decide by what is asked\nA *refund* is money back. Several questions: the first."


@pytest.fixture
def annotator(sign_in):
    user = make_user("ada")
    sign_in(user)
    return user


@pytest.fixture(params=[(size, scheme) for size in SIZES for scheme in ("light", "dark")])
def view(request, page):
    """Return the page in this size and light, and what its pictures are named by."""
    size, scheme = request.param
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    return page, f"{size}-{scheme}"


def shown(page):
    expect(page.locator(".work:not([hidden]) .item")).to_be_visible()


def test_screens_of_a_text(view, annotator):
    page, name = view
    project = make_labelled_project(annotator, classes=CLASSES, guidelines=GUIDELINES)
    Project.objects.update(name="Support tickets")
    ItemPayload.objects.filter(item__project=project).update(text=TICKET)
    open_desk(page, project)

    shown(page)
    keep(page, f"label-text-{name}")
    page.keyboard.press("g")
    expect(page.get_by_role("heading", name="Decide by what is asked")).to_be_visible()
    keep(page, f"label-guidelines-{name}")


def test_screens_of_an_image_a_row_and_several_classes(view, annotator):
    page, name = view
    open_desk(page, make_images(annotator, two_halves(1200, 800)))
    shown(page)
    keep(page, f"label-image-{name}")
    rows = make_texts(annotator, "", modality="table")
    ItemPayload.objects.filter(item__project=rows).update(fields=ROW)
    open_desk(page, rows)
    shown(page)
    keep(page, f"label-row-{name}")
    several = make_labelled_project(annotator, classes=CLASSES, task="multi")
    ItemPayload.objects.filter(item__project=several).update(text=TICKET)
    open_desk(page, several)
    page.keyboard.press("1")

    expect(page.get_by_role("checkbox").first).to_be_checked()
    keep(page, f"label-several-{name}")


def test_screens_of_ends(view, annotator):
    page, name = view
    project = make_labelled_project(annotator, classes=CLASSES)
    scope = {"project": project, "scope": "annotator_day", "unit": "labels"}
    budgets.set_limit(**scope, limit=1, actor=None)
    open_desk(page, project)
    page.keyboard.press("1")
    saved(page)

    expect(page.get_by_role("heading", name="That is all for today")).to_be_visible()
    keep(page, f"label-end-of-day-{name}")
    Project.objects.update(status="paused")
    page.reload()
    expect(page.get_by_role("heading", name="Paused")).to_be_visible()
    keep(page, f"label-paused-{name}")
