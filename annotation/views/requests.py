"""The request as views see it: signed in, and knowing whether htmx asked."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from annotation.models import User

# Digits of the largest id that every database can be asked for.
LONGEST_ID = 18


class Request(HttpRequest):
    """A request of a signed-in person; LoginRequiredMiddleware saw to that."""

    user: User
    htmx: HtmxDetails


def number(sent: str) -> int | None:
    """Return the id that was sent, None for what cannot be one."""
    return int(sent) if sent.isdecimal() and len(sent) <= LONGEST_ID else None
