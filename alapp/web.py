"""Pages and the regions htmx swaps: one template, one view."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    region: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the whole page, or only the named region when htmx asked for it."""
    is_partial = region and getattr(request, "htmx", False) and not request.htmx.boosted  # type: ignore[attr-defined]
    name = f"{template}#{region}" if is_partial else template
    return render(request, name, context, status=status)


def client_address(request: HttpRequest) -> str:
    """Return the address that asks, or behind a proxy the one it saw: the header's last, its own.

    Those before it, and without a proxy the whole header, come from the client and may be made up.
    """
    direct: str = request.META.get("REMOTE_ADDR", "")
    if not settings.BEHIND_PROXY:
        return direct
    forwarded: str = request.META.get("HTTP_X_FORWARDED_FOR", "")
    return forwarded.rpartition(",")[2].strip() or direct
