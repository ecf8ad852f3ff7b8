"""Webhooks by program."""

import pytest
from django.utils import timezone

from annotation.models import AuditEntry, Delivery, Webhook
from annotation.services import webhooks
from tests.api.calling import caller
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db
URL = "https://example.org/news?key=1"


@pytest.fixture
def lead():
    return make_user("lead")


@pytest.fixture
def project(lead):
    return make_project(owner=lead)


@pytest.fixture
def call(lead, project):
    return caller(lead, project)


@pytest.fixture
def hook(project, lead):
    return webhooks.create(project=project, actor=lead, url=URL, events=["round.published"]).hook


def test_secret_is_in_the_answer_that_makes_it_and_in_no_other(call):
    sent = {"url": URL, "events": ["project.stopped"], "key": "once"}

    made, again = call("post", "webhooks", **sent), call("post", "webhooks", **sent)

    assert made.status_code == 201, made.content
    assert made.json()["secret"].startswith("whsec_")
    assert again.json() == made.json() | {"secret": None}
    hook = Webhook.objects.get()
    shown = made.json()["webhook"]
    assert (shown["id"], shown["url"], shown["events"]) == (hook.pk, URL, ["project.stopped"])
    assert call("get", "webhook", hook.pk).json() == shown
    assert call("get", "webhooks").json() == [{"webhook": shown, "newest": None}]


def test_what_is_not_named_stays_when_a_webhook_is_changed(call, hook):
    changed = call("patch", "webhook", hook.pk, events=["run.failed", "batch.completed"])

    assert changed.status_code == 200, changed.content
    shown = changed.json()
    # In the order of the list of events, as the page writes it.
    assert (shown["url"], shown["events"]) == (URL, ["batch.completed", "run.failed"])


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"url": "http://127.0.0.1/", "events": ["run.failed"]}, ""),
        ({"url": URL, "events": ["round.lost"]}, "events.0"),
        ({"url": URL, "events": []}, "events"),
        ({"url": URL, "events": ["run.failed"], "salt": "mine"}, "salt"),
    ],
)
def test_what_no_webhook_can_be_is_refused_with_its_field(call, sent, field):
    refused = call("post", "webhooks", **sent)

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == field
    assert not Webhook.objects.exists()


def test_it_is_switched_tried_renewed_and_deleted_with_an_entry_each(call, hook):
    tried = call("post", "webhook-test", hook.pk).json()
    off = call("post", "webhook-switch", hook.pk, is_on=False).json()
    refused = call("post", "webhook-test", hook.pk)
    new = call("post", "webhook-secret", hook.pk).json()
    gone = call("delete", "webhook", hook.pk)

    assert (tried["event"], tried["state"], tried["tries"]) == ("test", "waiting", 0)
    assert (off["is_on"], refused.status_code) == (False, 422)
    assert new["secret"].startswith("whsec_")
    assert new["webhook"]["former_until"]
    assert (gone.status_code, Webhook.objects.count()) == (204, 0)
    written = AuditEntry.objects.filter(action__startswith="webhook.").order_by("pk")
    assert list(written.values_list("action", flat=True)) == [
        "webhook.create", "webhook.test", "webhook.switch", "webhook.secret", "webhook.delete",
    ]  # fmt: skip


def test_messages_are_read_page_by_page_the_newest_first(call, hook, monkeypatch):
    monkeypatch.setattr(webhooks, "PER_PAGE", 2)
    moment = timezone.now()
    made = Delivery.objects.bulk_create(
        Delivery(webhook=hook, event="test", created_at=moment) for _ in range(5)
    )

    first = call("get", "deliveries", hook.pk).json()
    found = [each["id"] for each in first["results"]]
    following = first["next"]
    while following:
        page = call("get", "deliveries", hook.pk, query="?" + following.partition("?")[2]).json()
        found, following = found + [each["id"] for each in page["results"]], page["next"]

    # Five of one moment are told apart by their ids.
    assert found == sorted(str(each.pk) for each in made)
    wrong = call("get", "deliveries", hook.pk, query="?cursor=7")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "cursor")


def test_message_given_up_is_sent_again_and_one_that_waits_is_not(call, hook):
    row = Delivery.objects.create(webhook=hook, event="test", state="given_up", tries=9)

    sent, twice = (call("post", "delivery-again", hook.pk, row.pk) for _ in range(2))

    assert (sent.status_code, sent.json()["state"]) == (200, "waiting")
    assert twice.status_code == 422
    assert call("get", "delivery", hook.pk, row.pk).json() == sent.json()
