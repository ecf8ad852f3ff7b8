"""The list of projects, and making a new one."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotation.permissions import may_create_projects
from annotation.services import overview
from annotation.views.requests import Request


@require_safe
def projects(request: Request) -> HttpResponse:
    context = {
        "cards": overview.cards_of(request.user),
        "may_create": may_create_projects(request.user),
    }
    return render(request, "annotation/projects.html", context)
