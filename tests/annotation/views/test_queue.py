"""The label page's views: who may, what is recorded, and what an update brings."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotation import tickets
from annotation.models import Assignment, Charge, Label, Skip, State
from annotation.services import budgets, projects
from annotation.services.ledger_check import check_ledger
from tests.factories import NOW, add_items, make_project, make_user, publish

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def annotator():
    return make_user("ada")


@pytest.fixture
def project(annotator):
    project = make_project()
    publish(project, add_items(project, 6))
    projects.set_role(project=project, user=annotator, role="annotator", actor=None)
    return project


@pytest.fixture
def desk(client, annotator):
    client.force_login(annotator, backend="django.contrib.auth.backends.ModelBackend")
    return client


def to(name, project):
    return reverse(name, args=[project.slug])


def sit_down(desk, project):
    """Open the page and return what its first card would send, without an answer."""
    page = desk.get(to("label", project)).content.decode()
    return {
        name: re.search(rf'name="{name}" value="([^"]+)"', page)[1]
        for name in ("ticket", "client_token")
    }


def answer(desk, project, sent, *, place=0, headers=None):
    classes = project.classes.all()[place].pk
    return desk.post(to("answer", project), {**sent, "classes": classes}, headers=headers)


PAGES = ("label", "answer", "skip", "undo", "heartbeat", "leave")


@pytest.mark.parametrize("name", PAGES)
def test_outsider_gets_404(client, project, name):
    client.force_login(make_user(), backend="django.contrib.auth.backends.ModelBackend")
    ask = client.get if name == "label" else client.post

    assert ask(to(name, project)).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_nobody_signed_in_is_asked_to_sign_in(client, project, name):
    response = client.post(to(name, project))

    assert response.status_code == 302
    assert response.url.startswith(reverse("sign-in"))


@pytest.mark.parametrize("name", PAGES[1:])
def test_looking_never_answers(desk, project, name):
    assert desk.get(to(name, project)).status_code == 405


def test_post_without_csrf_token_is_refused(annotator, project):
    client = Client(enforce_csrf_checks=True)
    client.force_login(annotator, backend="django.contrib.auth.backends.ModelBackend")

    assert client.post(to("answer", project)).status_code == 403


def test_answer_without_javascript_is_recorded_and_leads_back(desk, project, annotator):
    sent = sit_down(desk, project)

    response = answer(desk, project, sent)

    assert response.status_code == 302
    assert response.url == to("label", project)
    label = Label.objects.get()
    assert (label.annotator, label.value) == (annotator, [project.classes.all()[0].pk])


def test_answer_sent_twice_is_one_label(desk, project):
    sent = sit_down(desk, project)

    first = answer(desk, project, sent, headers=HTMX)
    second = answer(desk, project, sent, headers=HTMX)

    assert (first.status_code, second.status_code) == (200, 200)
    assert Label.objects.count() == 1


def test_update_brings_the_card_that_the_page_lacks_and_nothing_else(desk, project):
    sent = sit_down(desk, project)
    shown = Assignment.objects.filter(state=State.LEASED).values_list("pk", flat=True)
    have = " ".join(map(str, shown))

    response = answer(desk, project, sent, headers={**HTMX, "X-Have": have})

    html = response.content.decode()
    assert html.count("data-card=") == 1
    assert "text 2" in html
    assert "<html" not in html


@pytest.mark.parametrize("name", ["answer", "skip"])
@pytest.mark.parametrize("ticket", ["made up", "other's"])
def test_ticket_that_is_not_theirs_is_refused(desk, project, name, ticket):
    sent = sit_down(desk, project)
    assignment = Assignment.objects.first()
    if ticket == "other's":
        ticket = tickets.issue(assignment_id=assignment.pk, user_id=make_user().pk)

    response = desk.post(
        to(name, project),
        {**sent, "ticket": ticket, "classes": project.classes.first().pk, "reason": "other"},
        headers=HTMX,
    )

    assert response.status_code == 403
    assert not Label.objects.exists()
    assert not Skip.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"classes": "x"},
        {"classes": ""},
        {"classes": "99999"},
        {"client_token": "x"},
        {"ticket": ""},
    ],
)
def test_wrong_answer_is_refused_in_words(desk, project, wrong):
    sent = sit_down(desk, project) | {"classes": project.classes.first().pk}

    response = desk.post(to("answer", project), {**sent, **wrong}, headers=HTMX)

    assert response.status_code == 422
    assert b'role="alert"' in response.content
    assert not Label.objects.exists()


@pytest.mark.parametrize("milliseconds", ["", "x", "-5", "1e99", "9" * 30])
def test_clock_that_is_wrong_costs_nobody_their_answer(desk, project, milliseconds):
    sent = sit_down(desk, project)

    response = answer(desk, project, {**sent, "active_ms": milliseconds}, headers=HTMX)

    assert response.status_code == 200
    assert 0 <= Label.objects.get().active_ms <= 86_400_000


def test_second_answer_for_the_same_item_is_a_conflict(desk, project):
    sent = sit_down(desk, project)
    answer(desk, project, sent)

    response = answer(desk, project, sent | {"client_token": uuid4()}, headers=HTMX)

    assert response.status_code == 409
    assert b"answered this item already" in response.content


def test_undo_marks_what_was_answered(desk, project):
    answer(desk, project, sit_down(desk, project), place=1)

    response = desk.post(to("undo", project), {"client_token": uuid4()}, headers=HTMX)

    html = response.content.decode()
    assert re.search(r"data-earlier>\s*<span[^>]*>no<", html)
    assert not Label.objects.current().exists()


def test_skip_records_the_reason(desk, project):
    sent = sit_down(desk, project)

    response = desk.post(to("skip", project), {**sent, "reason": "unreadable"})

    assert response.status_code == 302
    assert Skip.objects.get().reason == "unreadable"


def test_purpose_is_never_in_the_page(desk, annotator):
    pages = []
    for purpose in ("query", "audit", "gold"):
        project = make_project()
        publish(project, add_items(project, 3), purpose=purpose)
        projects.set_role(project=project, user=annotator, role="annotator", actor=None)
        page = desk.get(to("label", project)).content.decode()
        page = re.sub(r'value="[^"]*"|(?<=card[-=])"?\d+"?|data-order="[^"]*"', "", page)
        pages.append(page.replace(project.name, "").replace(project.slug, ""))

    assert pages[0] == pages[1] == pages[2]
    assert "audit" not in pages[0]


def test_leaving_ends_leases_soon_and_coming_back_renews_them(desk, project):
    sit_down(desk, project)
    before = Assignment.objects.filter(state=State.LEASED).first().leased_until

    desk.post(to("leave", project))
    left = Assignment.objects.filter(state=State.LEASED).first().leased_until
    sit_down(desk, project)
    again = Assignment.objects.filter(state=State.LEASED).first().leased_until

    assert left < before <= again


def test_heartbeat_renews_without_a_page(desk, project):
    sit_down(desk, project)
    desk.post(to("leave", project))
    left = Assignment.objects.filter(state=State.LEASED).first().leased_until

    response = desk.post(to("heartbeat", project))

    assert response.status_code == 204
    assert Assignment.objects.filter(state=State.LEASED).first().leased_until > left


@pytest.mark.parametrize(("lease", "beat"), [(600, 30), (60, 20), (10, 3)])
def test_page_beats_at_least_three_times_in_a_lease(desk, project, lease, beat):
    projects.describe(project=project, actor=None, lease_seconds=lease)

    html = desk.get(to("label", project)).content.decode()

    assert f'data-beat-seconds="{beat}"' in html


def test_page_is_kept_by_no_cache(desk, project):
    assert "no-store" in desk.get(to("label", project))["Cache-Control"]


def statements_of(send):
    with CaptureQueriesContext(connection) as seen:
        response = send()
    assert response.status_code < 300
    return [query["sql"] for query in seen.captured_queries]


# Who asks and where; begin; the answer with consensus and budgets (5); the next lease with its
# budgets (3); commit; the desk.
STATEMENTS = 12


@pytest.mark.parametrize("units", [("labels",), ("labels", "hours", "money")])
def test_answer_and_next_card_take_few_statements_and_one_transaction(desk, project, units):
    for unit in units:
        for scope in ("project", "annotator", "annotator_day"):
            budgets.set_limit(project=project, scope=scope, unit=unit, limit=10**8, actor=None)
    sent = sit_down(desk, project)
    held = Assignment.objects.filter(state=State.LEASED).values_list("pk", flat=True)
    headers = {**HTMX, "X-Have": " ".join(map(str, held))}
    sent["classes"] = str(project.classes.first().pk)

    seen = statements_of(lambda: desk.post(to("answer", project), sent, headers=headers))

    assert len(seen) <= STATEMENTS, "\n".join(seen)
    # The test's own transaction makes a savepoint of the request's.
    assert sum(sql.startswith("SAVEPOINT") for sql in seen) == 1
    assert Charge.objects.filter(state="settled").count() == 3 * len(units)


def test_heartbeat_takes_two_statements(desk, project):
    sit_down(desk, project)

    assert len(statements_of(lambda: desk.post(to("heartbeat", project)))) <= 2


def test_page_with_both_cards_on_it_takes_two_statements(desk, project):
    sit_down(desk, project)

    assert len(statements_of(lambda: desk.get(to("label", project), headers=HTMX))) <= 2


def test_answer_sent_again_brings_the_same_next_card(desk, project):
    sent = sit_down(desk, project)
    held = list(Assignment.objects.filter(state=State.LEASED).values_list("pk", flat=True))
    headers = {**HTMX, "X-Have": " ".join(map(str, held))}

    first, again = (answer(desk, project, sent, headers=headers).content.decode() for _ in "12")

    next_card = re.search(r'data-card="(\d+)"', first)[1]
    assert re.search(r'data-card="(\d+)"', again)[1] == next_card
    assert re.search(r'data-order="([^"]*)"', first)[0] in again


def test_cards_a_page_claims_to_have_are_only_numbers(desk, project):
    sent = sit_down(desk, project)
    headers = {**HTMX, "X-Have": "x -1 99999999999999999999999999 1;drop"}

    assert answer(desk, project, sent, headers=headers).status_code == 200


def test_answer_in_a_paused_project_is_kept_and_ends_the_work_in_hand(desk, project):
    sent = sit_down(desk, project)
    projects.set_status(project=project, status="paused", actor=None, now=NOW)

    html = answer(desk, project, sent, headers=HTMX).content.decode()

    assert Label.objects.count() == 1
    assert "data-closed" in html
    assert 'data-order=""' in html


def test_last_label_of_the_budget_is_kept_and_the_page_says_why_it_ends(desk, project):
    budgets.set_limit(project=project, scope="project", limit=2, actor=None)
    answers = [answer(desk, project, sit_down(desk, project), headers=HTMX) for _ in "12"]

    assert "The budget is used up" in answers[1].content.decode()
    assert Label.objects.count() == 2
    assert check_ledger() == []


def test_frozen_budget_is_worded_differently_from_a_spent_one(desk, project):
    sit_down(desk, project)
    budgets.freeze(budget=project.budgets.get(), is_frozen=True, actor=None)
    answers = [answer(desk, project, sit_down(desk, project), headers=HTMX) for _ in "12"]

    html = answers[1].content.decode()
    assert "stopped handing out items" in html
    assert "used up" not in html


def test_page_that_waits_is_not_searched_for_while_nothing_changes(desk, project):
    for _ in range(project.assignments.count()):
        answer(desk, project, sit_down(desk, project))
    page = desk.get(to("label", project))
    stamp = re.search(r'data-stamp="(\w+)"', page.text)[1]
    headers = HTMX | {"X-Stamp": stamp}

    # Who asks with the project, and the stamp: no claim, no search of the pool.
    assert len(statements_of(lambda: desk.get(to("label", project), headers=headers))) == 2
    assert desk.get(to("label", project), headers=headers).status_code == 204
    add_items(project, 1)

    found = desk.get(to("label", project), headers=headers)
    assert found.status_code == 200
    assert 'data-card="' in found.text


def test_page_says_how_the_day_goes_and_what_is_left(desk, project):
    budgets.set_limit(project=project, scope="annotator", unit="labels", limit=9, actor=None)
    answer(desk, project, sit_down(desk, project))

    page = desk.get(to("label", project))

    assert '<b data-pace="labels">1</b> today' in page.text
    # 9, less the answer and the two items in hand.
    assert "<b>6 labels</b> yours" in page.text


def test_end_of_the_day_is_worded_for_the_day(desk, project):
    budgets.set_limit(project=project, scope="annotator_day", unit="labels", limit=1, actor=None)
    answer(desk, project, sit_down(desk, project))

    assert "That is all for today" in desk.get(to("label", project)).text
