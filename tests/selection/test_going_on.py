"""A lead goes on against a rule: recorded with a reason, in force for so many labels, resumed."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from annotation.models import AuditEntry, Delivery
from annotation.services import projects, webhooks
from selection import configuration
from selection.models import GoneOn, Round, SelectionConfig
from tests.factories import NOW, add_items, make_project, make_user
from tests.selection.test_retraining import do_rounds, label_batch, texts

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
# Two texts' worth of words: any three models agree at once, so that the rule soon says stop.
EASY = {
    "batch_size": 16, "reserve_size": 4, "stopping": {"stabilised": {"kappa": 0.5, "looks": 1}},
}  # fmt: skip


@pytest.fixture
def lead():
    return make_user("ada")


@pytest.fixture
def project(lead):
    project = make_project(classes=("money", "parcel"), owner=lead)
    add_items(project, 200, texts=texts(200))
    SelectionConfig.objects.create(project=project, config=EASY, on_stop="pause")
    return project


def until_it_stops(project, lead):
    for _ in range(8):
        do_rounds(project)
        project.refresh_from_db()
        if project.status == "paused":
            return
        label_batch(project, lead)
    pytest.fail("no rule said stop")


def go_on(project, lead, labels=40, reason="Rare classes are short.", rule="stabilised"):
    return configuration.go_on(
        project=project, actor=lead, rule=rule, labels=labels, reason=reason, now=NOW
    )


def test_word_of_a_lead_resumes_the_project_and_is_in_the_audit_log(project, lead):
    until_it_stops(project, lead)

    word = go_on(project, lead)

    project.refresh_from_db()
    assert project.status == "active"
    assert (word.actor, word.until_labels) == (lead, word.n_labels + 40)
    entry = AuditEntry.objects.get(action="stop.go_on")
    assert (entry.actor, entry.target) == (lead, "stabilised")
    assert entry.after == {"until_labels": word.until_labels, "reason": "Rare classes are short."}


def test_rule_set_aside_stops_nothing_until_its_labels_are_there(project, lead):
    until_it_stops(project, lead)
    go_on(project, lead, labels=20)

    label_batch(project, lead)
    do_rounds(project)
    project.refresh_from_db()
    # 16 labels more: still set aside, though the rule goes on saying stop
    assert project.status == "active"
    assert any(v["stop"] for v in Round.objects.latest("number").verdicts)

    label_batch(project, lead)
    do_rounds(project)
    project.refresh_from_db()
    # 32 labels more: the rule counts again
    assert project.status == "paused"


def test_other_programs_hear_of_a_rule_that_comes_to_say_stop_and_not_while_it_is_set_aside(
    project, lead
):
    webhooks.create(
        project=project, actor=lead, url="https://example.org/", events=["stop.advised"]
    )
    until_it_stops(project, lead)
    number = Round.objects.latest("number").number
    go_on(project, lead, labels=20)
    for _ in range(2):
        label_batch(project, lead)
        do_rounds(project)

    heard = [each.payload["data"] for each in Delivery.objects.order_by("created_at")]

    # Not of the round in between, in which the word of the lead holds.
    assert [each["round"] for each in heard] == [number, number + 2]
    assert [[rule["rule"] for rule in each["rules"]] for each in heard] == [["stabilised"]] * 2
    assert all(each["pauses"] for each in heard)


def test_rule_that_does_not_say_stop_cannot_be_set_aside(project, lead):
    do_rounds(project)

    with pytest.raises(ValidationError, match="does not say stop"):
        go_on(project, lead)
    with pytest.raises(ValidationError, match="Raise the budget"):
        go_on(project, lead, rule="budget")


@pytest.mark.parametrize(
    ("labels", "reason", "words"),
    [(0, "x", "between 1"), (2_000_000, "x", "1,000,000"), (5, "  ", "Give a reason")],
)
def test_word_without_reason_or_end_is_refused(project, lead, labels, reason, words):
    until_it_stops(project, lead)

    with pytest.raises(ValidationError, match=words):
        go_on(project, lead, labels=labels, reason=reason)
    assert not GoneOn.objects.exists()


def test_database_refuses_a_word_without_a_reason(project, lead):
    row = GoneOn(
        project=project, actor=lead, rule="x", round_number=1, n_labels=1, until_labels=2, reason=""
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_page_shows_every_rule_and_takes_the_word(client, project, lead):
    client.force_login(lead, backend=BACKEND)
    until_it_stops(project, lead)
    page = client.get(reverse("progress", args=[project.slug])).content.decode()
    assert "When to stop" in page
    assert "Go on all the same" in page

    sent = {"rule": "stabilised", "labels": "40", "reason": "More of the rare ones"}
    response = client.post(reverse("go-on", args=[project.slug]), sent)

    assert response.status_code == 302
    page = client.get(reverse("progress", args=[project.slug])).content.decode()
    assert "Set aside by ada" in page
    assert "More of the rare ones" in page
    assert "Consider stopping" not in page


def test_word_with_something_wrong_is_told_on_the_page(client, project, lead):
    client.force_login(lead, backend=BACKEND)
    until_it_stops(project, lead)

    sent = {"rule": "budget", "labels": "40", "reason": "x"}
    response = client.post(reverse("go-on", args=[project.slug]), sent)

    assert response.status_code == 422
    assert "Raise the budget" in response.content.decode()


@pytest.mark.parametrize(("role", "status"), [("reviewer", 404), ("annotator", 404)])
def test_only_leads_go_on(client, project, lead, role, status):
    other = make_user()
    projects.set_role(project=project, user=other, role=role, actor=lead)
    client.force_login(other, backend=BACKEND)

    assert client.post(reverse("go-on", args=[project.slug])).status_code == status
