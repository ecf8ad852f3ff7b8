"""One's e-mail address: optional, and one's own only once a link sent there was opened."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse

from annotation.models import AuditEntry
from tests.annotation.views.test_guessing import send_all
from tests.factories import make_user

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def ada():
    return make_user("ada")


@pytest.fixture
def browser(ada):
    browser = Client()
    browser.force_login(ada, backend=BACKEND)
    return browser


@pytest.fixture
def with_mail(settings):
    settings.HAS_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def give(browser, email):
    return browser.post(reverse("account_email"), {"email": email, "action_add": ""}, follow=True)


def link_of(letter):
    return re.search(r"http://testserver(\S+)", letter.body)[1]


@pytest.mark.usefixtures("with_mail")
def test_address_is_ones_own_once_its_link_was_opened(browser, ada):
    page = give(browser, "ada@example.org").text
    send_all()
    link = link_of(mail.outbox[0])
    looked = browser.get(link).text
    while_waiting = EmailAddress.objects.get().verified
    browser.post(link)

    ada.refresh_from_db()
    assert "ada@example.org waits for you" in page
    assert "Is this your address?" in looked
    # A mail program that previews the link confirms nothing.
    assert not while_waiting
    assert EmailAddress.objects.get().verified
    assert ada.email == "ada@example.org"
    noted = AuditEntry.objects.filter(action__startswith="account.email").order_by("pk")
    assert ("account.email.own", "ada@example.org") in noted.values_list("action", "after")


@pytest.mark.usefixtures("with_mail")
def test_new_address_replaces_the_old_one_once_it_is_confirmed(browser, ada):
    EmailAddress.objects.create(user=ada, email="old@example.org", verified=True, primary=True)

    give(browser, "new@example.org")
    before = set(EmailAddress.objects.filter(verified=True).values_list("email", flat=True))
    send_all()
    browser.post(link_of(mail.outbox[0]))

    assert before == {"old@example.org"}
    assert list(EmailAddress.objects.values_list("email", "verified")) == [
        ("new@example.org", True)
    ]


@pytest.mark.usefixtures("with_mail")
def test_link_that_was_made_up_confirms_nothing(browser):
    page = browser.get(reverse("account_confirm_email", args=["made:up:key"]))

    assert "This link no longer works" in page.text


def test_without_a_mail_server_an_address_cannot_be_given(browser):
    page = give(browser, "ada@example.org").text

    assert "This server sends no mail" in page
    assert not EmailAddress.objects.exists()
