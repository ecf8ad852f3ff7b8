"""The rules of handing out through the label page, answer after answer, as people meet them."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Assignment, Label, Project
from annotation.services import projects
from annotation.services.ledger_check import check_ledger
from tests.factories import make_project, make_user, publish

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
CARD = re.compile(
    r'name="ticket" value="(?P<ticket>[^"]+)">\s*<input[^>]* value="(?P<client_token>[^"]+)"'
)


class Person:
    """Somebody at the label page who answers what lies in front."""

    def __init__(self, project, role, name):
        self.user = make_user(name)
        self._project = project
        self._client = Client()
        self._client.force_login(self.user, backend="django.contrib.auth.backends.ModelBackend")
        projects.set_role(project=project, user=self.user, role=role, actor=None)

    def page(self):
        return self._client.get(reverse("label", args=[self._project.slug])).content.decode()

    def answer_all(self):
        """Answer until there is nothing more; return how many."""
        for n in range(100):
            card = CARD.search(self.page())
            if card is None:
                return n
            typed = card.groupdict() | {"classes": self._project.classes.first().pk}
            address = reverse("answer", args=[self._project.slug])
            assert self._client.post(address, typed, headers=HTMX).status_code == 200
        raise AssertionError("items without end")


@pytest.fixture
def project():
    project = make_project(n_items=10)
    publish(project, project.items.all())
    return project


def with_rules(project, **rules):
    Project.objects.filter(pk=project.pk).update(**rules)
    project.refresh_from_db()


def test_share_of_a_batch_holds_answer_after_answer(project):
    with_rules(project, batch_share_percent=40)
    one, two, three = (Person(project, "annotator", f"person {n}") for n in range(3))

    given = [each.answer_all() for each in (one, two, three)]

    # 40 % of ten each, and what is left for the last.
    assert given == [4, 4, 2]
    assert "Your share of this batch is done" in one.page()
    assert check_ledger() == []


def test_three_people_judge_a_share_of_the_items_and_nobody_one_twice(project):
    with_rules(project, overlap=3, overlap_percent=50)
    publish(project, project.items.all(), number=1)
    wanted = Assignment.objects.filter(batch__number=1).count()
    people = [Person(project, "annotator", f"person {n}") for n in range(4)]

    given = sum(each.answer_all() for each in people)

    assert given == wanted
    assert 10 < wanted < 30
    pairs = list(Label.objects.values_list("item", "annotator"))
    assert len(pairs) == len(set(pairs))


def test_further_opinions_come_from_reviewers_only(project):
    with_rules(project, overlap=2, further_by="reviewers")
    publish(project, project.items.all(), number=1)
    annotators = [Person(project, "annotator", f"person {n}") for n in range(2)]

    given = [each.answer_all() for each in annotators]
    reviewed = Person(project, "reviewer", "rita").answer_all()

    assert sum(given) == 10
    assert reviewed == 10
    further = Label.objects.filter(purpose="overlap").values_list("annotator__username", flat=True)
    assert set(further) == {"rita"}


def test_leads_are_told_whom_items_go_to(project):
    with_rules(project, leads_label=False)
    lead = Person(project, "lead", "lea")

    assert lead.answer_all() == 0
    assert "Items go to others here" in lead.page()
    assert Person(project, "annotator", "ann").answer_all() == 10
