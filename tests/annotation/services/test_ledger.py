"""Budgets of time and money, and a ledger that adds up."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from annotation import units
from annotation.models import Account, Assignment, AuditEntry, Budget, Charge, Label
from annotation.services import budgets, labels, queue
from annotation.services.ledger_check import check_ledger
from tests.factories import NOW, claim, make_project, make_user, publish
from tests.support.tampering import rows_may_change

pytestmark = pytest.mark.django_db

MINUTE = 60_000
# When answers come: late enough for whatever time they claim.
LATER = NOW + timedelta(hours=1)
EURO = units.MONEY_PARTS


@pytest.fixture
def project():
    """A project that pays at most a minute per label."""
    project = make_project(n_items=8, budget=100)
    publish(project, project.items.all())
    pay(project)
    return project


@pytest.fixture
def person():
    return make_user()


def pay(project, *, by="label", rate=0, seconds=60, currency="EUR"):
    budgets.set_pay(
        project=project,
        actor=None,
        pay_by=by,
        pay_rate=rate,
        currency=currency,
        max_paid_seconds=seconds,
    )


def limit(project, amount, *, unit, scope="project"):
    return budgets.set_limit(project=project, scope=scope, unit=unit, limit=amount, actor=None)


def answer(project, person, held, *, active_ms=1_500, place=0, now=LATER):
    return labels.record(
        project=project,
        assignment_id=held.pk,
        annotator=person,
        answer=labels.Answer([project.classes.all()[place].pk], uuid4(), active_ms=active_ms),
        now=now,
    )


def undo(project, person):
    return labels.undo(project=project, annotator=person, token=uuid4(), now=NOW)


def holds(unit):
    """Return what the one account of this unit has reserved and spent."""
    return Account.objects.filter(budget__unit=unit).values_list("reserved", "spent").get()


def test_hours_reserve_the_ceiling_and_settle_what_was_worked(project, person):
    limit(project, 10 * MINUTE, unit="hours")
    held = claim(project, person)
    reserved = holds("hours")

    answer(project, person, held, active_ms=7_250)

    assert reserved == (MINUTE, 0)
    assert holds("hours") == (0, 7_250)


def test_time_beyond_the_ceiling_is_on_the_label_but_not_charged(project, person):
    limit(project, 10 * MINUTE, unit="hours")

    label = answer(project, person, claim(project, person), active_ms=3 * MINUTE)

    assert label.active_ms == 3 * MINUTE
    assert holds("hours") == (0, MINUTE)


def test_hours_that_leave_no_room_for_a_label_refuse_the_claim(project, person):
    limit(project, 2 * MINUTE - 1, unit="hours")
    claim(project, person)

    with pytest.raises(budgets.BudgetExhausted, match="hours for the whole project"):
        queue.claim(project=project, annotator=person, now=NOW)

    assert holds("hours") == (MINUTE, 0)
    assert check_ledger() == []


def test_price_per_label_is_spent_per_label(project, person):
    pay(project, rate=4_000)
    limit(project, EURO, unit="money")

    answer(project, person, claim(project, person), active_ms=50_000)

    assert holds("money") == (0, 4_000)


def test_hourly_rate_is_spent_by_active_time(project, person):
    # 18 EUR an hour: half a part per ms, 30,000 for the minute that is reserved.
    pay(project, by="hour", rate=18 * EURO)
    limit(project, EURO, unit="money")
    held = claim(project, person)
    reserved = holds("money")

    answer(project, person, held, active_ms=20_000)

    assert reserved == (30_000, 0)
    assert holds("money") == (0, 10_000)


def test_member_with_a_rate_of_their_own_is_paid_by_it(project):
    owner = project.memberships.get().user
    pay(project, rate=4_000)
    limit(project, EURO, unit="money")
    budgets.set_member_pay(project=project, user=owner, pay_rate=6_000, actor=None)

    answer(project, owner, claim(project, owner))
    answer(project, make_user(), Assignment.objects.filter(state="open").first())

    assert holds("money") == (0, 6_000 + 4_000)


def test_rate_raised_after_the_claim_never_settles_more_than_was_reserved(project, person):
    pay(project, rate=4_000)
    limit(project, EURO, unit="money")
    held = claim(project, person)
    pay(project, rate=9_000)

    answer(project, person, held)

    assert holds("money") == (0, 4_000)


def test_budgets_of_several_units_and_scopes_hold_together(project, person):
    limit(project, 60 * MINUTE, unit="hours")
    limit(project, 2 * MINUTE, unit="hours", scope="annotator_day")
    limit(project, 1, unit="labels", scope="annotator")

    answer(project, person, claim(project, person), active_ms=9_000)
    with pytest.raises(budgets.BudgetExhausted, match="1 label for each annotator"):
        queue.claim(project=project, annotator=person, now=NOW)

    spent = sorted(Account.objects.values_list("spent", "reserved"))
    assert spent == [(1, 0), (1, 0), (9_000, 0), (9_000, 0)]
    assert check_ledger() == []


def test_undo_gives_time_back_and_pays_what_was_worked_before_too(project, person):
    limit(project, 10 * MINUTE, unit="hours")
    held = claim(project, person)
    answer(project, person, held, active_ms=7_000)

    undo(project, person)
    between = holds("hours")
    answer(project, person, held, active_ms=2_000, place=1)

    assert between == (MINUTE, 0)
    # Seven seconds before the undo and two after it: both were worked.
    assert holds("hours") == (0, 9_000)
    assert check_ledger() == []


def test_undo_when_nothing_is_left_reserves_what_had_been_spent(project, person):
    limit(project, MINUTE + 7_000, unit="hours")
    held = claim(project, person)
    answer(project, person, held, active_ms=7_000)
    claim(project, make_user())

    undo(project, person)
    between = holds("hours")
    answer(project, person, held, active_ms=30_000)

    assert between == (MINUTE + 7_000, 0)
    assert holds("hours") == (MINUTE, 7_000)
    assert check_ledger() == []


def test_frozen_budget_is_told_from_a_spent_one(project, person):
    budgets.freeze(budget=Budget.objects.get(), is_frozen=True, actor=None)

    with pytest.raises(budgets.BudgetFrozen, match="Frozen by a lead: 100 labels"):
        queue.claim(project=project, annotator=person, now=NOW)
    desk = queue.sit_down(project=project, annotator=person, now=NOW)

    assert desk.nothing is queue.Nothing.FROZEN


def test_budget_let_go_gives_at_the_next_claim(project, person):
    standing = Budget.objects.get()
    budgets.freeze(budget=standing, is_frozen=True, actor=None)
    budgets.freeze(budget=standing, is_frozen=False, actor=person)

    assert claim(project, person)
    assert AuditEntry.objects.filter(action="budget.freeze").count() == 2


def test_limit_below_what_is_held_is_refused_in_the_words_of_its_unit(project, person):
    limit(project, 60 * MINUTE, unit="hours")
    claim(project, person)

    with pytest.raises(ValidationError, match=r"cannot go below 0\.02 hours"):
        limit(project, MINUTE - 1, unit="hours")

    assert Account.objects.get(budget__unit="hours").limit == 60 * MINUTE


@pytest.mark.parametrize(
    ("unit", "amount", "words"),
    [
        ("hours", 0, "10,000,000 hours"),
        ("money", 10**15, r"1,000,000,000 EUR; 10,000,000,000 is not"),
        ("cows", 1, "'cows' is not what a budget can count"),
    ],
)
def test_limit_that_cannot_be_is_refused_with_the_range(project, unit, amount, words):
    with pytest.raises(ValidationError, match=words):
        limit(project, amount, unit=unit)


def test_scope_that_is_none_is_refused(project):
    with pytest.raises(ValidationError, match="'everybody' is not whom"):
        limit(project, 1, unit="labels", scope="everybody")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"by": "word"}, "'word' is not what people can be paid by"),
        ({"rate": -1}, "between 0 and 1,000,000"),
        ({"seconds": 0}, "between 1 and 86,400 seconds; 0 is not"),
        ({"currency": "euro"}, "three letters"),
    ],
)
def test_pay_that_cannot_be_is_refused(project, wrong, words):
    with pytest.raises(ValidationError, match=words):
        pay(project, **wrong)


def test_currency_stays_once_money_is_spent(project, person):
    pay(project, rate=1)
    limit(project, EURO, unit="money")
    claim(project, person)

    with pytest.raises(ValidationError, match="EUR cannot become USD"):
        pay(project, rate=1, currency="USD")


def test_nobody_outside_the_project_gets_a_rate(project):
    with pytest.raises(ValidationError, match="has no role"):
        budgets.set_member_pay(project=project, user=make_user(), pay_rate=1, actor=None)


def test_labels_left_of_time_go_by_what_a_label_took(project, person):
    limit(project, 2 * MINUTE, unit="hours")
    before = budgets.labels_left(project)
    answer(project, person, claim(project, person), active_ms=6_000)

    # Two ceilings at first; then 114 of 120 seconds by 6 each.
    assert (before, budgets.labels_left(project)) == (2, 19)


def test_no_labels_are_left_when_the_next_claim_is_refused(project, person):
    limit(project, 2 * MINUTE - 1, unit="hours")
    claim(project, person)

    assert budgets.labels_left(project) == 0


def test_standings_show_what_every_account_holds(project, person):
    limit(project, 10 * MINUTE, unit="hours", scope="annotator_day")
    answer(project, person, claim(project, person), active_ms=6_000)

    whole, theirs = budgets.standings(project, day=NOW.date())

    assert (whole.holder, whole.spent, whole.left) == (None, 1, 99)
    assert (theirs.holder, theirs.spent, theirs.n_settled) == (person, 6_000, 1)


def test_ledger_adds_up_through_a_whole_life(project, person):
    pay(project, by="hour", rate=12 * EURO)
    for unit, amount in (("hours", 60 * MINUTE), ("money", 10 * EURO)):
        limit(project, amount, unit=unit)
        limit(project, amount, unit=unit, scope="annotator_day")
    first, second, third = (claim(project, person) for _ in range(3))

    answer(project, person, first)
    queue.skip(project=project, assignment_id=second.pk, annotator=person, reason="other", now=NOW)
    answer(project, person, third)
    undo(project, person)
    claim(project, make_user())
    queue.release(project=project, annotator=person)

    assert check_ledger(project=project) == []


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda: Account.objects.update(spent=5), "spent is 5, its charges say 1"),
        (lambda: Account.objects.update(reserved=5), "reserved is 5, its charges say 1"),
        (lambda: Account.objects.update(n_settled=5), "5 settled, 1 charges are"),
        (lambda: Account.objects.update(limit=99), "its limit is not that of budget"),
        (lambda: Label.objects.update(is_extra=True), "an extra label"),
        (lambda: Label.objects.update(assignment=None), "a label of another assignment"),
        (lambda: Label.objects.update(value=None), "a label taken back"),
        (
            lambda: Assignment.objects.filter(state="leased").update(
                state="open", annotator=None, leased_until=None
            ),
            "its assignment is with nobody",
        ),
        (
            lambda: Assignment.objects.filter(state="done").update(
                state="withdrawn", annotator=None
            ),
            "its assignment is not answered",
        ),
        (lambda: Charge.objects.filter(state="settled").delete(), "spent is 1, its charges say 0"),
    ],
)
def test_every_contradiction_is_found(project, person, break_it, words):
    answer(project, person, claim(project, person))
    claim(project, person)
    assert check_ledger() == []

    with rows_may_change():
        break_it()

    assert any(words in each for each in check_ledger(project=project))
