"""One's own account: name, password, how pages look, and where one is signed in."""

from datetime import datetime, timedelta
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from alapp.clock import database_now
from annotation.forms.accounts import ChosenPasswordForm, NameForm, NewPasswordForm, PaceForm
from annotation.permissions import Can, get_project_or_404
from annotation.services import accounts, projects, sessions
from annotation.views.requests import Request
from annotation.views.signing_in import BY_LINK

THEMES = {
    "system": _("As my device"),
    "light": _("Light"),
    "dark": _("Dark"),
    "contrast-light": _("High contrast, light"),
    "contrast-dark": _("High contrast, dark"),
}
A_YEAR = timedelta(days=365)
# How long after a sign-in by link a password may be chosen without the old one.
LINK_COUNTS_FOR = timedelta(minutes=30)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: Request) -> HttpResponse:
    now = database_now()
    form = _password_form(request, now)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data["new_password1"]
        accounts.change_password(user=request.user, password=password, actor=request.user)
        update_session_auth_hash(request, request.user)
        request.session.pop(BY_LINK, None)
        messages.success(request, _("Your password is changed. Other devices are signed out."))
        return redirect("account")
    status = 422 if form.is_bound else 200
    context = _context(request, now) | {"form": form}
    return render(request, "accounts/account.html", context, status=status)


def _password_form(request: Request, now: datetime) -> NewPasswordForm | ChosenPasswordForm:
    """Return the form that asks for the old password, unless a link has just let them in."""
    person, at = request.session.get(BY_LINK, (None, 0.0))
    is_fresh = now.timestamp() - at < LINK_COUNTS_FOR.total_seconds()
    kind = ChosenPasswordForm if person == request.user.pk and is_fresh else NewPasswordForm
    return kind(request.user, request.POST or None)


@require_POST
def name(request: Request) -> HttpResponse:
    form = NameForm(request.POST)
    if not form.is_valid():
        raise ValidationError([message for each in form.errors.values() for message in each])
    accounts.describe(user=request.user, **form.cleaned_data)
    return redirect("account")


@require_POST
def theme(request: Request) -> HttpResponse:
    """Keep the choice on this device: another one may stand in another light."""
    response = redirect("account")
    choice = request.POST.get("theme", "")
    if choice in THEMES and choice != "system":
        response.set_cookie("theme", choice, max_age=A_YEAR, samesite="Lax")
    else:
        response.delete_cookie("theme")
    return response


@require_POST
def language(request: Request) -> HttpResponse:
    accounts.choose_language(user=request.user, language=request.POST.get("language", ""))
    return redirect("account")


@require_POST
def pace(request: Request) -> HttpResponse:
    form = PaceForm(request.POST)
    if not form.is_valid():
        raise ValidationError(_("That is not one of the choices."))
    accounts.choose_pace(user=request.user, **form.cleaned_data)
    return redirect("account")


@require_POST
def leave(request: Request, slug: str) -> HttpResponse:
    """Give up one's own role; what was labelled stays."""
    project = get_project_or_404(request.user, slug, Can.LABEL)
    projects.set_role(project=project, user=request.user, role=None, actor=request.user)
    messages.success(request, _("You have left %(project)s.") % {"project": project.name})
    return redirect("account")


@require_POST
def end_session(request: Request) -> HttpResponse:
    """End one session, or all others, or every one: this too."""
    which, here = request.POST.get("which", ""), str(request.session.session_key)
    if which == "everywhere":
        sessions.end_all(user=request.user, actor=request.user)
        return redirect("sign-in")
    if which == "others":
        sessions.end_all(user=request.user, actor=request.user, but=here)
    elif not sessions.end_one(user=request.user, handle=which):
        raise ValidationError(_("That session has ended already."))
    return redirect("account")


def _context(request: Request, now: datetime) -> dict[str, Any]:
    user, chosen = request.user, request.COOKIES.get("theme", "")
    return {
        "names": NameForm(initial={"first_name": user.first_name, "last_name": user.last_name}),
        "pace": PaceForm(initial={"break_minutes": user.break_minutes, "swipes": user.swipes}),
        "themes": THEMES,
        "theme": chosen if chosen in THEMES else "system",
        "languages": {"": _("As my browser"), **dict(settings.LANGUAGES)},
        "sessions": sessions.of(user=user, here=str(request.session.session_key), now=now),
        "has_mail": settings.HAS_MAIL,
        "memberships": user.memberships.select_related("project").order_by("project__name"),
        "single_sign_on": settings.ALAPP_OIDC_URL and settings.ALAPP_OIDC_NAME,
        "is_connected": SocialAccount.objects.filter(user=user).exists(),
    }
