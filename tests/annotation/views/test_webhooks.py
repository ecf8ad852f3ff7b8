"""The pages of webhooks: what they show, the secret shown once, and who may."""

import re
from html import unescape

import pytest
from django.db import connection
from django.urls import reverse

from annotation.models import Delivery, Webhook
from annotation.services import projects, webhooks
from tests.factories import NOW, make_project, make_user

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
URL = "https://example.org/news?key=1"


@pytest.fixture
def lead(client):
    user = make_user("ada")
    client.force_login(user, backend=BACKEND)
    return user


@pytest.fixture
def project(lead):
    return make_project(owner=lead)


@pytest.fixture
def hook(project, lead):
    return webhooks.create(project=project, actor=lead, url=URL, events=["round.published"]).hook


def text_of(response):
    return re.sub(r"\s+", " ", unescape(response.content.decode()))


def url(name, project, *rest):
    return reverse(name, args=[project.slug, *rest])


def secrets_in(text):
    return re.findall(r"whsec_[\w+/=]+", text)


def test_secret_is_on_the_page_that_makes_it_and_nowhere_else(client, project):
    made = client.post(url("webhooks-add", project), {"url": URL, "events": ["project.stopped"]})
    hook = Webhook.objects.get()

    pages = [client.get(url("webhooks", project)), client.get(url("webhook", project, hook.pk))]

    assert len(secrets_in(text_of(made))) == 1
    assert "no-store" in made["Cache-Control"]
    assert not any(secrets_in(text_of(each)) for each in pages)
    assert URL in text_of(pages[0])
    assert (hook.url, hook.events) == (URL, ["project.stopped"])


def test_new_secret_is_another_and_says_how_long_the_old_one_holds(client, project, hook):
    first = secrets_in(text_of(client.post(url("webhook-secret", project, hook.pk))))
    page = text_of(client.post(url("webhook-secret", project, hook.pk)))

    assert secrets_in(page) != first
    assert "signed by the old secret too" in page


def test_wrong_address_is_said_beside_what_was_typed(client, project):
    response = client.post(
        url("webhooks-add", project), {"url": "https://127.0.0.1/x", "events": ["test"]}
    )
    again = client.post(
        url("webhooks-add", project), {"url": "https://10.0.0.1/", "events": ["run.failed"]}
    )

    assert response.status_code == again.status_code == 422
    assert "inside a network" in text_of(again)
    assert 'value="https://10.0.0.1/"' in text_of(again)
    assert not Webhook.objects.exists()


def test_page_shows_how_each_delivery_went(client, project, hook, lead):
    for status, state, error in ((200, "delivered", ""), (500, "given_up", "Failed.")):
        delivery = webhooks.test(hook=hook, actor=lead)
        Delivery.objects.filter(pk=delivery.pk).update(
            state=state, status=status, took_ms=37, error=error, tries=1, tried_at=NOW
        )

    page = text_of(client.get(url("webhook", project, hook.pk)))

    assert all(each in page for each in ("200", "500", "37 ms", "Failed.", "Delivered", "Given up"))
    assert page.count("Send again") == 2


def test_reason_of_a_hook_switched_off_is_said(client, project, hook):
    Webhook.objects.filter(pk=hook.pk).update(is_on=False, off_reason="Nothing has arrived.")

    page = text_of(client.get(url("webhook", project, hook.pk)))

    assert "Switched off by the server. Nothing has arrived." in page
    assert "Send a test" not in page


def test_buttons_do_what_they_say(client, project, hook):
    client.post(url("webhook-test", project, hook.pk))
    delivery = Delivery.objects.get()
    client.post(url("webhook-switch", project, hook.pk), {"on": "no"})
    off = Webhook.objects.get().is_on
    refused = client.post(url("webhook-test", project, hook.pk), follow=True)
    client.post(url("webhook-switch", project, hook.pk), {"on": "yes"})
    client.post(url("webhook-send-again", project, hook.pk, delivery.pk))
    change = {"url": "https://example.org/b", "events": ["run.failed", "project.paused"]}
    client.post(url("webhook-change", project, hook.pk), change)

    assert not off
    assert "switch it on first" in text_of(refused)
    assert Delivery.objects.get().state == "waiting"
    assert Webhook.objects.get().events == ["run.failed", "project.paused"]
    client.post(url("webhook-delete", project, hook.pk))
    assert not Webhook.objects.exists()


def test_page_looks_again_while_something_waits(client, project, hook, lead):
    delivery = webhooks.test(hook=hook, actor=lead)
    waiting = client.get(url("webhook", project, hook.pk), headers={"HX-Request": "true"})
    Delivery.objects.filter(pk=delivery.pk).update(state="delivered")
    quiet = client.get(url("webhook", project, hook.pk), headers={"HX-Request": "true"})

    assert "every 3s" in text_of(waiting)
    assert "every 3s" not in text_of(quiet)
    assert "<html" not in text_of(quiet)


PAGES = (
    ("get", "webhooks", 0), ("post", "webhooks-add", 0), ("get", "webhook", 1),
    ("post", "webhook-change", 1), ("post", "webhook-switch", 1), ("post", "webhook-secret", 1),
    ("post", "webhook-test", 1), ("post", "webhook-delete", 1), ("post", "webhook-send-again", 2),
)  # fmt: skip


@pytest.mark.parametrize("role", ["reviewer", "annotator", None])
def test_nobody_but_leads_finds_any_of_it(client, project, hook, lead, role):
    delivery = webhooks.test(hook=hook, actor=lead)
    user = make_user()
    projects.set_role(project=project, user=user, role=role, actor=None)
    client.force_login(user, backend=BACKEND)

    statuses = {
        getattr(client, verb)(url(name, project, *[hook.pk, delivery.pk][:n])).status_code
        for verb, name, n in PAGES
    }

    assert statuses == {404}


def test_webhook_of_another_project_is_not_found(client, project, hook, lead):
    other = make_project(owner=lead)

    statuses = {
        getattr(client, verb)(url(name, other, *[hook.pk, hook.pk][:n])).status_code
        for verb, name, n in PAGES
        if n == 1
    }

    assert statuses == {404}
    assert Webhook.objects.filter(pk=hook.pk, is_on=True).exists()


def test_pages_cost_the_same_however_much_was_sent(
    client, project, hook, lead, django_assert_num_queries
):
    for _ in range(5):
        webhooks.test(hook=hook, actor=lead)
    client.get(url("webhooks", project))

    # PostgreSQL is asked for the time.
    with django_assert_num_queries(4 + (connection.vendor == "postgresql")):
        client.get(url("webhook", project, hook.pk))
    with django_assert_num_queries(3):
        client.get(url("webhooks", project))
