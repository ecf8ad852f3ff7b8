"""Joining a project by a link: with an account one has, or a new one."""

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from alapp.clock import database_now
from annotation.forms.people import JoinForm
from annotation.forms.projects import saves
from annotation.models import Invitation, User
from annotation.services import invitations

JOINS = "join"


@login_not_required
@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Ask first: looking at the page uses nothing up. One answer to every link that does not work,
    whatever the reason: nobody learns whether it ever did."""
    found = invitations.find(token=token, now=database_now())
    if found is None:
        return _over(request)
    try:
        if request.method == "POST" and isinstance(request.user, User):
            return _join(request, found, request.user)
        if request.method == "POST":
            return _join_as_new(request, found)
    except invitations.Spent:
        return _over(request)
    return _page(request, found, JoinForm(initial={"first_name": found.name}))


def _join(request: HttpRequest, found: Invitation, user: User) -> HttpResponse:
    if request.POST.get("as") != JOINS:
        # "I am somebody else": the link stays, and asks again.
        logout(request)
        return redirect(request.path)
    invitations.accept(invitation=found, user=user, now=database_now())
    messages.success(request, _("You are in: %(project)s.") % {"project": found.project.name})
    return redirect("projects")


def _join_as_new(request: HttpRequest, found: Invitation) -> HttpResponse:
    form, made = JoinForm(request.POST), []
    if not saves(form, lambda: made.append(invitations.accept_as_new(
        invitation=found, now=database_now(), **form.wanted()
    ))):  # fmt: skip
        return _page(request, found, form)
    return perform_login(request, made[0], email_verification="none")


def _page(request: HttpRequest, found: Invitation, form: JoinForm) -> HttpResponse:
    context = {"invitation": found, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/invitation.html", context, status=status)


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/invitation.html", {"invitation": None}, status=410)
