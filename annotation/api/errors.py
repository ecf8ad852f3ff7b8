"""From what services raise to what a program reads: problem details as RFC 9457 has them.

The statuses are those of the pages (alapp.errors); what was sent wrongly is named field by field.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.http import Http404
from rest_framework import exceptions, serializers, status
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import set_rollback

from alapp.errors import FORBIDDEN, NOT_FOUND, TITLES, Conflict
from annotation.services.replies import OtherRequest

URN = "urn:alapp:problem:"
MORE_TITLES = {
    400: "That cannot be read",
    401: "Say who asks",
    405: "Not in this way",
    406: "Only JSON is spoken here",
    413: "Too large",
    415: "In another form, please",
    429: "Slower, please",
}
NAMES = {
    400: "unreadable",
    401: "unauthenticated",
    403: "forbidden",
    404: "not-found",
    405: "method",
    406: "not-acceptable",
    409: "conflict",
    413: "too-large",
    415: "media-type",
    422: "invalid",
    429: "throttled",
}
UNKNOWN_QUERY = "A parameter of this address is not known. The schema lists those that are."
OTHER_REQUEST = "This Idempotency-Key was sent before, with another request."
LIMITS = ("max_length", "min_length", "max_value", "min_value")


class ProblemRenderer(JSONRenderer):
    media_type = "application/problem+json"


class UnknownQuery(Exception):  # noqa: N818 - named for what happened
    """A query key that is not on the list: the answer never says which, nor what there is."""


class Misfit(Exception):  # noqa: N818 - named for what happened
    """What was sent has not the right shape; each field that is wrong, with its limit."""

    def __init__(self, errors: Sequence[Mapping[str, Any]], *, status: int) -> None:
        super().__init__("what was sent has not the right shape")
        self.errors, self.status = list(errors), status


class TooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE


def handle(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer what a view let through; None for what is nobody's doing but ours."""
    found = _problem(error)
    if found is None:
        return None
    set_rollback()
    number, detail, more = found
    headers = dict(_headers(error))
    body = problem(number, detail, **more)
    response = Response(body, status=number, headers=headers)
    # The renderer is chosen by the request; a problem has its own.
    request = context["request"]
    request.accepted_renderer = ProblemRenderer()
    request.accepted_media_type = ProblemRenderer.media_type
    return response


def problem(number: int, detail: str, **more: Any) -> dict[str, Any]:
    title = str(TITLES.get(number) or MORE_TITLES.get(number, "Error"))
    kind = f"{URN}{NAMES.get(number, 'error')}"
    return {"type": kind, "title": title, "status": number, "detail": detail, **more}


def _problem(error: Exception) -> tuple[int, str, dict[str, Any]] | None:
    if isinstance(error, Misfit):
        return error.status, _first(error.errors), {"errors": error.errors}
    if isinstance(error, ValidationError):
        errors = list(of_service(error))
        return 422, " ".join(each["message"] for each in errors), {"errors": errors}
    plain = {
        UnknownQuery: (400, UNKNOWN_QUERY),
        OtherRequest: (422, OTHER_REQUEST),
        Conflict: (409, str(error)),
        PermissionDenied: (403, str(error) or str(FORBIDDEN)),
        Http404: (404, str(NOT_FOUND)),
    }
    for kind, (number, detail) in plain.items():
        if isinstance(error, kind):
            return number, detail, {}
    if isinstance(error, exceptions.APIException):
        return error.status_code, str(error.detail), {}
    return None


def _first(errors: Sequence[Mapping[str, Any]]) -> str:
    where = f"{errors[0]['field']}: " if errors[0]["field"] else ""
    return f"{where}{errors[0]['message']}"


def _headers(error: Exception) -> Iterator[tuple[str, str]]:
    if header := getattr(error, "auth_header", None):
        yield "WWW-Authenticate", header
    if wait := getattr(error, "wait", None):
        yield "Retry-After", str(int(wait))


def of_service(error: ValidationError) -> Iterator[dict[str, Any]]:
    """Yield each thing that a service found wrong, by its field where it names one."""
    if hasattr(error, "error_dict"):
        for name, errors in error.error_dict.items():
            field = "" if name == NON_FIELD_ERRORS else name
            yield from (dict(_of_one(each, field)) for each in errors)
    else:
        yield from (dict(_of_one(each, "")) for each in error.error_list)


def _of_one(error: ValidationError, field: str) -> Iterator[tuple[str, Any]]:
    yield "field", field
    yield "message", " ".join(error.messages)
    if isinstance(error.params, Mapping) and "limit_value" in error.params:
        yield "limit", error.params["limit_value"]


def of_shape(detail: Any, field: Any, path: str = "") -> Iterator[dict[str, Any]]:
    """Yield each thing a serializer found wrong: where, what, and the limit it broke."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            here = "" if name == "non_field_errors" else str(name)
            yield from of_shape(inner, _inner(field, name), ".".join(filter(None, (path, here))))
    elif isinstance(detail, list) and any(isinstance(each, Mapping) for each in detail):
        for place, inner in enumerate(detail):
            if inner:
                yield from of_shape(inner, _inner(field, place), f"{path}.{place}")
    else:
        for each in detail if isinstance(detail, list) else [detail]:
            found = {"field": path, "message": str(each)}
            limit = getattr(field, str(getattr(each, "code", "")), None)
            is_limit = getattr(each, "code", "") in LIMITS and limit is not None
            yield found | ({"limit": str(limit)} if is_limit else {})


def _inner(field: Any, name: Any) -> Any:
    if isinstance(field, serializers.ListSerializer | serializers.ListField):
        return field.child
    if isinstance(field, serializers.Serializer):
        return field.fields.get(str(name))
    return None
