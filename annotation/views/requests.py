"""The request as views see it: signed in, and knowing whether htmx asked."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from annotation.models import User


class Request(HttpRequest):
    """A request of a signed-in person; LoginRequiredMiddleware saw to that."""

    user: User
    htmx: HtmxDetails
