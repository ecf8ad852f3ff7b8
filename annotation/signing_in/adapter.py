"""What allauth asks of us: who may sign up, how mail goes out, how secrets are kept."""

import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alapp.web import client_address
from annotation.models import User
from annotation.services import accounts, mail, sealing

AGAIN = {
    "reauthenticate": _("Use my password"),
    "mfa_reauthenticate": _("Use a code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}
STRANGER = "account/email/unknown_account"


def display(user: User) -> str:
    return str(user)


class AccountAdapter(DefaultAccountAdapter):
    """Closed to strangers unless a setting opens it; names the address by our rule for proxies."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The name or the password is wrong."),
        "incorrect_password": _("The password is wrong."),
        "incorrect_code": _("The code is wrong."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.ALAPP_OPEN_SIGN_UP)

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def get_login_stages(self) -> list[str]:
        """Ask for the second factor; a check of the address only where mail can be sent."""
        stages = ["allauth.mfa.stages.AuthenticateStage"]
        return ["allauth.account.stages.EmailVerificationStage", *stages] if self._mails else stages

    @property
    def _mails(self) -> bool:
        return bool(settings.HAS_MAIL)

    def get_reauthentication_methods(
        self, user: AbstractBaseUser | AnonymousUser
    ) -> list[dict[str, Any]]:
        """Name the ways to show again who one is as our pages do."""
        found = super().get_reauthentication_methods(user)
        return [each | {"description": AGAIN[each["id"]]} for each in found]

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        assert isinstance(user, User)
        accounts.change_password(user=user, password=password, actor=user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Leave it to a worker, also the letter to a stranger that nobody gets.

        So a known address and an unknown one take the same time to answer.
        """
        about = {"request": self.request, "email": email, **context}
        letter = self.render_mail(template_prefix, email, about)
        to = [] if template_prefix == STRANGER else [email]
        mail.post(subject=str(letter.subject), body=str(letter.body), to=to)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Seals what is kept: a copy of the database alone gives no codes."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is wrong."),
    }

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret; for one that cannot be opened another one, that fits no code."""
        return sealing.unseal(encrypted_text) or secrets.token_hex(40).upper().translate(DIGITS)

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        n = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey {number}").format(number=n + 1)

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return user.get_username()


# A TOTP secret is of base 32, which has no 0, 1, 8 and 9.
DIGITS = str.maketrans("0189", "2345")
