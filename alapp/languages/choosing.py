"""Which language a page is in: the person's own, else the first the browser asks for."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

# Views whose pages are written in English only, by where they are: leads' pages. A page half in
# one language and half in another helps nobody, and its `lang` would be wrong for either.
ENGLISH_ONLY = (
    "alapp.system.",
    "annotation.views.finding.",
    "annotation.views.items.",
    "annotation.views.lead_",
    "annotation.views.projects.new",
    "annotation.views.seeds.",
    "annotation.views.settings.",
    "selection.",
)


class LanguageMiddleware:
    """Speak a person's language on the pages that have it.

    Behind the middleware that knows who asks: their account was read for the page anyway, so the
    choice costs no statement.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(translation.get_language_from_request(request)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "")
        patch_vary_headers(response, ("Accept-Language",))
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> None:
        if f"{view.__module__}.{getattr(view, '__qualname__', '')}".startswith(ENGLISH_ONLY):
            translation.activate("en")
        elif language := getattr(request.user, "language", ""):
            translation.activate(language if language in dict(settings.LANGUAGES) else "en")
