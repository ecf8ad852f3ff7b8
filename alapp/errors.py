"""From what services raise to what a person sees: 409 lost a race, 422 wrong input."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


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
        return None


def error_page(request: HttpRequest, *, status: int, messages: list[str]) -> HttpResponse:
    template = "parts/_error.html" if getattr(request, "htmx", False) else "error.html"
    return render(request, template, {"messages_": messages, "status": status}, status=status)
