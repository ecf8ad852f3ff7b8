"""The written-out statements: the same as the longer way, and by index whatever the pool's size."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from annotation.models import (
    Account,
    Assignment,
    Charge,
    Consensus,
    ItemPayload,
    Label,
    Project,
    Skip,
)
from annotation.services import budgets, desk, labels, queue, statements
from tests.factories import NOW, add_items, answer, claim, make_project, make_user, publish

pytestmark = pytest.mark.django_db

# Half a minute after the items were handed out: what pages claim beyond it is not believed.
ANSWERED = NOW + timedelta(seconds=30)


def asked(project, person, assignment):
    return labels.Asked(project, assignment.pk, person, ANSWERED)


def an_answer(project, *, active_ms=7_000):
    return labels.Answer([project.classes.all()[0].pk], uuid4(), active_ms=active_ms, wall_ms=9_000)


def with_budgets(project, *, by="hour"):
    budgets.set_pay(
        project=project,
        actor=None,
        pay_by=by,
        pay_rate=1_234_567,
        currency="EUR",
        max_paid_seconds=5,
    )
    for unit, limit in (("labels", 50), ("hours", 10**7), ("money", 10**9)):
        for scope in ("project", "annotator", "annotator_day"):
            budgets.set_limit(project=project, scope=scope, unit=unit, limit=limit, actor=None)
    return project


def ledger_of(project):
    accounts = Account.objects.filter(budget__project=project).order_by("pk")
    charges = Charge.objects.filter(account__budget__project=project).order_by("pk")
    return (
        list(
            accounts.values_list("budget__unit", "budget__scope", "reserved", "spent", "n_settled")
        ),
        list(charges.values_list("account__budget__unit", "state", "amount")),
    )


def what_stands(project):
    rows = Label.objects.filter(project=project).order_by("pk").values()
    for row in rows:
        for name in ("id", "project_id", "item_id", "assignment_id", "annotator_id", "value",
                     "client_token", "created_at"):  # fmt: skip
            del row[name]
    assignments = Assignment.objects.filter(project=project).order_by("position")
    consensus = Consensus.objects.filter(project=project)
    return (
        list(rows),
        list(assignments.values_list("state", "leased_until", "closed_at")),
        list(consensus.values_list("certainty", "n_labels")),
        ledger_of(project),
    )


@pytest.mark.parametrize("by", ["label", "hour"])
@pytest.mark.parametrize("active_ms", [0, 1_234, 4_999, 60_000])
def test_plain_way_writes_what_the_longer_way_writes(by, active_ms):
    written = []
    for record in (
        lambda each, sent: labels.record_plainly(
            each, sent, terms=budgets.terms_for(each.project, each.annotator)
        ),
        labels.record_at_length,
    ):
        project, person = with_budgets(make_project(), by=by), make_user()
        publish(project, add_items(project, 3))
        held = claim(project, person)
        Assignment.objects.filter(pk=held.pk).update(
            prediction={"class_id": 1, "confidence": 0.5}, model_version="abc", purpose="audit"
        )
        record(asked(project, person, held), an_answer(project, active_ms=active_ms))
        written.append(what_stands(project))

    assert written[0] == written[1]


def test_plain_claim_reserves_what_the_longer_claim_reserves():
    written = []
    for claim_one in (claim_plainly, claim):
        project, person = with_budgets(make_project()), make_user()
        publish(project, add_items(project, 3))
        # Accounts are made at somebody's first claim, at length.
        queue.claim(project=project, annotator=person, now=NOW)
        claim_one(project, person)
        written.append(ledger_of(project))

    assert written[0] == written[1]
    assert written[0][1].count(("labels", "reserved", 1)) == 6


def claim_plainly(project, person):
    terms = budgets.terms_for(project, person)
    with transaction.atomic():
        assert queue.claim_plainly(project=project, annotator=person, terms=terms, now=NOW)


def test_member_with_a_rate_of_their_own_is_paid_by_it_in_a_turn():
    project = with_budgets(make_project(), by="label")
    owner = project.memberships.get().user
    budgets.set_member_pay(project=project, user=owner, pay_rate=77, actor=None)
    publish(project, add_items(project, 3))
    held = claim(project, owner)

    desk.take_turn(
        desk.Seat(project, owner, NOW),
        assignment_id=held.pk,
        answer=an_answer(project),
        terms=budgets.terms_for(project, owner),
    )

    money = Account.objects.filter(budget__unit="money").values_list("spent", "reserved")
    assert set(money) == {(77, 2 * 77)}


def test_next_of_the_plain_way_is_next_of_the_queue():
    project, person, other = make_project(), make_user(), make_user()
    Project.objects.filter(pk=project.pk).update(overlap=2)
    items = add_items(project, 12)
    publish(project, items[:6], reserve=2)
    publish(project, items[4:], number=1, reserve=3)
    found = []

    for turn in range(8):
        ways = queue._open_for(project, person).values_list("pk", flat=True)[:1]
        sql, parameters = statements.first_open(project_id=project.pk, annotator_id=person.pk)
        with connection.cursor() as cursor, transaction.atomic():
            cursor.execute(sql, parameters)
            plain = [row[0] for row in cursor.fetchall()]
            assert plain == list(ways)
        found += plain
        # Somebody else takes one, she answers or skips one: all that keeps items from her.
        claim(project, other)
        held = claim(project, person)
        if turn % 2:
            queue.skip(
                project=project, assignment_id=held.pk, annotator=person, reason="other", now=NOW
            )
        else:
            answer(project, person, held)

    assert len(set(found)) == 8


def test_nothing_is_kept_of_a_turn_whose_claim_has_no_room():
    project, person = make_project(budget=2), make_user()
    publish(project, add_items(project, 5))
    first = queue.sit_down(project=project, annotator=person, now=NOW).assignments[0]

    laid = desk.take_turn(
        desk.Seat(project, person, NOW),
        assignment_id=first.pk,
        answer=an_answer(project),
        terms=budgets.terms_for(project, person),
    )

    assert laid.nothing is queue.Nothing.BUDGET
    assert len(laid.order) == 1
    assert Account.objects.values_list("reserved", "spent", "n_settled").get() == (1, 1, 1)
    assert Assignment.objects.filter(state="open").count() == 3


def test_turn_takes_the_lease_again_of_who_left_in_another_tab():
    project, person = make_project(), make_user()
    publish(project, add_items(project, 5))
    first = queue.sit_down(project=project, annotator=person, now=NOW).assignments[0]
    queue.let_go(project=project, annotator=person, now=NOW)

    laid = desk.take_turn(
        desk.Seat(project, person, NOW + timedelta(seconds=5)),
        assignment_id=first.pk,
        answer=an_answer(project),
        terms=budgets.terms_for(project, person),
    )

    until = NOW + timedelta(seconds=605)
    leased = Assignment.objects.filter(state="leased")
    assert {each.pk: each.leased_until for each in leased} == dict.fromkeys(laid.order, until)


# Plans


N_ITEMS = 3_000
# With two batches, reading every assignment is as cheap as the index: the plan would be a toss-up.
N_BATCHES, BATCH_SIZE = 10, 100
BIG = ("assignment", "item", "itempayload", "label", "charge", "consensus", "skip")


@pytest.fixture(scope="module")
def big_world(django_db_setup, django_db_blocker):
    """A project in which the planner would notice a full scan; made once, taken back after."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_big_world()
        transaction.set_rollback(True)


def make_big_world():
    project, person, others = make_project(), make_user(), make_user()
    items = add_items(project, N_ITEMS)
    for number in range(N_BATCHES):
        first = number * BATCH_SIZE
        publish(project, items[first : first + BATCH_SIZE], number=number)
    chosen = project.classes.all()[0].pk
    Assignment.objects.update(state="done", annotator=others)
    Assignment.objects.filter(position__lt=BATCH_SIZE // 2).update(annotator=person)
    done = list(Assignment.objects.filter(state="done"))
    Label.objects.bulk_create(
        Label(
            project=project,
            item_id=each.item_id,
            assignment=each,
            annotator_id=each.annotator_id,
            value=[chosen],
            client_token=uuid4(),
        )
        for each in done
    )
    Consensus.objects.bulk_create(
        Consensus(project=project, item_id=each.item_id, value=[chosen], certainty=1, n_labels=1)
        for each in done
    )
    Skip.objects.bulk_create(
        Skip(item_id=each.item_id, assignment=each, annotator=others, reason="unsure")
        for each in done[: len(done) // 2]
    )
    publish(project, items[len(done) : len(done) + BATCH_SIZE], number=N_BATCHES)
    queue.sit_down(project=project, annotator=make_user(), now=NOW)
    account = Account.objects.get()
    Charge.objects.bulk_create(
        Charge(account=account, assignment=each, label=label, state="settled", amount=1)
        for each, label in zip(done, Label.objects.order_by("pk"), strict=True)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    queue.sit_down(project=project, annotator=person, now=NOW)
    return project, person


def statements_of_a_turn(project, person):
    held = Assignment.objects.filter(annotator=person, state="leased").first()
    with CaptureQueriesContext(connection) as seen:
        desk.take_turn(
            desk.Seat(project, person, NOW),
            assignment_id=held.pk,
            answer=an_answer(project),
            terms=budgets.terms_of(project),
        )
    found = [query["sql"].strip() for query in seen.captured_queries]
    return [sql for sql in found if sql.split()[0] in {"SELECT", "UPDATE", "INSERT"}]


def plan_of(sql):
    explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    with connection.cursor() as cursor:
        cursor.execute(explain + sql.replace("%", "%%"))
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def full_scans(plan):
    """Return the lines of a plan that read all rows of a table that grows with the project."""
    names = [f"annotation_{name}" for name in BIG]
    scans = [line for line in plan.splitlines() if "Seq Scan on" in line or "SCAN " in line]
    return [line for line in scans if any(f" {name} " in f" {line} " for name in names)]


def test_no_statement_of_a_turn_reads_a_whole_table_or_sorts_the_queue(big_world):
    found = statements_of_a_turn(*big_world)

    assert len(found) >= 9
    for sql in found:
        plan = plan_of(sql)
        assert not full_scans(plan), f"{sql}\n{plan}"
        if "in_reserve, a.batch_id DESC" in sql:
            assert "TEMP B-TREE" not in plan, plan
            assert "Sort" not in plan, plan


def test_full_scan_would_be_noticed(big_world):
    sql = "SELECT count(*) FROM annotation_itempayload WHERE text LIKE '%x%'"

    assert ItemPayload.objects.count() >= N_ITEMS
    assert full_scans(plan_of(sql))
