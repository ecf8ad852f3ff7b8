"""The page of all accounts, for admins; and settings of accounts that deserve a word."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core import checks
from django.test import Client
from django.urls import reverse

from annotation.models import AuditEntry, User
from annotation.services import accounts
from annotation.signing_in.checks import check_accounts
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def signed_in(user):
    browser = Client()
    browser.force_login(user, backend=BACKEND)
    return browser


@pytest.fixture
def admin():
    return signed_in(make_user("root", is_superuser=True))


def change(browser, user, action):
    return browser.post(reverse("account-change", args=[user.pk]), {"action": action}, follow=True)


def test_admin_closes_an_account_and_opens_it_again(admin):
    mia = make_user("mia")
    browser = signed_in(mia)

    change(admin, mia, "close")
    while_closed = browser.get(reverse("account")).status_code
    page = change(admin, mia, "open").text

    assert while_closed == 302
    assert "closed" not in page
    assert signed_in(mia).get(reverse("account")).status_code == 200
    actions = AuditEntry.objects.filter(target="mia", action__startswith="account.")
    assert [each.action for each in actions.order_by("pk")] == ["account.close", "account.open"]


def test_admin_does_not_close_their_own_account(admin):
    root = User.objects.get(username="root")

    page = change(admin, root, "close").text

    assert "You cannot close your own account" in page
    assert User.objects.get(pk=root.pk).is_active


def test_lost_second_factor_is_taken_and_its_person_signed_out(admin):
    mia = make_user("mia")
    TOTP.activate(mia, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    accounts.note_second_factor(user=mia, kind="totp", has_one=True)
    browser = signed_in(mia)

    change(admin, mia, "second-factor")

    assert not mia.authenticator_set.exists()
    assert not User.objects.get(pk=mia.pk).has_second_factor
    assert browser.get(reverse("account")).status_code == 302


def test_admin_hands_over_a_link_but_none_for_an_admin(admin):
    assert "/sign-in/link/" in change(admin, make_user("mia"), "link").text
    refused = change(admin, make_user("boss", is_superuser=True), "link")

    assert refused.status_code == 403


def test_words_find_names_and_addresses_and_mean_themselves(admin):
    User.objects.create_user("mia", email="mouse@example.org")
    make_user("ada")

    shown = {
        words: [each.username for each in admin.get(
            reverse("accounts"), {"search": words}
        ).context["page"]]
        for words in ("MI", "mouse@", "%", "")
    }  # fmt: skip

    assert shown == {"MI": ["mia"], "mouse@": ["mia"], "%": [], "": ["ada", "mia", "root"]}


def test_page_takes_the_same_statements_for_many_accounts(admin, django_assert_num_queries):
    for _ in range(3):
        make_project()

    # Session, account, the page's count, its rows.
    with django_assert_num_queries(4):
        admin.get(reverse("accounts"))


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_else_sees_that_there_is_such_a_page(method):
    owner = make_user()
    make_project(owner=owner)
    browser = signed_in(owner)

    assert browser.get(reverse("accounts")).status_code == 404
    assert (
        browser.post(reverse("account-change", args=[owner.pk]), {"action": "close"}).status_code
        == 404
    )


# Settings


def test_settings_out_of_the_box_deserve_no_word():
    assert check_accounts(None) == []


def test_open_sign_up_is_warned_of(settings):
    settings.ALAPP_OPEN_SIGN_UP = True

    (found,) = check_accounts(None)

    assert (found.id, found.level) == ("accounts.W001", checks.WARNING)


@pytest.mark.parametrize(("name", "value", "id"), [
    ("ALAPP_SECOND_FACTOR_FOR", "owners", "accounts.E001"),
    ("ALAPP_OIDC_URL", "https://login.example.org", "accounts.E002"),
])  # fmt: skip
def test_settings_that_cannot_be_meant_are_errors(settings, name, value, id):
    setattr(settings, name, value)

    (found,) = check_accounts(None)

    assert (found.id, found.level) == (id, checks.ERROR)
