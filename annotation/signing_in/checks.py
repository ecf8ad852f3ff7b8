"""Settings of accounts that deserve a word when alapp starts."""

from typing import Any

from django.conf import settings
from django.core import checks

OIDC = ("ALAPP_OIDC_URL", "ALAPP_OIDC_CLIENT_ID", "ALAPP_OIDC_SECRET")


@checks.register(checks.Tags.security)
def check_accounts(app_configs: Any, **_rest: Any) -> list[checks.CheckMessage]:
    return [*_sign_up(), *_second_factor(), *_single_sign_on()]


def _sign_up() -> list[checks.CheckMessage]:
    if not settings.ALAPP_OPEN_SIGN_UP:
        return []
    hint = "Unset ALAPP_OPEN_SIGN_UP and invite people by links instead."
    text = "Anybody who reaches this server can make an account."
    return [checks.Warning(text, hint=hint, id="accounts.W001")]


def _second_factor() -> list[checks.CheckMessage]:
    chosen = settings.ALAPP_SECOND_FACTOR_FOR
    if chosen in ("nobody", "leads"):
        return []
    text = f"ALAPP_SECOND_FACTOR_FOR is {chosen!r}."
    return [checks.Error(text, hint="It is nobody or leads.", id="accounts.E001")]


def _single_sign_on() -> list[checks.CheckMessage]:
    unset = [name for name in OIDC if not getattr(settings, name)]
    if len(unset) in (0, len(OIDC)):
        return []
    text = f"Single sign-on needs {', '.join(unset)} too."
    return [checks.Error(text, hint="docs/accounts.md says what they are.", id="accounts.E002")]
