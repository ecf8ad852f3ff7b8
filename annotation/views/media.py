"""Images of items, for the people of their project only."""

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from annotation import images
from annotation.models import ItemPayload
from annotation.permissions import Can, get_project_or_404
from annotation.views.requests import Request

A_YEAR = 31_536_000
# What alapp itself writes; nothing else is ever shown by a browser.
TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}


@require_safe
def image(request: Request, slug: str, item_id: int, size: str) -> FileResponse:
    """Serve an image. Its address names its content, so that it may be kept for ever."""
    project = get_project_or_404(request.user, slug, Can.LABEL)
    payload = get_object_or_404(ItemPayload, pk=item_id, item__project=project)
    path = Path(settings.MEDIA_ROOT, _name(payload, size))
    if size == "display" and not path.is_file():
        path = Path(settings.MEDIA_ROOT, payload.file)
    if not payload.file or not path.is_file():
        raise Http404("This item has no image.")
    return FileResponse(
        path.open("rb"),
        content_type=TYPES.get(path.suffix, "application/octet-stream"),
        headers={"Cache-Control": f"private, max-age={A_YEAR}, immutable"},
    )


def _name(payload: ItemPayload, size: str) -> str:
    """Return the file of a size; a picture no larger than the display size has none of its own."""
    if size == "display":
        return images.display_of(payload.file)
    return payload.thumbnail if size == "small" and payload.thumbnail else payload.file
