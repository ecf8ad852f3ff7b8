"""What is to be known of every sign-in and second factor, whichever way they come about."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_added, email_changed, email_confirmed, email_removed
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.signals import social_account_added
from django.contrib.auth.signals import user_logged_in

from annotation.models import User
from annotation.services import audit
from annotation.signing_in import devices, second_factor


def address_changed(*, user: User, email_address: EmailAddress | None = None, **more: Any) -> None:
    """Note an address that came or went; of a change, both."""
    before, after = more.get("from_email_address"), more.get("to_email_address") or email_address
    audit.note(
        "account.email",
        actor=user,
        target=user.username,
        before=before.email if before else None,
        after=after.email if after else None,
    )


def address_confirmed(*, email_address: EmailAddress, **_rest: Any) -> None:
    user = email_address.user
    audit.note("account.email.own", actor=user, target=user.username, after=email_address.email)


def connected(*, sociallogin: SocialLogin, **_rest: Any) -> None:
    user = sociallogin.user
    audit.note("account.connect", actor=user, target=user.username, after=sociallogin.account.uid)


user_logged_in.connect(devices.remember)
authenticator_added.connect(second_factor.keep_in_mind)
authenticator_removed.connect(second_factor.keep_in_mind)
for each in (email_added, email_changed, email_removed):
    each.connect(address_changed)
email_confirmed.connect(address_confirmed)
social_account_added.connect(connected)
