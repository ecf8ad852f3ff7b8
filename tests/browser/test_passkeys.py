"""Passkeys in a real Chromium, whose authenticator is a virtual one, under the strict policy."""

import re
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from annotation.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def authenticator(page):
    """Give the page a phone of its own that knows its person by fingerprint."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }  # fmt: skip
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return lambda method, **more: devtools.send(
        f"WebAuthn.{method}", {"authenticatorId": made["authenticatorId"], **more}
    )


def at(page, name):
    page.wait_for_url(lambda url: urlsplit(url).path == reverse(name))


def examine(page):
    """Return what axe finds; it needs styles of its own, so it looks where no policy is.

    The server has asked that look a new question: the page is loaded again for its own.
    """
    context = page.context.browser.new_context(
        base_url=re.match(r"https?://[^/]+", page.url)[0], bypass_csp=True
    )
    context.add_cookies(page.context.cookies())
    other = context.new_page()
    other.goto(page.url)
    found = [each["id"] for each in Axe().run(other).response["violations"]]
    context.close()
    page.reload()
    return found


def test_passkey_is_added_signs_in_alone_is_the_second_step_and_goes(page, sign_in, authenticator):
    ada = make_user("ada")
    sign_in(ada)

    # Add one: the password is asked for first.
    page.goto(reverse("mfa_index"))
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill("a quiet desk")
    page.get_by_role("button", name="Go on").click()
    assert examine(page) == []
    page.get_by_label("Name").fill("Phone <b>")
    page.get_by_role("button", name="Add a passkey").press("Enter")
    at(page, "mfa_view_recovery_codes")
    assert page.locator(".codes li").count() == 10
    assert User.objects.get().has_second_factor
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_text("Phone <b>").wait_for()

    # It signs in alone.
    page.context.clear_cookies()
    page.goto(reverse("sign-in"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    at(page, "projects")
    page.get_by_label("Account of ada").wait_for()

    # It is the second step after the password.
    page.context.clear_cookies()
    page.goto(reverse("sign-in"))
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("a quiet desk")
    page.get_by_role("button", name="Sign in", exact=True).click()
    at(page, "mfa_authenticate")
    assert examine(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    at(page, "projects")

    # It confirms who it is, is renamed, and goes.
    key = Authenticator.objects.get(type="webauthn")
    page.goto(reverse("mfa_edit_webauthn", args=[key.pk]))
    page.get_by_role("link", name="Use a security key").or_(
        page.get_by_role("link", name="Use a passkey")
    ).first.click()
    assert examine(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    assert examine(page) == []
    page.get_by_label("Name").fill("Old phone")
    page.get_by_role("button", name="Save").click()
    at(page, "mfa_list_webauthn")
    page.get_by_role("link", name="Remove").click()
    assert examine(page) == []
    page.get_by_role("button", name="Remove the passkey").click()
    at(page, "mfa_list_webauthn")
    assert not Authenticator.objects.exists()
    assert not User.objects.get().has_second_factor


def test_dialog_that_comes_to_nothing_is_said_and_can_be_tried_again(page, authenticator):
    page.goto(reverse("sign-in"))

    page.get_by_role("button", name="Sign in with a passkey").click()

    alarm = page.get_by_role("alert")
    alarm.wait_for()
    assert "Nothing came of it" in alarm.inner_text()


def test_app_is_set_up_with_a_picture_that_the_policy_lets_in(page, sign_in):
    sign_in(make_user("ada"))

    page.goto(reverse("mfa_activate_totp"))
    page.get_by_label("Password").fill("a quiet desk")
    page.keyboard.press("Enter")
    picture = page.locator("img.qr")

    assert picture.evaluate("(each) => each.complete && each.naturalWidth > 0")
    assert examine(page) == []
    page.get_by_label("Code that the app shows").fill("000000")
    page.keyboard.press("Enter")
    page.get_by_text("The code is wrong.").wait_for()
