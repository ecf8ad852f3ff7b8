"""The budget page: who may change what, what is shown, what is refused in words."""

import csv
import io
from decimal import Decimal

import pytest
from django.urls import reverse

from annotation import units
from annotation.models import AuditEntry, Budget, Item, Project, User
from annotation.services import budgets, projects
from tests.factories import answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
MONEY = units.MONEY


@pytest.fixture
def owner():
    return make_user("olga")


@pytest.fixture
def project(owner):
    project = make_project(owner=owner, n_items=5, budget=100)
    publish(project, project.items.all())
    return project


@pytest.fixture
def as_owner(client, owner):
    client.force_login(owner, backend=BACKEND)
    return client


@pytest.fixture
def as_lead(client, project):
    user = make_user("ada")
    projects.set_role(project=project, user=user, role="lead", actor=None)
    client.force_login(user, backend=BACKEND)
    return client


def url(name, project, *more):
    return reverse(name, args=[project.slug, *more])


def money_budget(project, said=40):
    return budgets.set_limit(
        project=project, scope="project", unit=MONEY, limit=units.to_amount(MONEY, said), actor=None
    )


PAY = {"pay_by": "hour", "pay_rate": "14.50", "currency": "usd", "max_paid_seconds": "120"}
PAGES = [
    ("budget", "get", ()),
    ("budget-limit", "post", ()),
    ("budget-freeze", "post", (1,)),
    ("budget-pay", "post", ()),
    ("budget-own-rate", "post", ()),
    ("budget-ledger", "get", ()),
]


@pytest.mark.parametrize("role", [None, "annotator", "reviewer"])
@pytest.mark.parametrize(("name", "method", "more"), PAGES)
def test_pages_of_leads_do_not_exist_for_others(client, name, method, more, role):
    project, user = make_project(), make_user()
    if role:
        projects.set_role(project=project, user=user, role=role, actor=None)
    client.force_login(user, backend=BACKEND)

    assert getattr(client, method)(url(name, project, *more)).status_code == 404


def test_page_shows_spent_reserved_and_left(as_owner, project):
    person = make_user("bob")
    answer(project, person, claim(project, person))
    claim(project, person)

    page = as_owner.get(url("budget", project)).content.decode()

    assert "98 labels" in page
    assert "1 label spent, 1 label reserved" in page
    assert "bob" in page


@pytest.mark.parametrize(
    ("sent", "scope", "unit", "limit"),
    [
        ({"scope": "project", "unit": "labels", "limit": "77"}, "project", "labels", 77),
        ({"scope": "annotator", "unit": "hours", "limit": "1.5"}, "annotator", "hours", 5_400_000),
        (
            {"scope": "annotator_day", "unit": "money", "limit": "9.99"},
            "annotator_day",
            MONEY,
            999_000,
        ),
    ],
)
def test_owner_sets_limits_of_every_scope_and_unit(as_owner, project, sent, scope, unit, limit):
    as_owner.post(url("budget-limit", project), sent)

    budget = Budget.objects.get(project=project, scope=scope, unit=unit)
    assert budget.limit == limit
    assert AuditEntry.objects.filter(action="budget.set", after=limit).exists()


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"unit": "labels", "limit": "0"}, "greater than or equal to 0.01"),
        ({"unit": "labels", "limit": "1.5"}, "Labels are counted whole; 1.5 is not."),
        ({"unit": "labels", "limit": "1000000001"}, "between 1 and 1,000,000,000 labels"),
        ({"unit": "labels", "limit": "many"}, "Enter a number"),
        ({"unit": "hours", "limit": "0.001"}, "no more than 2 decimal places"),
        ({"unit": "beans", "limit": "1"}, "not one of the available choices"),
        ({"unit": "labels", "limit": "1"}, "cannot go below 2 labels"),
    ],
)
def test_wrong_limit_is_refused_with_its_reason(as_owner, project, sent, message):
    person = make_user()
    answer(project, person, claim(project, person))
    claim(project, person)

    response = as_owner.post(url("budget-limit", project), {"scope": "project"} | sent)

    assert response.status_code == 422
    assert message in response.content.decode()
    assert list(Budget.objects.values_list("limit", flat=True)) == [100]


def test_limit_to_be_changed_is_filled_in(as_owner, project):
    budget = money_budget(project, 40)

    page = as_owner.get(url("budget", project), {"change": budget.pk}).content.decode()

    assert 'value="40.00"' in page
    assert '<option value="money" selected>' in page


def test_lead_sets_labels_and_hours_but_not_money(as_lead, project):
    as_lead.post(
        url("budget-limit", project), {"scope": "project", "unit": "labels", "limit": "50"}
    )
    refused = as_lead.post(
        url("budget-limit", project), {"scope": "project", "unit": "money", "limit": "50"}
    )

    assert refused.status_code == 422
    assert list(Budget.objects.values_list("unit", "limit")) == [("labels", 50)]


@pytest.mark.parametrize("name", ["budget-pay", "budget-own-rate"])
def test_lead_is_told_that_money_is_the_owners(as_lead, project, name):
    response = as_lead.post(url(name, project), PAY)

    assert response.status_code == 403
    assert "Only an owner" in response.content.decode()
    assert Project.objects.get().pay_rate == 0


def test_lead_stops_money_but_does_not_let_it_flow(as_lead, project):
    budget = money_budget(project)

    as_lead.post(url("budget-freeze", project, budget.pk), {"freeze": "yes"})
    refused = as_lead.post(url("budget-freeze", project, budget.pk), {"freeze": "no"})

    assert refused.status_code == 403
    budget.refresh_from_db()
    assert budget.is_frozen


def test_lead_sees_the_rate_and_no_form_for_it(as_lead, project):
    page = as_lead.get(url("budget", project)).content.decode()

    assert "0.00 EUR per label" in page
    assert url("budget-pay", project) not in page


def test_owner_freezes_and_lets_give_again(as_owner, project):
    budget = Budget.objects.get()

    as_owner.post(url("budget-freeze", project, budget.pk), {"freeze": "yes"})
    assert Budget.objects.get().is_frozen
    page = as_owner.post(
        url("budget-freeze", project, budget.pk), {"freeze": "no"}, headers={"HX-Request": "true"}
    ).content.decode()

    assert not Budget.objects.get().is_frozen
    assert "It gives again." in page
    assert 'id="budget-figures"' in page


def test_budget_of_another_project_is_not_found(as_owner, project, owner):
    other = Budget.objects.get(project=make_project(owner=owner))

    response = as_owner.post(url("budget-freeze", project, other.pk), {"freeze": "yes"})

    assert response.status_code == 404


def test_owner_says_what_a_label_costs(as_owner, project):
    as_owner.post(url("budget-pay", project), PAY)

    project.refresh_from_db()
    assert (project.pay_by, project.currency, project.max_paid_seconds) == ("hour", "USD", 120)
    assert units.to_said(MONEY, project.pay_rate) == Decimal("14.5")
    assert AuditEntry.objects.filter(action="pay.set").exists()


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"currency": "E1R"}, "A currency has three letters"),
        ({"pay_rate": "-1"}, "greater than or equal to 0"),
        ({"pay_rate": "1000001"}, "between 0 and 1,000,000"),
        ({"max_paid_seconds": "0"}, "greater than or equal to 1"),
        ({"pay_by": "love"}, "not one of the available choices"),
    ],
)
def test_wrong_price_is_refused_with_its_reason(as_owner, project, sent, message):
    response = as_owner.post(url("budget-pay", project), PAY | sent)

    assert response.status_code == 422
    assert message in response.content.decode()
    assert Project.objects.get().pay_rate == 0


def test_member_gets_a_rate_and_the_projects_again(as_owner, project, owner):
    member = project.memberships.get()

    as_owner.post(url("budget-own-rate", project), {"member": member.pk, "pay_rate": "0.125"})
    member.refresh_from_db()
    assert member.pay_rate == units.to_amount(MONEY, Decimal("0.125"))
    as_owner.post(url("budget-own-rate", project), {"member": member.pk, "pay_rate": ""})

    member.refresh_from_db()
    assert member.pay_rate is None


def test_member_of_another_project_is_refused(as_owner, project):
    stranger = make_project().memberships.get()

    response = as_owner.post(
        url("budget-own-rate", project), {"member": stranger.pk, "pay_rate": "1"}
    )

    assert response.status_code == 422
    stranger.refresh_from_db()
    assert stranger.pay_rate is None


def test_ledger_is_a_file_that_no_spreadsheet_runs(as_owner, project):
    person = make_user("=cmd")
    Item.objects.update(key="")
    Item.objects.filter(pk=project.items.first().pk).update(key="@SUM(A1)")
    label = answer(project, person, claim(project, person))

    response = as_owner.get(url("budget-ledger", project))

    (row,) = csv.DictReader(io.StringIO(response.getvalue().decode()))
    assert (row["person"], row["item_key"], row["amount"], row["unit"], row["label"]) == (
        "'=cmd", "'@SUM(A1)", "1", "labels", str(label.pk)
    )  # fmt: skip
    assert f"{project.slug}-ledger.csv" in response["Content-Disposition"]


def test_hostile_names_are_text(as_owner, project):
    hostile = "<script>alert(1)</script>"
    person = make_user("bob")
    User.objects.filter(pk=person.pk).update(first_name=hostile)
    projects.set_role(project=project, user=person, role="annotator", actor=None)
    budgets.set_limit(project=project, scope="annotator", limit=9, actor=None)
    answer(project, person, claim(project, person))

    page = as_owner.get(url("budget", project)).content.decode()

    assert hostile not in page
    assert "&lt;script&gt;" in page


def test_page_costs_the_same_statements_however_many_spend(
    as_owner, project, django_assert_max_num_queries
):
    budgets.set_limit(project=project, scope="annotator", limit=9, actor=None)
    for _ in range(4):
        person = make_user()
        answer(project, person, claim(project, person))

    # PostgreSQL is asked for the time, too.
    with django_assert_max_num_queries(17):
        as_owner.get(url("budget", project))
