"""Signing in, failing to, and signing out, as the audit log has it."""

import pytest
from django.test import RequestFactory
from django.urls import reverse

from annotation.models import AuditEntry
from annotation.sign_ins import network_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def try_to_sign_in(client, name, password="a quiet desk", address="203.0.113.7"):
    return client.post(
        reverse("sign-in"), {"username": name, "password": password}, REMOTE_ADDR=address
    )


def said():
    return list(AuditEntry.objects.order_by("pk").values_list("action", "actor_name", "target"))


def test_sign_in_and_sign_out_are_written_down(client):
    make_user("ada")

    try_to_sign_in(client, "ada")
    client.post(reverse("sign-out"))

    assert said() == [("sign-in", "ada", "ada"), ("sign-out", "ada", "ada")]


def test_of_the_address_only_the_network_is_kept(client):
    make_user("ada")

    try_to_sign_in(client, "ada")

    assert AuditEntry.objects.get().address == "203.0.113.0/24"


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2::9", "2001:db8:1::/48"),
        ("", ""),
        ("x", ""),
    ],
)
def test_networks_of_addresses(asked, kept):
    assert network_of(RequestFactory().get("/", REMOTE_ADDR=asked)) == kept


def test_address_is_the_proxys_word_only_behind_a_proxy(settings):
    request = RequestFactory().get(
        "/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.99, 198.51.100.4"
    )

    settings.BEHIND_PROXY = False
    assert network_of(request) == "10.0.0.0/24"
    settings.BEHIND_PROXY = True
    assert network_of(request) == "198.51.100.0/24"


def test_failed_tries_are_written_down_and_who_is_locked_out_once(client):
    make_user("ada")

    for _ in range(9):
        try_to_sign_in(client, "ada", "wrong")

    # Five tries are answered; the fifth locks, and of all that follow one is told.
    actions = [action for action, _, target in said() if target == "ada"]
    assert actions == ["sign-in.failed"] * 4 + ["sign-in.locked"]


def test_what_is_typed_for_a_name_is_not_kept_unless_it_is_one(client):
    try_to_sign_in(client, "my secret password")

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target) == ("sign-in.failed", "a name nobody has")
    assert "secret" not in repr([entry.before, entry.after, entry.target, entry.actor_name])


def test_accounts_changed_on_the_admin_site_are_written_down(client):
    admin = make_user("root", is_superuser=True)
    admin.is_staff = True
    admin.save(update_fields=["is_staff"])
    mia = make_user("mia")
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    page = reverse("admin:annotation_user_change", args=[mia.pk])
    fields = client.get(page).context["adminform"].form.initial

    sent = {name: value for name, value in fields.items() if value not in (None, "", [], False, {})}
    sent |= {"is_superuser": "on", "hotkeys": "{}"}
    moments = ("date_joined", "last_login")
    for name in moments:
        sent.pop(name, None)
    sent |= {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00", "email": "mia@example.org"}
    reply = client.post(page, sent)

    assert reply.status_code == 302, reply.context["errors"]
    entry = AuditEntry.objects.get(action="account.change")
    assert (entry.actor_name, entry.target) == ("root", "mia")
    assert "Superuser status" in entry.after
