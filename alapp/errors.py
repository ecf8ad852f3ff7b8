"""From what services raise to what a person sees: a page, or a region when htmx asked."""

import logging
from collections.abc import Callable, Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

TITLES = {
    403: _("That is not yours to do"),
    404: _("Nothing here"),
    409: _("Somebody was faster"),
    422: _("That cannot be done"),
    503: _("Not just now"),
}
NOT_FOUND = _("This address leads nowhere, or to something you have no role in.")
FORBIDDEN = _("Your role does not allow it.")
NOT_WRITTEN = _("The server cannot write at the moment, so nothing was changed. Try again soon.")
# What databases say when they are in order but their disk is not.
CANNOT_WRITE = (
    "readonly database", "read-only transaction", "disk is full", "no space left", "disk i/o error",
)  # fmt: skip
logger = logging.getLogger(__name__)


class Conflict(Exception):  # noqa: N818 - named for what happened, not for being an error
    """Somebody or something was faster; the message says what now stands."""


class ErrorMiddleware:
    """Answer what a view let through: Conflict with 409, ValidationError with 422."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Conflict):
            return error_page(request, status=409, messages=[str(error)])
        if isinstance(error, ValidationError):
            return error_page(request, status=422, messages=error.messages)
        if isinstance(error, PermissionDenied):
            return error_page(request, status=403, messages=[str(error) or str(FORBIDDEN)])
        if isinstance(error, Http404):
            return error_page(request, status=404, messages=[str(NOT_FOUND)])
        if isinstance(error, DatabaseError) and cannot_write(error):
            logger.error("%s: the database cannot write: %s", request.path, error)
            return error_page(request, status=503, messages=[str(NOT_WRITTEN)])
        return None


def cannot_write(error: DatabaseError) -> bool:
    """Say whether the database refuses to write whatever it is asked: a full or read-only disk."""
    return any(words in str(error).casefold() for words in CANNOT_WRITE)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that leads to no view."""
    return error_page(request, status=404, messages=[str(NOT_FOUND)])


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what middleware refuses before any view is called."""
    return error_page(request, status=403, messages=[str(exception) or str(FORBIDDEN)])


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is out of date, and tell a script so: its work is not refused, it
    only has to be sent again with a new token."""
    response = render(request, "403_csrf.html", status=403)
    response.headers["X-Refused"] = "csrf"
    return response


def error_page(request: HttpRequest, *, status: int, messages: Sequence[str]) -> HttpResponse:
    template = "parts/_error.html" if getattr(request, "htmx", False) else "error.html"
    context = {
        "messages_": messages,
        "status": status,
        "title": TITLES.get(status),
        "back": _back(request),
    }
    return render(request, template, context, status=status)


def _back(request: HttpRequest) -> str:
    """Return the page somebody came from, if it is ours and another one."""
    page = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure())
    return page if is_ours and page != request.build_absolute_uri() else ""
