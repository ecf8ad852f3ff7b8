"""Inviting people to a project, and letting those in again who forgot their password."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from alapp.clock import database_now
from annotation.forms.people import InviteForm
from annotation.forms.projects import saves
from annotation.models import Membership
from annotation.permissions import Can, get_project_or_404
from annotation.services import accounts, invitations, mail
from annotation.views import settings
from annotation.views.requests import Request

LINK_WORKS_FOR = timedelta(days=2)


@require_POST
@never_cache
def invite(request: Request, slug: str) -> HttpResponse:
    """Make an invitation; its link is on this one page and nowhere else."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    form, tokens = InviteForm(request.POST), list[str]()
    if not saves(form, lambda: tokens.append(invitations.invite(
        project=project, actor=request.user, now=database_now(), **form.wanted()
    ))):  # fmt: skip
        return settings.page(request, project, invite=form)
    link = request.build_absolute_uri(reverse("invitation", args=tokens))
    sent_to = form.cleaned_data["email"] if mail.is_sent() else ""
    if sent_to:
        mail.invite(project=project.name, link=link, to=sent_to)
    context = {"project": project, "section": "settings", "link": link, "sent_to": sent_to}
    return render(request, "annotation/invited.html", context)


@require_POST
def revoke(request: Request, slug: str, invitation_id: int) -> HttpResponse:
    project = get_project_or_404(request.user, slug, Can.LEAD)
    return settings.attempt(request, project, "invitations", lambda: invitations.revoke(
        project=project, invitation_id=invitation_id, actor=request.user, now=database_now()
    ))  # fmt: skip


@require_POST
@never_cache
def sign_in_link(request: Request, slug: str, member: int) -> HttpResponse:
    """Make a link that lets a person in who forgot the password, to be handed over."""
    project = get_project_or_404(request.user, slug, Can.LEAD)
    user = get_object_or_404(
        Membership.objects.select_related("user"), pk=member, project=project
    ).user
    token = accounts.hand_link(
        user=user, actor=request.user, now=database_now(), valid_for=LINK_WORKS_FOR
    )
    link = request.build_absolute_uri(reverse("sign-in-link", args=[token]))
    context = {"project": project, "section": "settings", "link": link, "person": user}
    return render(request, "annotation/handed_link.html", context)
