"""Single sign-on by OpenID Connect: one server, named by settings, whose every word is checked.

Beyond what allauth checks (state, PKCE, issuer, audience, time): the signature of every id token,
that it answers our question (nonce), and that both answers of the server are about one person.
"""

import secrets
from collections.abc import Sequence
from typing import Any

import jwt
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.crypto import constant_time_compare

from alapp.clock import database_now
from annotation.models import Invitation, User
from annotation.services import accounts, invitations

PROVIDER = "single-sign-on"
# Signed with a key that the server keeps: none, and secrets we share with it, are refused.
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"})


class Server(OpenIDConnectOAuth2Adapter):
    """Talks to the server."""

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("single-sign-on-back"))

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("The server sent no id token.")
        login = super().complete_login(request, app, token, **kwargs)
        told = login.account.extra_data
        if "userinfo" in told and told["userinfo"].get("sub") != told["id_token"]["sub"]:
            raise OAuth2Error("The server's two answers are about two people.")
        return login

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """Check the signature also of a token that came by our own connection."""
        try:
            algorithm = jwt.get_unverified_header(id_token).get("alg")
        except jwt.PyJWTError as error:
            raise OAuth2Error("The id token cannot be read.") from error
        if algorithm not in ALGORITHMS:
            raise OAuth2Error(f"The id token is signed by {algorithm!r}.")
        self.did_fetch_access_token = False
        return dict(super()._decode_id_token(app, id_token))


class Provider(OpenIDConnectProvider):
    """What the server says of a person."""

    oauth2_adapter_class = Server

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Name the person with the server: another server's numbers are other people's."""
        told = data["id_token"]
        return f"{told['sub']} {told['iss']}"

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """Return the address if the server says that it verified it, in so many words."""
        told = {**data["id_token"], **data.get("userinfo", {})}
        if not told.get("email") or str(told.get("email_verified")).lower() != "true":
            return []
        return [EmailAddress(email=told["email"], verified=True, primary=True)]

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        addresses = [each.email for each in self.extract_email_addresses(data)]
        return super().extract_common_fields(data) | {"email": next(iter(addresses), None)}


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """Who may come in by the server's word, and as whom."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Return the one server of the settings; the database has none."""
        return [_app()] if settings.ALAPP_OIDC_URL else []

    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> Provider:
        return Provider(request, app=self.get_app(request, provider))

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        told = sociallogin.account.extra_data
        asked = sociallogin.state.get("nonce", "")
        if not asked or not constant_time_compare(told["id_token"].get("nonce", ""), asked):
            raise PermissionDenied("The id token answers another question.")
        if not _may_come(told, [each.email for each in sociallogin.email_addresses]):
            raise ImmediateHttpResponse(render(request, "account/signup_closed.html", status=403))
        if not sociallogin.is_existing:
            _drop_taken_address(sociallogin)

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[Any, str] | None:
        """Match an account by an address that both the server and we have verified."""
        for each in sociallogin.email_addresses:
            known = EmailAddress.objects.filter(email__iexact=each.email, verified=True)
            if found := known.select_related("user").first():
                return found.user, found.email
        return None

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return (
            bool(settings.ALAPP_OIDC_OPEN)
            or _came_by_invitation(sociallogin.state.get("next", ""))
            or bool(_invited(sociallogin))
        )

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> Any:
        """Make the account, and give it the roles its address was invited to."""
        user = super().save_user(request, sociallogin, form)
        assert isinstance(user, User)
        accounts.note_new(user=user, how=PROVIDER)
        for invitation in _invited(sociallogin):
            invitations.accept(invitation=invitation, user=user, now=database_now())
        return user

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        return reverse("account")


def begin(request: HttpRequest) -> str:
    """Return where the browser goes to sign in; the answer must bring back our nonce."""
    provider = SingleSignOnAdapter(request).get_provider(request, PROVIDER)
    nonce = secrets.token_urlsafe(32)
    process = AuthProcess.CONNECT if request.user.is_authenticated else AuthProcess.LOGIN
    response: HttpResponse = provider.redirect(
        request,
        process,
        next_url=request.POST.get("next") or None,
        auth_params={"nonce": nonce},
        nonce=nonce,
    )
    return str(getattr(response, "url", ""))


def _app() -> SocialApp:
    return SocialApp(
        provider="openid_connect",
        provider_id=PROVIDER,
        name=settings.ALAPP_OIDC_NAME,
        client_id=settings.ALAPP_OIDC_CLIENT_ID,
        secret=settings.ALAPP_OIDC_SECRET,
        settings={"server_url": settings.ALAPP_OIDC_URL, "oauth_pkce_enabled": True},
    )


def _may_come(told: dict[str, Any], addresses: list[str]) -> bool:
    """Return whether the person's verified address, and a group of theirs, are among ours."""
    domains = {each.lower() for each in settings.ALAPP_OIDC_DOMAINS}
    if domains and not domains & {each.rpartition("@")[2].lower() for each in addresses}:
        return False
    wanted, claim = {*settings.ALAPP_OIDC_GROUPS}, settings.ALAPP_OIDC_GROUPS_CLAIM
    groups = {**told["id_token"], **told.get("userinfo", {})}.get(claim) or []
    return not wanted or bool(wanted & {str(each) for each in _as_list(groups)})


def _as_list(groups: Any) -> list[Any]:
    return groups if isinstance(groups, list) else [groups]


def _came_by_invitation(next_url: str) -> bool:
    """Return whether the page to come back to is an invitation that still works."""
    try:
        match = resolve(next_url)
    except Resolver404:
        return False
    return match.url_name == "invitation" and bool(
        invitations.find(token=str(match.kwargs["token"]), now=database_now())
    )


def _invited(sociallogin: SocialLogin) -> Sequence[Invitation]:
    told = sociallogin.provider.extract_email_addresses(sociallogin.account.extra_data)
    return invitations.for_addresses([each.email for each in told], now=database_now())


def _drop_taken_address(sociallogin: SocialLogin) -> None:
    """Leave out an address that another account names without having verified it."""
    addresses = [each.email for each in sociallogin.email_addresses]
    if any(EmailAddress.objects.filter(email__iexact=each).exists() for each in addresses):
        sociallogin.email_addresses, sociallogin.user.email = [], ""
