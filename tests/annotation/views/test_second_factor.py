"""A second factor: set up, asked for at every way in, and not guessed."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth import get_user
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from annotation.models import AuditEntry, Session, User
from annotation.services import accounts, projects
from tests.annotation.views.test_accounts import PASSWORD, link_for
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def code_of(secret):
    """Return what an app shows now: RFC 6238, 30 seconds, 6 digits."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def confirmed(user):
    """Return a browser whose person has just given the password once more."""
    browser = Client()
    browser.force_login(user, backend=BACKEND)
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return browser


def set_up(user):
    """Set up an app as the page does; return its secret and the recovery codes shown."""
    browser = confirmed(user)
    page = browser.get(reverse("mfa_activate_totp")).text
    secret = re.search(r"</span> ([A-Z2-7]{32})<", page)[1]
    # The app's code of half a minute ago counts too, so that the next one is not used up here.
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30 - 1))
    answer = browser.post(reverse("mfa_activate_totp"), {"code": code})
    codes = re.findall(r"\b\d{8}\b", browser.get(answer.url).text)
    return secret, codes


@pytest.fixture
def ada():
    return make_user("ada")


def give_password(browser):
    return browser.post(reverse("sign-in"), {"username": "ada", "password": PASSWORD})


def give_code(browser, code):
    return browser.post(reverse("mfa_authenticate"), {"code": code})


def test_password_alone_no_longer_signs_in(client, ada):
    secret, _ = set_up(ada)

    asked = give_password(client)

    assert asked.url == reverse("mfa_authenticate")
    assert not get_user(client).is_authenticated
    assert give_code(client, "000000").status_code == 200
    assert not get_user(client).is_authenticated
    assert give_code(client, code_of(secret)).url == reverse("projects")
    assert get_user(client) == ada


def test_recovery_code_signs_in_once(client, ada):
    _, codes = set_up(ada)
    assert len(set(codes)) == 10

    give_password(client)
    first = give_code(client, codes[3])
    second_browser = Client()
    give_password(second_browser)
    again = give_code(second_browser, codes[3])

    assert first.url == reverse("projects")
    assert again.status_code == 200
    assert not get_user(second_browser).is_authenticated


def test_code_counts_once_in_whichever_process(ada):
    secret, _ = set_up(ada)
    code, browsers = code_of(secret), [Client(), Client()]
    for browser in browsers:
        give_password(browser)

    answers = []
    for browser in browsers:
        # Another process knows nothing of this one's cache.
        cache.clear()
        answers.append(give_code(browser, code).status_code)

    assert answers == [302, 200]


def test_link_asks_for_the_second_factor_too(client, ada):
    set_up(ada)

    answer = client.post(link_for(ada))

    assert answer.url == reverse("mfa_authenticate")
    assert not get_user(client).is_authenticated


def test_wrong_codes_stop_like_wrong_passwords(client, ada):
    secret, _ = set_up(ada)
    give_password(client)

    for _ in range(5):
        locked = give_code(client, "000000")
    right = give_code(client, code_of(secret))

    assert locked.status_code == right.status_code == 429
    assert not get_user(client).is_authenticated


def test_secrets_are_sealed_in_the_database(ada):
    secret, codes = set_up(ada)

    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    kept += str(list(AuditEntry.objects.values())) + str(list(Session.objects.values()))

    assert secret not in kept
    assert not any(code in kept for code in codes)


def test_code_fits_nothing_after_the_key_was_changed(client, ada, settings):
    secret, codes = set_up(ada)
    settings.SECRET_KEY = "another key, of a server that was set up anew"

    give_password(client)
    answers = [give_code(client, code).status_code for code in (code_of(secret), codes[0])]

    assert answers == [200, 200]


def test_older_key_still_opens_what_it_sealed(client, ada, settings):
    secret, _ = set_up(ada)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the new key"

    give_password(client)

    assert give_code(client, code_of(secret)).url == reverse("projects")


def test_setting_up_asks_for_the_password_again(client, ada):
    client.force_login(ada, backend=BACKEND)

    for name in ("mfa_activate_totp", "mfa_add_webauthn"):
        answer = client.get(reverse(name))

        assert answer.url.startswith(reverse("account_reauthenticate"))


def test_codes_are_shown_once(ada):
    browser = confirmed(ada)
    set_up(ada)

    page = browser.get(reverse("mfa_view_recovery_codes")).text

    assert not re.search(r"\b\d{8}\b", page)


@pytest.mark.django_db(transaction=True)
def test_what_came_and_went_stands_in_the_audit_log(ada):
    set_up(ada)
    browser = confirmed(ada)

    browser.post(reverse("mfa_deactivate_totp"))

    rows = AuditEntry.objects.filter(action="account.second-factor").order_by("id")
    # Adding the app brought codes with it; without the app they are worth nothing, and go too.
    assert [(row.actor, row.after) for row in rows] == [
        (ada, {"totp": True}), (ada, {"recovery_codes": True}),
        (ada, {"totp": False}), (ada, {"recovery_codes": False}),
    ]  # fmt: skip
    assert not User.objects.get(pk=ada.pk).has_second_factor


def test_label_page_is_told_that_a_second_step_is_asked_for(client, ada):
    set_up(ada)

    answer = client.post(
        reverse("sign-in"),
        {"username": "ada", "password": PASSWORD},
        headers={"Sec-Fetch-Mode": "cors"},
    )

    assert answer.status_code == 401
    assert "second step" in answer.text


def test_administration_has_no_way_in_of_its_own(client):
    answer = client.get(reverse("admin:index"), follow=True)

    assert answer.redirect_chain[-1][0].startswith(reverse("sign-in"))
    assert client.post(reverse("admin:login"), {"username": "x", "password": "y"}).url.startswith(
        reverse("sign-in")
    )


# A setting asks for it


@pytest.fixture
def asked_of_leads(settings):
    settings.ALAPP_SECOND_FACTOR_FOR = "leads"


def visit(user, path):
    browser = Client()
    browser.force_login(user, backend=BACKEND)
    return browser.get(path)


@pytest.mark.usefixtures("asked_of_leads")
@pytest.mark.parametrize("role", ["owner", "lead"])
def test_lead_without_one_is_led_to_setting_it_up(role):
    project, person = make_project(), make_user()
    projects.set_role(project=project, user=person, role=role, actor=None)
    pages = [reverse("settings", args=[project.slug]), reverse("project-new")]

    for page in pages:
        assert visit(person, page).url == reverse("mfa_index")
    assert visit(person, reverse("mfa_index")).status_code == 200
    accounts.note_second_factor(user=person, kind="totp", has_one=True)
    for page in pages:
        assert visit(person, page).status_code == 200


@pytest.mark.usefixtures("asked_of_leads")
def test_annotators_need_none():
    project, person = make_project(n_items=1), make_user()
    projects.set_role(project=project, user=person, role="annotator", actor=None)

    assert visit(person, reverse("label", args=[project.slug])).status_code == 200


@pytest.mark.usefixtures("asked_of_leads")
@pytest.mark.parametrize(
    "name", ["admin:index", "system", "projects", "accounts", "account-tokens", "whole-log"]
)
def test_admin_without_one_is_led_to_setting_it_up(name):
    admin = make_user(is_superuser=True)

    assert visit(admin, reverse(name)).url == reverse("mfa_index")


def test_nobody_is_asked_unless_a_setting_says_so():
    assert visit(make_user(is_superuser=True), reverse("projects")).status_code == 200


def test_session_of_a_link_may_choose_a_password_without_the_old_one(client, ada):
    client.post(link_for(ada))

    answer = client.post(
        reverse("account"), {"new_password1": "otter 14 b", "new_password2": "otter 14 b"}
    )

    ada.refresh_from_db()
    assert answer.url == reverse("account")
    assert ada.check_password("otter 14 b")
    # That was the once.
    assert (
        client.post(
            reverse("account"), {"new_password1": "heron 15 c", "new_password2": "heron 15 c"}
        ).status_code
        == 422
    )


def test_links_are_worth_nothing_after_a_new_password(client, ada):
    link = link_for(ada)

    accounts.change_password(user=ada, password="otter 14 b", actor=ada)

    assert client.post(link).status_code == 410
