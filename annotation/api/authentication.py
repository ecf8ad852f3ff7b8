"""Who asks: by a token in the header, or by the session of a browser, with its CSRF token."""

from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.authentication import SessionAuthentication as PlainSession
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from annotation import scopes, seating
from annotation.api import throttles
from annotation.models import ApiToken, User
from annotation.services import tokens

SCHEME = "Bearer"
REFUSED = "This token opens nothing: it is wrong, has expired or was revoked."


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer alapp_...`. Wrong ones are counted by the address they come from."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        now = timezone.now()
        slug = request.parser_context["kwargs"].get("slug", "")
        token = seating.seat_by_token(text.strip(), slug=slug, now=now)
        if token is None:
            throttles.count_bad_token(request)
            raise AuthenticationFailed(REFUSED)
        tokens.note_use(token, now=now)
        if scopes.Scope.ADMIN.value not in token.scope_names:
            # Of this request's copy only: the token was not made for an admin's rights.
            token.user.is_superuser = False
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return SCHEME


class SessionAuthentication(PlainSession):
    """A signed-in browser; whatever changes something needs the CSRF token, as on every page."""


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        text = "A token from your account page: `Authorization: Bearer alapp_...`"
        return {"type": "http", "scheme": "bearer", "description": text}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = SessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        text = "A signed-in browser; with the X-CSRFToken header where something changes."
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": text}
