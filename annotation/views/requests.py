"""The request as views see it: signed in, and knowing whether htmx asked."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django_htmx.middleware import HtmxDetails

from annotation.models import User

# Digits of the largest id that every database can be asked for.
LONGEST_ID = 18


class Request(HttpRequest):
    """A request of a signed-in person; LoginRequiredMiddleware saw to that."""

    user: User
    htmx: HtmxDetails


Rest = ParamSpec("Rest")
View = Callable[Concatenate[Request, Rest], HttpResponse]


def by_whom_it_says(view: View[Rest]) -> View[Rest]:
    """Refuse with 401 what a page sends for somebody (`X-Person`) who is not signed in here now.

    Answers wait in a browser that several people may use: nobody's are recorded as another's.
    """

    @wraps(view)
    def checked(request: Request, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        said = request.headers.get("X-Person")
        if said is not None and said != str(request.user.pk):
            return HttpResponse(status=401)
        return view(request, *args, **kwargs)

    return checked


def number(sent: str) -> int | None:
    """Return the id that was sent, None for what cannot be one."""
    return int(sent) if sent.isdecimal() and len(sent) <= LONGEST_ID else None
