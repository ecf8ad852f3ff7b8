"""Signing in: by password, by a link that works once, and not by guessing."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse

from alapp.clock import database_now
from annotation.models import AuditEntry, User
from annotation.services import accounts
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PASSWORD = "a quiet desk"


def link_for(user, *, valid_for=timedelta(hours=1)):
    token = accounts.make_sign_in_link(user=user, now=database_now(), valid_for=valid_for)
    return reverse("sign-in-link", args=[token])


def test_looking_at_a_link_names_its_person_and_does_not_use_it_up(client):
    link = link_for(make_user("ada"))

    pages = [client.get(link), client.get(link)]

    assert [page.status_code for page in pages] == [200, 200]
    assert b"Sign in as ada" in pages[0].content
    assert not get_user(client).is_authenticated


def test_link_signs_in_once(client):
    user = make_user()
    link = link_for(user)

    first, second = client.post(link), Client().post(link)

    assert first.url == reverse("projects")
    assert get_user(client) == user
    assert second.status_code == 410


@pytest.mark.parametrize("state", ["expired", "made up", "of a closed account"])
def test_link_that_does_not_work_says_so(client, state):
    user = make_user(is_active=state != "of a closed account")
    hours = -1 if state == "expired" else 1
    link = link_for(user, valid_for=timedelta(hours=hours))
    if state == "made up":
        link = reverse("sign-in-link", args=["x" * 43])

    page, answer = client.get(link), client.post(link)

    assert (page.status_code, answer.status_code) == (410, 410)
    assert b"no longer works" in page.content


def test_only_the_hash_of_a_token_is_kept():
    token = accounts.make_sign_in_link(
        user=make_user(), now=database_now(), valid_for=timedelta(hours=1)
    )

    assert not User.objects.filter(signinlink__token_hash=token).exists()


def test_first_admin_is_made_once_with_a_password_of_its_own():
    admin, password = accounts.first_admin()

    assert admin.is_superuser
    assert admin.check_password(password)
    assert len(password) >= 12
    assert accounts.first_admin() is None
    assert password not in str(list(AuditEntry.objects.values()))


def test_five_wrong_passwords_lock_the_name_with_a_page_in_plain_words(client):
    make_user("ada")
    wrong = {"username": "ada", "password": "wrong"}

    for _ in range(5):
        locked = client.post(reverse("sign-in"), wrong)
    right = client.post(reverse("sign-in"), {"username": "ada", "password": PASSWORD})

    assert locked.status_code == right.status_code == 429
    assert b"Too many tries" in locked.content


def test_password_is_changed_and_the_person_stays_signed_in(client):
    user = make_user("ada")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    response = client.post(
        reverse("account"),
        {"old_password": PASSWORD, "new_password1": "otter 14", "new_password2": "otter 14"},
    )

    user.refresh_from_db()
    assert response.url == reverse("account")
    assert user.check_password("otter 14")
    assert get_user(client) == user


def test_weak_new_password_is_refused_with_its_reason(client):
    client.force_login(make_user(), backend="django.contrib.auth.backends.ModelBackend")

    response = client.post(
        reverse("account"),
        {"old_password": PASSWORD, "new_password1": "12345", "new_password2": "12345"},
    )

    assert response.status_code == 422
    assert b"too short" in response.content


@pytest.mark.parametrize(
    ("chosen", "kept"), [("dark", "dark"), ("light", "light"), ("system", ""), ('"><x', "")]
)
def test_theme_is_kept_on_the_device(client, chosen, kept):
    client.force_login(make_user(), backend="django.contrib.auth.backends.ModelBackend")

    client.post(reverse("theme"), {"theme": chosen})
    page = client.get(reverse("account")).content.decode()

    assert ("data-theme" in page) == bool(kept)
    assert f'data-theme="{kept}"' in page or not kept


def test_signing_out_needs_a_post(client):
    client.force_login(make_user(), backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(reverse("sign-out")).status_code == 405
    assert client.post(reverse("sign-out")).url == reverse("sign-in")


@pytest.mark.parametrize("name", ["projects", "account", "project-new"])
def test_page_asks_nobody_knows_to_sign_in(client, name):
    assert client.get(reverse(name)).url.startswith(reverse("sign-in"))
