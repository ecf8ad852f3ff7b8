"""The forms of signing in: allauth's, in our words and fields, behind the one brake."""

from collections.abc import Mapping
from typing import Any

from allauth.account.forms import (
    AddEmailForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SignupForm,
)
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as SecondFactorAgainForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth as app
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from annotation.services import accounts
from annotation.signing_in import brakes

NAME = {"autocomplete": "username webauthn", "autocapitalize": "none", "autofocus": True}
CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}


def _password(label: Any, autocomplete: str, **attributes: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete, **attributes})
    return forms.CharField(label=label, strip=False, widget=widget)


class SignInForm(LoginForm):
    """A name and a password; the same answer to a wrong name and a wrong password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.clear()
        name = forms.TextInput(attrs=NAME)
        self.fields["username"] = forms.CharField(label=_("Username"), max_length=150, widget=name)
        self.fields["password"] = _password(_("Password"), "current-password")

    def clean_username(self) -> str:
        # Where allauth looks.
        self.cleaned_data["login"] = name = str(self.cleaned_data["username"])
        return name


class PasswordAgainForm(ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = _password(_("Password"), "current-password", autofocus=True)


class SignUpForm(SignupForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plainly(self.fields)
        self.fields["email"].label = _("E-mail (optional)")
        self.fields["password1"].label = _("Password")
        self.fields["password2"].label = _("Password again")


class ForgottenForm(ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plainly(self.fields)
        self.fields["email"].label = _("E-mail")


class _BrakedCode:
    """Checks codes behind the brake that passwords have."""

    user: Any
    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = forms.TextInput(attrs=CODE)
        self.fields["code"] = forms.CharField(label=_("Code"), max_length=20, widget=widget)  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        name = self.user.get_username()
        brakes.check(context.request, name)
        try:
            code = str(super().clean_code())  # type: ignore[misc]
            self._use_up(code)
        except ValidationError:
            brakes.count(context.request, name)
            raise
        return code

    def _use_up(self, code: str) -> None:
        """Let a code of an app count once, in whichever process it is given."""
        kept = self.authenticator
        if kept.type != Authenticator.Type.TOTP:
            return
        secret = get_adapter().decrypt(kept.data["secret"])
        fitting = [n for n in app.yield_hotp_counters_from_time() if fits(secret, n, code)]
        if not accounts.use_code(factor_id=kept.pk, counter=max(fitting, default=0)):
            raise get_adapter().validation_error("incorrect_code")


def fits(secret: str, counter: int, code: str) -> bool:
    expected = app.format_hotp_value(app.hotp_value(secret, counter))
    return constant_time_compare(expected, code.replace(" ", ""))


class CodeForm(_BrakedCode, AuthenticateForm):
    """A code of the second factor, at sign-in."""


class CodeAgainForm(_BrakedCode, SecondFactorAgainForm):
    """A code of the second factor, before something that needs certainty."""


class AppForm(ActivateTOTPForm):
    """The first code of an app, which shows that it has the secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = forms.TextInput(attrs=CODE)
        self.fields["code"] = forms.CharField(
            label=_("Code that the app shows"), max_length=20, widget=widget
        )


class PasskeyForm(AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(label=_("Name"), max_length=60, required=False)
        self.fields["passwordless"].initial = True


class PasskeyNameForm(EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(label=_("Name"), max_length=60)


class NewPasswordForm(ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plainly(self.fields)
        self.fields["password1"].label = _("New password")
        self.fields["password2"].label = _("New password again")


class AddressForm(AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plainly(self.fields)
        self.fields["email"].label = _("E-mail")


def _plainly(fields: Mapping[str, forms.Field]) -> None:
    """Take away what our fields do not have: words in the field, and rules the page tells."""
    for field in fields.values():
        field.widget.attrs.pop("placeholder", None)
        field.help_text = ""
