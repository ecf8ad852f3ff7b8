"""No page of an annotator tells which items have a known answer."""

import re

import pytest
from django.urls import reverse

from annotation.models import Gold
from annotation.services import reliability
from tests.annotation.views.test_reasons import asked, page_of, reply_to, without_names
from tests.factories import NOW, make_user

pytestmark = pytest.mark.django_db

PAGES = ("label", "my-answers", "own-work", "notes")


@pytest.fixture
def annotator():
    return make_user("ada")


@pytest.fixture
def desk(client, annotator):
    client.force_login(annotator, backend="django.contrib.auth.backends.ModelBackend")
    return client


def told(desk, annotator, purpose):
    """Every page of an annotator after two answers, one of them not what is known."""
    project = asked(annotator, purpose=purpose)
    yes = project.classes.all()[0].pk
    if purpose == "gold":
        Gold.objects.bulk_create(
            Gold(project=project, item=item, value=[yes], source="upload", added_by=annotator)
            for item in project.items.all()
        )
    for place in (0, 1):
        reply_to(desk, project, page_of(desk, project), place=place)
    reliability.measure(project, now=NOW)
    return [
        _plain(desk.get(reverse(name, args=[project.slug])).content.decode(), project)
        for name in PAGES
    ]


def _plain(html, project):
    html = re.sub(r"csrfmiddlewaretoken.*?>|<time.*?</time>|\d+", "", html)
    return without_names(html, project)


def test_no_page_of_annotators_tells_which_items_are_known(desk, annotator):
    known = told(desk, annotator, "gold")
    plain = told(desk, annotator, "query")

    assert all(len(page) > 500 for page in known)
    for name, one, other in zip(PAGES, known, plain, strict=True):
        assert one == other, name
        assert not re.search(r"\bgold\b|known answer", one, re.IGNORECASE), name
