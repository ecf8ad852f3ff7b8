"""Whoever leads signs in by two things, where a setting says so."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from annotation.models import Project, User
from annotation.permissions import Can, role_of
from annotation.services import accounts

LEADS = "leads"
# Where somebody without a second factor sets one up, or leaves: nothing that opens more.
OPEN = ("mfa_", "account_", "sign-")
OPEN_PAGES = frozenset({"account", "account-name", "account-end-session", "theme", "language"})


class SecondFactorMiddleware:
    """Lead owners, leads and admins to setting up a second factor before they see anything else.

    Whether an account has one is read with the account, so that it costs no statement; and who has
    one has used it to sign in. Not there at all where no setting asks for it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if settings.ALAPP_SECOND_FACTOR_FOR != LEADS:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        user, name = request.user, request.resolver_match and request.resolver_match.url_name
        if not isinstance(user, User) or user.has_second_factor:
            return None
        is_open = (name or "").startswith(OPEN) or name in OPEN_PAGES
        if is_open or not _leads(user, kwargs.get("slug")):
            return None
        messages.warning(request, _("Your role asks for a second factor: set one up to go on."))
        return redirect("mfa_index")


def _leads(user: User, slug: str | None) -> bool:
    """Return whether the user is an admin, or leads the project (any, outside of projects)."""
    if user.is_superuser or user.is_staff:
        return True
    if slug is None:
        return user.memberships.filter(role__in=Can.LEAD.value).exists()
    if user.visit and user.visit.project.slug == slug:
        return user.visit.role in Can.LEAD.value
    project = Project.objects.filter(slug=slug).first()
    return project is not None and role_of(user, project) in Can.LEAD.value


def keep_in_mind(*, user: User, authenticator: Authenticator, **_rest: Any) -> None:
    """Note with the account whether it has a second factor; called when one comes or goes."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    has_one = Authenticator.objects.filter(user=user, type__in=kinds).exists()
    accounts.note_second_factor(user=user, kind=authenticator.type, has_one=has_one)
