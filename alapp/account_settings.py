"""The settings of accounts: who may come in, and how people show who they are (docs/accounts.md).

Read from the environment like the others; alapp.settings takes them over.
"""

from typing import Any

import environ

env = environ.Env()

ACCOUNT_APPS = [
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
]

# Closed: accounts come from whoever runs the server, from invitations, or from single sign-on.
ALAPP_OPEN_SIGN_UP = env.bool("ALAPP_OPEN_SIGN_UP", default=False)
# Who must have a second factor before any page but their account: nobody, or leads (owners, leads
# and admins).
ALAPP_SECOND_FACTOR_FOR = env.str("ALAPP_SECOND_FACTOR_FOR", default="nobody")

# Without a mail server nothing is sent, and links are handed over by people.
ALAPP_EMAIL_URL = env.str("ALAPP_EMAIL_URL", default="")
HAS_MAIL = bool(ALAPP_EMAIL_URL)
MAIL: dict[str, Any] = env.email_url_config(ALAPP_EMAIL_URL) if HAS_MAIL else {}
EMAIL_BACKEND = MAIL.pop("EMAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend")
EMAIL_HOST = MAIL.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = MAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = MAIL.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = MAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = MAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = MAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("ALAPP_EMAIL_FROM", default="alapp@localhost")

LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "projects"
LOGOUT_REDIRECT_URL = "sign-in"

ACCOUNT_ADAPTER = "annotation.signing_in.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional" if HAS_MAIL else "none"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "alapp: "
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_USER_DISPLAY = "annotation.signing_in.adapter.display"
ACCOUNT_FORMS = {
    "login": "annotation.signing_in.forms.SignInForm",
    "reauthenticate": "annotation.signing_in.forms.PasswordAgainForm",
    "signup": "annotation.signing_in.forms.SignUpForm",
    "reset_password_from_key": "annotation.signing_in.forms.NewPasswordForm",
    "add_email": "annotation.signing_in.forms.AddressForm",
    "reset_password": "annotation.signing_in.forms.ForgottenForm",
}
# One brake on guessing, django-axes', for passwords and codes alike: it counts in the database, so
# that every process knows (alapp.settings). allauth's own keep mail from being sent without end.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None, "reauthenticate": None}

MFA_ADAPTER = "annotation.signing_in.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
# The address is optional here and opens nothing by itself, so that it need not be verified first.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "alapp"
# A clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "add_webauthn": "annotation.signing_in.forms.PasskeyForm",
    "edit_webauthn": "annotation.signing_in.forms.PasskeyNameForm",
    "activate_totp": "annotation.signing_in.forms.AppForm",
    "authenticate": "annotation.signing_in.forms.CodeForm",
    "reauthenticate": "annotation.signing_in.forms.CodeAgainForm",
}
# Browsers offer passkeys on plain HTTP for localhost alone.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not env.bool("ALAPP_HTTPS", default=False)

# Single sign-on by OpenID Connect: none unless a server is named.
ALAPP_OIDC_URL = env.str("ALAPP_OIDC_URL", default="")
ALAPP_OIDC_CLIENT_ID = env.str("ALAPP_OIDC_CLIENT_ID", default="")
ALAPP_OIDC_SECRET = env.str("ALAPP_OIDC_SECRET", default="")
ALAPP_OIDC_NAME = env.str("ALAPP_OIDC_NAME", default="single sign-on")
ALAPP_OIDC_DOMAINS = env.list("ALAPP_OIDC_DOMAINS", default=[])
ALAPP_OIDC_GROUPS = env.list("ALAPP_OIDC_GROUPS", default=[])
ALAPP_OIDC_GROUPS_CLAIM = env.str("ALAPP_OIDC_GROUPS_CLAIM", default="groups")
ALAPP_OIDC_OPEN = env.bool("ALAPP_OIDC_OPEN", default=False)
SOCIALACCOUNT_ADAPTER = "annotation.signing_in.single_sign_on.SingleSignOnAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = ""
