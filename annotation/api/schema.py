"""What drf-spectacular has to be told beside the operations themselves."""

from typing import Any, Literal

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema as PlainSchema
from drf_spectacular.utils import OpenApiParameter

from annotation.api.endpoints import KEY_HEADER, Endpoint, Operation
from annotation.api.shapes import Problem, Sent
from annotation.services.replies import LONGEST_KEY

PROBLEMS = {
    "400": "The address or the body cannot be read.",
    "401": "Nobody is signed in, or the token opens nothing.",
    "403": "The role or the token does not allow it.",
    "404": "There is nothing here, or nothing for this person.",
    "405": "This address is not asked in this way.",
    "406": "Only JSON is spoken.",
    "409": "Somebody or something was faster.",
    "413": "The body is too large.",
    "415": "The body is in another form.",
    "422": "What was sent does not fit; each field is named with its limit.",
    "429": "Too many requests; Retry-After says for how many seconds.",
}


Direction = Literal["request", "response"]


class AutoSchema(PlainSchema):
    """Adds to each operation its problems, and the key that makes a retry safe."""

    def get_tags(self) -> list[str]:
        return [getattr(self.view, "tag", "") or "alapp"]

    def get_description(self) -> str:  # type: ignore[override]
        method = getattr(self.view, self.method.lower(), None)
        return _unwrapped(getattr(method, "__doc__", "") or "")

    def get_summary(self) -> str:
        first = self.get_description().partition("\n\n")[0]
        return first.partition(". ")[0].rstrip(".")

    def get_override_parameters(self) -> list[Any]:
        does = self._operation()
        if does is None or self.method != "POST" or does.has_own_key:
            return []
        text = "Any text of yours: the same request sent again is done once (kept for a day)."
        return [
            OpenApiParameter(
                name=KEY_HEADER,
                type={"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
                location=OpenApiParameter.HEADER,
                required=False,
                description=text,
            )
        ]

    def _operation(self) -> Operation | None:
        method = getattr(self.view, self.method.lower(), None)
        found = getattr(method, "operation", None)
        return found if isinstance(found, Operation) else None

    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        if isinstance(self.view, Endpoint):
            shape = self.resolve_serializer(Problem, direction).ref
            content = {"application/problem+json": {"schema": shape}}
            for status, text in PROBLEMS.items():
                bodies.setdefault(status, {"description": text, "content": content})
        return bodies


class StrictSent(OpenApiSerializerExtension):
    """Says of every body that it has these fields and no others."""

    target_class = Sent
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        schema: dict[str, Any] = auto_schema._map_serializer(
            self.target, direction, bypass_extensions=True
        )
        return {**schema, "additionalProperties": False}


def _unwrapped(text: str) -> str:
    """Return a docstring as paragraphs, each on one line."""
    paragraphs = text.strip().split("\n\n")
    return "\n\n".join(" ".join(each.split()) for each in paragraphs)
