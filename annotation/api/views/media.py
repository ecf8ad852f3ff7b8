"""Images of items, for those who ask with a token."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from annotation.api.endpoints import Endpoint, check_scope
from annotation.scopes import Scope
from annotation.views import media

SIZES = ("display", "small", "full")


class Image(Endpoint):
    tag = "items"

    @extend_schema(
        operation_id="read_image",
        description="An item's image as bytes: `display`, `small` or `full`.",
        responses={(200, "image/*"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, slug: str, item_id: int, size: str) -> Any:
        """Read an item's image."""
        check_scope((Scope.READ, Scope.LABEL, Scope.LEAD), request.auth)
        return media.image(request, slug, item_id, size)  # type: ignore[arg-type]
