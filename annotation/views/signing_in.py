"""Signing in: by password, passkey or link, with a second factor where there is one."""

from typing import Any

from allauth.account.internal.stagekit import clear_login
from allauth.account.utils import perform_login
from allauth.account.views import EmailView, LoginView, PasswordResetView, SignupView
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from requests import RequestException

from alapp.clock import database_now
from annotation.services import accounts
from annotation.signing_in.single_sign_on import PROVIDER, Server, begin

# Whose link brought a session about: such a person may choose a password without the old one.
BY_LINK = "by_link"


class SignIn(LoginView):
    """Whoever is signed in need not see the page; but a name and password that are sent count,
    also where somebody else is signed in: the label page signs people in where they are."""

    template_name = "accounts/sign_in.html"

    @method_decorator(login_not_required)
    @method_decorator(sensitive_post_parameters("password"))
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            request.user = AnonymousUser()
            clear_login(request)
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """Send on; but tell a script, which does not follow, that a second step is asked for."""
        response = super().form_valid(form)
        is_script = self.request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
        if is_script and getattr(response, "url", "").startswith(reverse("mfa_authenticate")):
            return render(self.request, "accounts/second_step.html", status=401)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "has_mail": settings.HAS_MAIL,
            "is_open": settings.ALAPP_OPEN_SIGN_UP,
            "single_sign_on": settings.ALAPP_OIDC_URL and settings.ALAPP_OIDC_NAME,
        }


class SignUp(SignupView):
    """There only where a setting opens it: nothing else tells that it could be."""

    def closed(self) -> HttpResponse:
        raise Http404("Sign-up is closed.")


class Forgotten(PasswordResetView):
    """Sends a link to an address; without a mail server it says whom to ask."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"has_mail": settings.HAS_MAIL}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if settings.HAS_MAIL else self.get(request)


class Address(EmailView):
    """One's e-mail address: it is one's own once a link that was sent there has been opened."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"has_mail": settings.HAS_MAIL}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if settings.HAS_MAIL else self.get(request)


@login_not_required
@require_POST
def start_again(request: HttpRequest) -> HttpResponse:
    """Leave a sign-in that waits for its second step."""
    clear_login(request)
    return redirect("sign-in")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask first: a mail program that previews the link must not use it up."""
    now = database_now()
    if request.method != "POST":
        user = accounts.user_of_link(token=token, now=now)
        context = {"person": user}
        return render(request, "accounts/link.html", context, status=200 if user else 410)
    user = accounts.use_sign_in_link(token=token, now=now)
    if user is None:
        return render(request, "accounts/link.html", {"person": None}, status=410)
    logout(request)
    clear_login(request)
    request.session[BY_LINK] = [user.pk, now.timestamp()]
    return perform_login(request, user, email_verification="none")


@login_not_required
@never_cache
@require_POST
def single_sign_on(request: HttpRequest) -> HttpResponse:
    """Send the browser to the server by a page of ours: the policy lets no form go elsewhere."""
    if not settings.ALAPP_OIDC_URL:
        raise Http404("No single sign-on.")
    try:
        address = begin(request)
    except RequestException:
        return render(request, "socialaccount/authentication_error.html", status=502)
    context = {"address": address, "name": settings.ALAPP_OIDC_NAME}
    response = render(request, "accounts/go_on.html", context)
    response["Refresh"] = f"0;url={address}"
    return response


@login_not_required
@never_cache
@require_safe
def single_sign_on_back(request: HttpRequest) -> HttpResponseBase:
    """Take what the server says, whom it says it of."""
    if not settings.ALAPP_OIDC_URL:
        raise Http404("No single sign-on.")
    back: HttpResponseBase = OAuth2CallbackView.adapter_view(Server(request, PROVIDER))(request)
    return back
