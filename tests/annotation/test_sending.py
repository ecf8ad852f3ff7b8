"""The sender and a real receiver: what is told arrives, and nobody waits for those who are slow."""

import random
import threading
import time

import pytest

from annotation.models import Delivery, Webhook
from annotation.sending import Sender
from annotation.services import outbox, webhooks
from annotation.webhooks.addresses import Rules
from annotation.webhooks.transport import Post
from tests.annotation.webhooks.receiver import Receiver, plainly
from tests.factories import make_project, make_user

SECONDS = 40


@pytest.fixture
def receivers():
    made = []

    def make(**fields):
        made.append(Receiver(**fields))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def allow(settings):
    def allow_them(*receivers):
        settings.ALAPP_WEBHOOK_PRIVATE = ["127.0.0.0/8"]
        settings.ALAPP_WEBHOOK_PORTS = [each.port for each in receivers]
        settings.ALAPP_WEBHOOK_HTTP = True
        return Sender(Post(webhooks.rules(), seconds=5), rng=random.Random(1))

    return allow_them


def hear(project, receiver):
    made = webhooks.create(
        project=project, actor=make_user(), url=receiver.url(), events=["round.published"]
    )
    return made.hook


def wait_until(is_so, what):
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"{what}: {list(Delivery.objects.values())}"
        time.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_what_is_told_arrives_and_is_written_down(receivers, allow):
    receiver = receivers(answer=plainly(204))
    sender, project = allow(receiver), make_project()
    hear(project, receiver)
    outbox.announce(project.pk, "round.published", {"round": 3})

    sender.drain()

    row = Delivery.objects.get()
    assert (row.state, row.status, row.tries, row.error) == ("delivered", 204, 1, "")
    ((headers, body),) = receiver.received
    assert headers["Webhook-Id"] == str(row.pk)
    assert headers["Content-Type"].startswith("application/json")
    assert b'"round":3' in body


@pytest.mark.django_db(transaction=True)
def test_hanging_receiver_holds_up_no_other(receivers, allow):
    over = threading.Event()
    slow = receivers(answer=lambda handler: over.wait(SECONDS))
    quick = receivers()
    sender, project = allow(slow, quick), make_project()
    hooks = hear(project, slow), hear(project, quick)
    for number in range(3):
        outbox.announce(project.pk, "round.published", {"round": number})

    for _ in range(200):
        sender.step()
        if len(quick.received) == 3 and not Delivery.objects.exclude(state="delivered").filter(
            webhook=hooks[1]
        ):
            break
        sender._wait()

    assert len(quick.received) == 3
    assert len(slow.received) == 1
    assert Webhook.objects.get(pk=hooks[1].pk).failing_since is None
    over.set()


@pytest.mark.django_db(transaction=True)
def test_worker_killed_between_sending_and_noting_sends_again_by_the_same_id(
    receivers, start_worker
):
    working = []

    def cut_the_power(handler):
        if len(receiver.received) == 1:
            working[0].kill()
        plainly(200)(handler)

    receiver = receivers(answer=cut_the_power)
    where = {
        "DJANGO_SETTINGS_MODULE": "tests.support.worker_settings",
        "ALAPP_WEBHOOK_PRIVATE": "127.0.0.0/8",
        "ALAPP_WEBHOOK_PORTS": str(receiver.port),
        "ALAPP_WEBHOOK_HTTP": "yes",
    }
    project = make_project()
    hook = Webhook.objects.create(
        project=project, url=receiver.url(), events=["round.published"], **secret()
    )
    working.append(start_worker(**where))
    working[0].wait_for_log("is ready", seconds=SECONDS)
    outbox.announce(project.pk, "round.published", {"round": 0})
    wait_until(lambda: not working[0].is_running(), "the worker lives")
    assert Delivery.objects.get().state == "waiting"

    # The hold of the dead ends by itself after a minute; the test does not wait for it.
    Delivery.objects.filter(webhook=hook).update(held_until=None)
    start_worker(**where)
    wait_until(lambda: Delivery.objects.get().state == "delivered", "nothing is delivered")

    first, second = receiver.received
    assert first[0]["Webhook-Id"] == second[0]["Webhook-Id"] == str(Delivery.objects.get().pk)
    assert first[1] == second[1]


def secret():
    hook = Webhook()
    webhooks._renew(hook)
    return {"salt": hook.salt, "secret_check": hook.secret_check}


@pytest.mark.django_db(transaction=True)
def test_worker_that_does_what_waits_and_ends_sends_too(receivers, start_worker):
    receiver = receivers()
    project = make_project()
    Webhook.objects.create(
        project=project, url=receiver.url(), events=["round.published"], **secret()
    )
    outbox.announce(project.pk, "round.published", {"round": 0})

    worker = start_worker(
        "--once",
        DJANGO_SETTINGS_MODULE="tests.support.worker_settings",
        ALAPP_WEBHOOK_PRIVATE="127.0.0.0/8",
        ALAPP_WEBHOOK_PORTS=str(receiver.port),
        ALAPP_WEBHOOK_HTTP="yes",
    )

    assert worker.wait(seconds=SECONDS) == 0
    assert Delivery.objects.get().state == "delivered"
    assert len(receiver.received) == 1


def test_rules_of_the_settings_hold_by_default(settings):
    assert webhooks.rules() == Rules()
