from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from annotation.models import Account, AuditEntry, Budget
from annotation.services import budgets, queue
from tests.factories import NOW, answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    project = make_project(n_items=5, budget=3)
    publish(project, project.items.all())
    return project


def test_database_refuses_an_overdrawn_account(project):
    claim(project, make_user())

    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.update(reserved=4)


@pytest.mark.parametrize("limit", [0, -1, 10**10])
def test_limit_out_of_range_is_refused_with_the_range(project, limit):
    with pytest.raises(ValidationError, match="between 1 and 1,000,000,000"):
        budgets.set_limit(project=project, scope="project", limit=limit, actor=None)


def test_limit_cannot_go_below_what_is_spent_and_out(project):
    person = make_user()
    answer(project, person, claim(project, person))
    claim(project, person)

    with pytest.raises(ValidationError, match="cannot go below 2"):
        budgets.set_limit(project=project, scope="project", limit=1, actor=None)

    assert Budget.objects.get().limit == 3


def test_raised_limit_counts_at_the_next_claim(project):
    person = make_user()
    for _ in range(3):
        answer(project, person, claim(project, person))
    budgets.set_limit(project=project, scope="project", limit=4, actor=person)

    answer(project, person, claim(project, person))

    assert budgets.labels_left(project) == 0
    assert AuditEntry.objects.filter(action="budget.set").latest("pk").after == 4


def test_frozen_budget_gives_nothing_but_lets_work_out_be_finished(project):
    person = make_user()
    held = claim(project, person)
    budgets.freeze(budget=Budget.objects.get(), is_frozen=True, actor=person)

    answer(project, person, held)

    with pytest.raises(budgets.BudgetExhausted):
        queue.claim(project=project, annotator=person, now=NOW)


def test_limit_per_annotator_counts_each_person_alone(project):
    budgets.set_limit(project=project, scope="annotator", limit=1, actor=None)
    one, two = make_user(), make_user()
    claim(project, one)

    with pytest.raises(budgets.BudgetExhausted, match="each annotator"):
        queue.claim(project=project, annotator=one, now=NOW)

    assert claim(project, two)


def test_refusal_by_one_limit_gives_back_what_another_reserved(project):
    budgets.set_limit(project=project, scope="annotator", limit=1, actor=None)
    person = make_user()
    claim(project, person)

    with pytest.raises(budgets.BudgetExhausted):
        queue.claim(project=project, annotator=person, now=NOW)

    assert budgets.labels_left(project) == 2


def test_limit_per_day_is_new_on_the_next_day(project):
    budgets.set_limit(project=project, scope="annotator_day", limit=1, actor=None)
    person = make_user()
    answer(project, person, claim(project, person))

    with pytest.raises(budgets.BudgetExhausted):
        queue.claim(project=project, annotator=person, now=NOW)

    assert claim(project, person, now=NOW + timedelta(days=1))


def test_skip_gives_its_budget_back(project):
    person = make_user()
    held = claim(project, person)

    queue.skip(project=project, assignment_id=held.pk, annotator=person, reason="unsure", now=NOW)

    assert Account.objects.values_list("reserved", "spent").get() == (0, 0)
