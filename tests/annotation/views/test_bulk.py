from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from annotation import tickets
from annotation.models import Assignment, Label, Project
from annotation.services import budgets
from tests.factories import make_user
from tests.support.table import make_grouped_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return make_user("ada")


@pytest.fixture
def project(ada):
    project = make_grouped_project(ada, n_items=80)
    # With this seed 61 of the 80 items may be answered together, about as many as to be expected.
    Project.objects.update(seed=8)
    project.refresh_from_db()
    return project


@pytest.fixture
def signed_in(client, ada):
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    return client


def url(name, project):
    return reverse(name, args=[project.slug])


def held(ada, n):
    return list(Assignment.objects.filter(annotator=ada, state="leased").order_by("position")[:n])


def fields(project, ada, rows, **more):
    items = [f"{tickets.issue(assignment_id=r.pk, user_id=ada.pk)} {uuid4()}" for r in rows]
    chosen = project.classes.first().pk
    return {"item": items, "classes": [chosen], "active_ms": 6_000, "wall_ms": 7_000, **more}


def test_without_script_the_form_answers_what_is_ticked(signed_in, ada, project):
    signed_in.get(url("bulk", project))
    rows = held(ada, 3)
    # A minute ago, so that the six seconds claimed are believed.
    Assignment.objects.filter(annotator=ada).update(leased_at=timezone.now() - timedelta(minutes=1))

    page = signed_in.post(url("bulk-answer", project), fields(project, ada, rows), follow=True)

    assert page.status_code == 200
    assert Label.objects.count() == 3
    assert sum(Label.objects.values_list("active_ms", flat=True)) == 6_000


def test_item_given_to_somebody_else_is_refused_for_all(signed_in, ada, project):
    signed_in.get(url("bulk", project))
    sent = fields(project, make_user(), held(ada, 2))

    assert signed_in.post(url("bulk-answer", project), sent).status_code == 403
    assert not Label.objects.exists()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"item": ["nonsense"]}, 422),
        ({"item": []}, 422),
        ({"classes": ["x"]}, 422),
        ({"classes": [10**12]}, 422),
    ],
)
def test_what_cannot_be_an_answer_records_nothing(signed_in, ada, project, changes, status):
    signed_in.get(url("bulk", project))
    sent = {**fields(project, ada, held(ada, 2)), **changes}

    assert signed_in.post(url("bulk-answer", project), sent).status_code == status
    assert not Label.objects.exists()


@pytest.mark.parametrize("name", ["bulk-answer", "bulk-undo", "bulk-leave"])
def test_somebody_without_a_role_finds_nothing(client, project, name):
    client.force_login(make_user(), backend="django.contrib.auth.backends.ModelBackend")

    assert client.post(url(name, project)).status_code == 404
    assert client.get(url("bulk", project)).status_code == 404


def test_used_up_budget_is_told(signed_in, project):
    budgets.freeze(budget=project.budgets.get(), is_frozen=True, actor=None)

    page = signed_in.get(url("bulk", project))

    assert "Nothing to answer together" in page.text
    assert not Assignment.objects.filter(state="leased").exists()


def test_page_says_that_the_guess_may_be_wrong(signed_in, project):
    page = signed_in.get(url("bulk", project))

    assert "The model takes these for <b>yes</b>. Look at each" in page.text


def test_project_that_does_not_allow_it_offers_it_nowhere(signed_in, project):
    assert url("bulk", project) in signed_in.get(url("label", project)).text
    project.bulk_allowed = False
    project.save(update_fields=["bulk_allowed"])

    assert signed_in.get(url("bulk", project)).url == url("label", project)
    assert url("bulk", project) not in signed_in.get(url("label", project)).text


def test_answer_with_the_next_of_the_group_takes_a_fixed_number_of_statements(
    signed_in, ada, project, django_assert_num_queries
):
    signed_in.get(url("bulk", project))
    headers = {"HX-Request": "true"}
    first, rest = held(ada, 24)[:2], held(ada, 24)[2:]
    group = f"class-{project.classes.first().pk}"

    for rows in (first, rest):
        sent = fields(project, ada, rows, group=group)
        with django_assert_num_queries(N_TURN):
            reply = signed_in.post(url("bulk-answer", project), sent, headers=headers)
        assert reply.status_code == 200


# One for who asks; 14 of the answer in a transaction (two of them lock and read the person's time),
# 11 of the next table.
N_TURN = 26
