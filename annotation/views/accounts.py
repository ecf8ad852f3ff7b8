"""Signing in, by password or by a link that works once, and one's own account."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from alapp.clock import database_now
from annotation.forms.accounts import NewPasswordForm, PaceForm
from annotation.services import accounts
from annotation.views.requests import Request

BACKEND = "django.contrib.auth.backends.ModelBackend"
THEMES = {
    "system": _("As my device"),
    "light": _("Light"),
    "dark": _("Dark"),
    "contrast-light": _("High contrast, light"),
    "contrast-dark": _("High contrast, dark"),
}
A_YEAR = timedelta(days=365)


class SignIn(LoginView):
    """Whoever is signed in need not see the page; but a name and password that are sent count,
    also where somebody else is signed in: the label page signs people in where they are."""

    template_name = "accounts/sign_in.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.redirect_authenticated_user = request.method != "POST"


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
    login(request, user, backend=BACKEND)
    return redirect("projects")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: Request) -> HttpResponse:
    form = NewPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        update_session_auth_hash(request, form.save())
        messages.success(request, _("Your password is changed."))
        return redirect("account")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/account.html", _context(request, form), status=status)


@require_http_methods(["POST"])
def theme(request: Request) -> HttpResponse:
    """Keep the choice on this device: another one may stand in another light."""
    response = redirect("account")
    choice = request.POST.get("theme", "")
    if choice in THEMES and choice != "system":
        response.set_cookie("theme", choice, max_age=A_YEAR, samesite="Lax")
    else:
        response.delete_cookie("theme")
    return response


@require_http_methods(["POST"])
def language(request: Request) -> HttpResponse:
    accounts.choose_language(user=request.user, language=request.POST.get("language", ""))
    return redirect("account")


@require_http_methods(["POST"])
def pace(request: Request) -> HttpResponse:
    form = PaceForm(request.POST)
    if not form.is_valid():
        raise ValidationError(_("That is not one of the choices."))
    accounts.choose_pace(user=request.user, **form.cleaned_data)
    return redirect("account")


def _context(request: Request, form: NewPasswordForm) -> dict[str, Any]:
    chosen = request.COOKIES.get("theme", "")
    return {
        "form": form,
        "pace": PaceForm(
            initial={"break_minutes": request.user.break_minutes, "swipes": request.user.swipes}
        ),
        "themes": THEMES,
        "theme": chosen if chosen in THEMES else "system",
        "languages": {"": _("As my browser"), **dict(settings.LANGUAGES)},
    }
