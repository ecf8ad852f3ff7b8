"""Deliveries under way: one at a time, tried again, given up, switched off; none twice by name."""

import base64
import hashlib
import hmac
import json
import random
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from alapp.clock import database_now
from annotation.models import AuditEntry, Delivery, Webhook
from annotation.services import deliveries, outbox, webhooks
from annotation.services.deliveries import MOST_TRIES, pause_after
from annotation.webhooks.outcome import Outcome
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db

SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=s) for s in (1, 60, 3_600, 86_400))
ARRIVED = Outcome(200, 12)
REFUSED = Outcome(500, 12, "Failed while it took it.")


@pytest.fixture
def lead():
    return make_user("ada")


@pytest.fixture
def project(lead):
    return make_project(owner=lead)


@pytest.fixture
def made(project, lead):
    return hear(project, lead)


@pytest.fixture
def hook(made):
    return made.hook


def hear(project, lead, url="https://example.org/news"):
    return webhooks.create(project=project, actor=lead, url=url, events=["round.published"])


def tell(project, n=1):
    for number in range(n):
        outbox.announce(project.pk, "round.published", {"round": number})
    newest = Delivery.objects.order_by("-created_at").first()
    return newest.created_at + SECOND


def claim(now, busy=(), n_sound=4, n_suspect=2):
    return deliveries.claim(now=now, n_sound=n_sound, n_suspect=n_suspect, busy=busy)


def settle(parcel, outcome, now, seed=1):
    return deliveries.settle(parcel, outcome, rng=random.Random(seed), now=now)


def fail_once(now):
    """Let what is due fail, and return the moment the next try is due."""
    (parcel,) = claim(now)
    settle(parcel, REFUSED, now)
    row = Delivery.objects.get(pk=parcel.id)
    hook = row.webhook
    return max(row.due_at, hook.rests_until) if hook.rests_until else row.due_at


def test_receiver_can_check_the_signature_by_its_secret(project, made):
    (parcel,) = claim(tell(project))

    key = base64.b64decode(made.secret.removeprefix("whsec_"))
    id_, stamp = parcel.headers["Webhook-Id"], parcel.headers["Webhook-Timestamp"]
    signed = f"{id_}.{stamp}.".encode() + parcel.body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert parcel.headers["Webhook-Signature"] == f"v1,{expected}"
    assert json.loads(parcel.body)["id"] == id_


def test_check_in_the_documentation_holds_for_what_is_sent_and_for_nothing_else(
    project, made, lead, settings
):
    text = (settings.BASE_DIR / "docs" / "webhooks.md").read_text()
    code = text.split("```python\n")[1].split("```")[0]
    known: dict = {}
    exec(code, known)
    now = database_now()
    webhooks.rotate(hook=made.hook, actor=lead, now=now)
    tell(project)
    (parcel,) = claim(now + SECOND)

    is_genuine = known["is_genuine"]
    assert is_genuine(made.secret, parcel.headers, parcel.body)
    assert not is_genuine(made.secret, parcel.headers, parcel.body + b" ")
    assert not is_genuine("whsec_" + "A" * 44, parcel.headers, parcel.body)
    old = parcel.headers | {"Webhook-Timestamp": str(int(now.timestamp()) - 3_600)}
    assert not is_genuine(made.secret, old, parcel.body)


def test_secret_stands_nowhere(project, made):
    rows = [*Webhook.objects.values(), *AuditEntry.objects.values()]

    assert made.secret not in repr(rows)
    assert made.secret.removeprefix("whsec_") not in repr(rows)


def test_new_secret_and_the_one_before_are_both_valid_for_a_day(project, made, lead):
    now = tell(project)
    fresh = webhooks.rotate(hook=made.hook, actor=lead, now=now)
    old, new = (base64.b64decode(s.removeprefix("whsec_")) for s in (made.secret, fresh.secret))

    (first,) = claim(now)
    settle(first, ARRIVED, now)
    tell(project)
    (second,) = claim(now + DAY)

    signatures = [each.headers["Webhook-Signature"].split(" ") for each in (first, second)]
    assert [len(each) for each in signatures] == [2, 1]
    for parcel, key, found in ((first, old, signatures[0][1]), (second, new, signatures[1][0])):
        stamp = parcel.headers["Webhook-Timestamp"]
        signed = f"{parcel.id}.{stamp}.".encode() + parcel.body
        digest = hmac.new(key, signed, hashlib.sha256).digest()
        assert found == "v1," + base64.b64encode(digest).decode()


def test_changed_server_key_switches_off_with_its_reason(project, hook, settings):
    now = tell(project)
    settings.SECRET_KEY = "another"

    assert claim(now) == []
    hook.refresh_from_db()
    assert (hook.is_on, "make a new secret" in hook.off_reason) == (False, True)


def test_what_one_has_claimed_no_other_gets_until_the_hold_is_over(project, hook):
    now = tell(project)
    (first,) = claim(now)

    assert claim(now) == []
    (again,) = claim(now + 61 * SECOND)
    assert (again.id, again.body) == (first.id, first.body)
    assert again.tries == first.tries + 1


def test_sender_that_lost_its_hold_writes_nothing(project, hook):
    now = tell(project)
    (late,) = claim(now)
    (again,) = claim(now + 61 * SECOND)

    assert not settle(late, REFUSED, now + 62 * SECOND)
    assert settle(again, ARRIVED, now + 62 * SECOND)
    assert Delivery.objects.get().state == "delivered"


def test_one_message_at_a_time_goes_to_one_receiver(project, lead, hook):
    other = hear(project, lead, "https://example.com/").hook
    now = tell(project, n=3)

    parcels = claim(now)

    assert {each.webhook_id for each in parcels} == {hook.pk, other.pk}
    assert claim(now, busy=[hook.pk]) == []
    settle(parcels[0], ARRIVED, now)
    assert [each.webhook_id for each in claim(now)] == [parcels[0].webhook_id]


def test_receivers_that_fail_take_no_place_of_those_that_work(project, lead):
    hooks = [hear(project, lead, f"https://example.org/{n}").hook for n in range(6)]
    now = tell(project)
    failing = [each.pk for each in hooks[:5]]
    Webhook.objects.filter(pk__in=failing).update(failing_since=now)

    parcels = claim(now, n_sound=4, n_suspect=2)

    assert [each.webhook_id for each in parcels if not each.is_suspect] == [hooks[5].pk]
    assert sum(each.is_suspect for each in parcels) == 2


def test_failure_is_tried_again_after_a_growing_pause_with_the_same_id_and_body(project, hook):
    now = tell(project)
    (first,) = claim(now)
    settle(first, REFUSED, now)

    row = Delivery.objects.get()
    assert (row.state, row.tries, row.status, row.took_ms) == ("waiting", 1, 500, 12)
    assert 8 * SECOND <= row.due_at - now <= 12 * SECOND
    assert claim(now + 7 * SECOND) == []
    (second,) = claim(now + 13 * SECOND)
    assert (second.id, second.body) == (first.id, first.body)


def test_pauses_triple_up_to_six_hours_and_differ():
    class Middle(random.Random):
        def uniform(self, a, b):
            return (a + b) / 2

    pauses = [pause_after(n, rng=Middle()).total_seconds() for n in range(1, MOST_TRIES)]

    # The last of eleven tries is 75,730 s = 21.0 hours after the first.
    assert pauses == [10, 30, 90, 270, 810, 2430, 7290, 21600, 21600, 21600]
    assert sum(pauses) == 75_730
    spread = {pause_after(3, rng=random.Random(seed)) for seed in range(50)}
    assert min(spread) >= 72 * SECOND
    assert max(spread) <= 108 * SECOND
    assert len(spread) == 50


def test_given_up_after_eleven_tries_and_said_so(project, hook):
    now = tell(project)
    for _ in range(MOST_TRIES):
        now = fail_once(now)

    row = Delivery.objects.get()
    assert (row.state, row.tries, row.error) == ("given_up", 11, "Failed while it took it.")
    hook.refresh_from_db()
    assert hook.is_on


def test_receiver_that_took_nothing_for_three_days_is_switched_off_with_its_reason(project, hook):
    start = now = tell(project)
    while Webhook.objects.get().is_on:
        if not Delivery.objects.filter(state="waiting").exists():
            tell(project)
            Delivery.objects.filter(state="waiting").update(due_at=now, queued_at=now)
        now = fail_once(now)

    assert 3 * DAY <= now - start < 5 * DAY
    assert "Nothing has arrived since" in Webhook.objects.get().off_reason


def test_receiver_that_is_gone_is_switched_off_at_once(project, hook):
    now = tell(project, n=2)
    (parcel,) = claim(now)

    settle(parcel, Outcome(410, 5, "Did not take it."), now)

    hook.refresh_from_db()
    assert (hook.is_on, "gone for good" in hook.off_reason) == (False, True)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"given_up"}


def test_what_waits_behind_a_failure_does_not_knock_at_full_speed(project, hook):
    now = tell(project, n=5)

    now_2 = fail_once(now)

    assert claim(now) == []
    hook.refresh_from_db()
    assert hook.rests_until > now
    assert len(claim(now_2)) == 1


def test_success_ends_the_rest_and_all_that_waits_goes_out(project, hook):
    now = fail_once(tell(project, n=3))

    (parcel,) = claim(now)
    settle(parcel, ARRIVED, now)

    hook.refresh_from_db()
    assert (hook.failing_since, hook.rests_until) == (None, None)
    assert len(claim(now)) == 1


@pytest.mark.parametrize(("asked", "at_least"), [(600, 600), (999_999, 3_600)])
def test_wish_to_be_asked_later_is_granted_up_to_an_hour(project, hook, asked, at_least):
    now = tell(project)
    (parcel,) = claim(now)

    settle(parcel, Outcome(429, 5, "", retry_after_seconds=asked), now)

    assert Delivery.objects.get().due_at - now == timedelta(seconds=at_least)


def test_sent_again_by_the_same_id_with_tries_counted_anew(project, hook, lead):
    now = tell(project)
    for _ in range(MOST_TRIES):
        now = fail_once(now)
    row = Delivery.objects.get()

    webhooks.send_again(hook=hook, actor=lead, delivery_id=str(row.pk), now=now)
    fail_once(now)

    again = Delivery.objects.get()
    assert (again.pk, again.state, again.tries) == (row.pk, "waiting", 12)
    assert AuditEntry.objects.filter(action="webhook.send_again").exists()
    with pytest.raises(ValidationError, match="waiting"):
        webhooks.send_again(hook=hook, actor=lead, delivery_id=str(row.pk), now=now)


def test_switched_off_gives_up_what_waits_and_on_starts_clean(project, hook, lead):
    now = fail_once(tell(project, n=2))

    webhooks.switch(hook=hook, actor=lead, is_on=False, now=now)
    assert claim(now) == []
    hook.refresh_from_db()
    webhooks.switch(hook=hook, actor=lead, is_on=True, now=now)
    tell(project)

    hook.refresh_from_db()
    assert (hook.is_on, hook.failing_since) == (True, None)
    assert Delivery.objects.filter(state="given_up").count() == 2
    assert len(claim(now)) == 1


def test_test_message_is_sent_at_once_also_by_one_that_rests(project, hook, lead):
    now = fail_once(tell(project))

    webhooks.test(hook=hook, actor=lead)

    assert claim(now - SECOND)[0].id == str(Delivery.objects.get(event="test").pk)


def test_old_deliveries_are_forgotten_and_what_cannot_be_sent_is_given_up(project, hook):
    now = tell(project, n=2)
    (parcel,) = claim(now)
    settle(parcel, ARRIVED, now)

    assert deliveries.tidy(now=now + 2 * DAY) == 0
    assert Delivery.objects.filter(state="given_up").count() == 1
    assert deliveries.tidy(now=now + 31 * DAY) == 2


def test_eleventh_webhook_is_refused(project, lead):
    for _ in range(10):
        hear(project, lead)

    with pytest.raises(ValidationError, match="10 webhooks"):
        hear(project, lead)


@pytest.mark.parametrize(
    ("url", "events", "reason"),
    [
        ("https://127.0.0.1/", ["round.published"], "inside a network"),
        ("https://example.org/", [], "at least one"),
        ("https://example.org/", ["label.read"], "not an event"),
    ],
)
def test_wrong_webhook_is_refused_with_its_reason(project, lead, url, events, reason):
    with pytest.raises(ValidationError, match=reason):
        webhooks.create(project=project, actor=lead, url=url, events=events)


def test_every_change_is_in_the_audit_log_without_the_path(project, lead):
    hook = hear(project, lead, "https://example.org/hidden?key=1").hook
    webhooks.change(
        hook=hook, actor=lead, url="https://example.org/other", events=["project.stopped"]
    )
    webhooks.rotate(hook=hook, actor=lead, now=hook.created_at)
    webhooks.test(hook=hook, actor=lead)
    webhooks.switch(hook=hook, actor=lead, is_on=False, now=hook.created_at)
    webhooks.delete(hook=hook, actor=lead)

    noted = AuditEntry.objects.filter(action__startswith="webhook.").order_by("pk")
    assert [each.action.removeprefix("webhook.") for each in noted] == [
        "create", "change", "secret", "test", "switch", "delete",
    ]  # fmt: skip
    assert {each.actor_id for each in noted} == {lead.pk}
    assert "hidden" not in repr(list(noted.values()))


def test_tidying_writes_nothing_where_there_is_nothing_to_do(django_assert_num_queries):
    now = database_now()

    with django_assert_num_queries(2) as asked:
        assert deliveries.tidy(now=now) == 0

    assert all(each["sql"].startswith("SELECT") for each in asked)
