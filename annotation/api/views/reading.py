"""The schema, and a page to read and try it."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularJSONAPIView


class Schema(SpectacularJSONAPIView):
    """The schema in OpenAPI 3: it tells of the program, and nothing of who uses it."""


@login_not_required
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """A page whose script and style are served from here: the policy for scripts stays strict."""
    return render(request, "api/docs.html", {"max_body": settings.ALAPP_API_MAX_BODY_BYTES})
