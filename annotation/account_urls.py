"""The addresses of accounts: ours, and those of allauth's that alapp uses."""

from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as keys
from allauth.socialaccount import views as sign_on
from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotation.views import accounts, hotkeys, invitations, lead_accounts, signing_in, tokens

View = Callable[..., Any]


def page(view: View) -> View:
    """Let a view of allauth's be looked at and posted to, and nothing else; nobody keeps a copy."""
    return require_http_methods(["GET", "HEAD", "POST"])(never_cache(view))


class Base36:
    """A number as allauth writes it into links that choose a new password."""

    regex = "[0-9a-zA-Z]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Base36, "base36")

SIGN_IN = [
    # By our name, and by the one that allauth looks for.
    path("", signing_in.SignIn.as_view(), name="sign-in"),
    path("", signing_in.SignIn.as_view(), name="account_login"),
    path("again/", signing_in.start_again, name="sign-in-again"),
    path("link/<str:token>/", signing_in.sign_in_link, name="sign-in-link"),
    path("code/", page(factors.authenticate), name="mfa_authenticate"),
    path("passkey/", page(keys.login_webauthn), name="mfa_login_webauthn"),
    path("single-sign-on/", signing_in.single_sign_on, name="single-sign-on"),
    path("single-sign-on/back/", signing_in.single_sign_on_back, name="single-sign-on-back"),
    path("single-sign-on/more/", page(sign_on.signup), name="socialaccount_signup"),
    path(
        "single-sign-on/stopped/",
        page(sign_on.login_cancelled),
        name="socialaccount_login_cancelled",
    ),
    path("closed/", page(account.account_inactive), name="account_inactive"),
    path("forgotten/", signing_in.Forgotten.as_view(), name="account_reset_password"),
    path("forgotten/sent/", page(account.password_reset_done), name="account_reset_password_done"),
    path(
        "forgotten/done/",
        page(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path(
        "forgotten/<base36:uidb36>-<str:key>/",
        page(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
]
SECOND_FACTOR = [
    path("", page(factors.index), name="mfa_index"),
    path("", page(factors.index), name="mfa_list_webauthn"),
    path("confirm/", page(account.reauthenticate), name="account_reauthenticate"),
    path("confirm/code/", page(factors.reauthenticate), name="mfa_reauthenticate"),
    path(
        "confirm/passkey/",
        page(keys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("app/", page(app.activate_totp), name="mfa_activate_totp"),
    path("app/remove/", page(app.deactivate_totp), name="mfa_deactivate_totp"),
    path("codes/", page(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("codes/new/", page(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("passkeys/add/", page(keys.add_webauthn), name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/remove/", page(keys.remove_webauthn), name="mfa_remove_webauthn"),
    path("passkeys/<int:pk>/edit/", page(keys.edit_webauthn), name="mfa_edit_webauthn"),
]
ACCOUNT: list[URLPattern | URLResolver] = [
    path("", accounts.account, name="account"),
    path("name/", accounts.name, name="account-name"),
    path("theme/", accounts.theme, name="theme"),
    path("pace/", accounts.pace, name="account-pace"),
    path("sessions/end/", accounts.end_session, name="account-end-session"),
    path("keys/", hotkeys.own_keys, name="account-keys"),
    path("keys/reset/", hotkeys.reset_keys, name="account-keys-reset"),
    path("language/", accounts.language, name="language"),
    path("tokens/", tokens.own_tokens, name="account-tokens"),
    path("tokens/<int:token_id>/revoke/", tokens.revoke, name="account-tokens-revoke"),
    path("leave/<slug:slug>/", accounts.leave, name="leave-project"),
    path("email/", page(signing_in.Address.as_view()), name="account_email"),
    path("email/<str:key>/", page(account.confirm_email), name="account_confirm_email"),
    path("second-factor/", include(SECOND_FACTOR)),
]
urlpatterns = [
    path("accounts/", lead_accounts.everybody, name="accounts"),
    path("accounts/<int:user_id>/", lead_accounts.change, name="account-change"),
    path("invited/<str:token>/", invitations.invitation, name="invitation"),
    path("sign-in/", include(SIGN_IN)),
    path("sign-up/", signing_in.SignUp.as_view(), name="account_signup"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("account/", include(ACCOUNT)),
]
