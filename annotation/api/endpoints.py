"""One address of the API: who may, what is sent, what comes back, all said in one place.

An operation is a method with `@operation(...)`: scope and role are checked, the project fetched,
query and body read by their lists, before it is called; what it returns is drawn by its answer.
The same facts make the schema.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotation.api import errors, shapes
from annotation.api.errors import Misfit, TooLarge, UnknownQuery
from annotation.api.parsers import StrictJSONParser
from annotation.models import ApiToken, Project, User
from annotation.permissions import Can, get_project_or_404
from annotation.scopes import Scope
from annotation.seating import bring_classes, now_of
from annotation.services import replies

KEY_HEADER = "Idempotency-Key"
Shape = type[serializers.Serializer[Any]]
Drawn = TypeVar("Drawn")


@dataclass(frozen=True)
class Page:
    """Some rows and where the next page begins; None when this is the last."""

    rows: Sequence[Any]
    after: object | None


@dataclass(frozen=True)
class Call:
    """Who asks for what: the person, the project, and what was sent, read and checked."""

    user: User
    token: ApiToken | None = None
    of: Project | None = None
    sent: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    # From a path to the address others reach it by.
    absolute: Callable[[str], str] = str

    @property
    def project(self) -> Project:
        assert self.of is not None, "no project in this address"
        return self.of

    @property
    def now(self) -> datetime:
        return now_of(self.user)

    def after(self) -> int | None:
        """Return the id behind which the page begins; a cursor that is none is refused."""
        cursor: str = self.query.get("cursor", "")
        if cursor and not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 18):
            raise wrong_cursor()
        return int(cursor) if cursor else None


def wrong_cursor() -> Misfit:
    told = "This is not the cursor of a page: follow `next` as it was given."
    return Misfit([{"field": "cursor", "message": told}], status=400)


@dataclass(frozen=True)
class Operation:
    """What one method of an address takes, allows and answers."""

    name: str
    scopes: frozenset[Scope]
    can: Can | None = None
    sends: Shape | None = None
    query: Shape | None = None
    answers: Shape | None = None
    status: int = 200
    is_paged: bool = False
    is_list: bool = False
    is_costly: bool = False
    has_own_key: bool = False
    # Fields of the answer that are shown once, and never kept.
    secrets: tuple[str, ...] = ()


class Endpoint(APIView):
    """An address. JSON in, JSON out; a file comes as multipart/form-data."""

    parser_classes = [StrictJSONParser]
    # What the schema groups its operations by.
    tag = ""

    def check_permissions(self, request: Request) -> None:
        """Let nobody in who is not signed in; what they may is the operation's to say."""
        if not isinstance(request.user, User):
            self.check_throttles(request)
            raise exceptions.NotAuthenticated

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        _check_size(request)
        super().initial(request, *args, **kwargs)


class FileEndpoint(Endpoint):
    """An address that takes a file."""

    parser_classes = [MultiPartParser]


def _check_size(request: Request) -> None:
    """Refuse a body that is too large before any of it is read."""
    is_file = str(request.content_type).startswith("multipart/")
    most = settings.ALAPP_MAX_UPLOAD_BYTES if is_file else settings.ALAPP_API_MAX_BODY_BYTES
    if int(request.META.get("CONTENT_LENGTH") or 0) > most:
        raise TooLarge(f"The body has more than {most:,} bytes, which is the limit.")


def operation(
    name: str,
    *scopes: Scope,
    can: Can | None = None,
    sends: Shape | None = None,
    query: Shape | None = None,
    answers: Shape | None = None,
    status: int = 200,
    is_paged: bool = False,
    is_list: bool = False,
    is_costly: bool = False,
    has_own_key: bool = False,
    secrets: tuple[str, ...] = (),
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """Make a method the operation `name`: it gets a Call and the address's other arguments."""
    query = query or (shapes.PageQuery if is_paged else None)
    does = Operation(
        name, frozenset(scopes), can, sends, query, answers, status, is_paged, is_list,
        is_costly, has_own_key, secrets,
    )  # fmt: skip

    def decorate(method: Callable[..., Any]) -> Callable[..., Response]:
        @wraps(method)
        def handler(view: Endpoint, request: Request, **kwargs: Any) -> Response:
            call = _call(does, request, kwargs)
            return _perform(does, request, call, lambda: method(view, call, **kwargs))

        handler.operation = does  # type: ignore[attr-defined]
        handler.is_costly = is_costly  # type: ignore[attr-defined]
        return _in_schema(does, handler)

    return decorate


def _in_schema(does: Operation, handler: Callable[..., Response]) -> Callable[..., Response]:
    answer: Any = shapes.answer_of(does.answers, is_paged=does.is_paged, is_list=does.is_list)
    said: Callable[..., Response] = extend_schema(
        operation_id=does.name,
        request=does.sends,
        parameters=[does.query] if does.query else None,
        responses={does.status: answer},
    )(handler)
    return said


def _call(does: Operation, request: Request, kwargs: dict[str, Any]) -> Call:
    user, token = request.user, request.auth
    assert isinstance(user, User)
    assert token is None or isinstance(token, ApiToken)
    check_scope(does.scopes, token)
    project = None
    if does.can is not None:
        project = get_project_or_404(user, kwargs.pop("slug"), does.can)
        if does.can is Can.LABEL:
            # Those who lead change them, too: a list that came along cannot be asked or locked.
            bring_classes(project, user)
    query = _read_query(does, request)
    body = _read_body(does, request)
    return Call(user, token, project, body, query, request.build_absolute_uri)


def check_scope(scopes: Iterable[Scope], token: Any) -> None:
    """Raise PermissionDenied unless the token was made for one of these; a session may what its
    person may."""
    if not isinstance(token, ApiToken):
        return
    wanted = sorted(each.value for each in scopes)
    if not set(wanted) & set(token.scope_names):
        has = " and ".join(token.scope_names)
        raise PermissionDenied(f"This token may {has}; this needs {' or '.join(wanted)}.")


def _read_query(does: Operation, request: Request) -> dict[str, Any]:
    """Return the parameters of the address; none reaches a database by its name."""
    known = does.query().fields if does.query else {}
    if set(request.query_params) - set(known):
        raise UnknownQuery
    if does.query is None:
        return {}
    return _checked(does.query(data=request.query_params), status=400)


def _read_body(does: Operation, request: Request) -> dict[str, Any]:
    if does.sends is None:
        return {}
    data = request.data
    if not isinstance(data, Mapping):
        told = "An object is wanted: { ... }."
        raise Misfit([{"field": "", "message": told}], status=422)
    return _checked(does.sends(data=data, partial=request.method == "PATCH"), status=422)


def _checked(shape: serializers.Serializer[Any], *, status: int) -> dict[str, Any]:
    if not shape.is_valid():
        raise Misfit(list(errors.of_shape(shape.errors, shape)), status=status)
    return dict(shape.validated_data)


def _perform(does: Operation, request: Request, call: Call, act: Callable[[], Any]) -> Response:
    def reply() -> replies.Reply:
        return replies.Reply(does.status, _body(does, request, act()))

    key = request.headers.get(KEY_HEADER)
    if key is None or request.method != "POST" or does.has_own_key:
        done = reply()
    else:
        sent = replies.Sent(call.user, key, _digest(request))
        done = replies.once(
            sent, reply, kept=lambda body: _without(body, does.secrets), now=timezone.now()
        )
    return Response(done.body, status=done.status)


def _body(does: Operation, request: Request, result: Any) -> Any:
    if does.answers is None:
        return None
    if does.is_paged:
        assert isinstance(result, Page)
        rows = does.answers(result.rows, many=True).data
        return {"results": rows, "next": _next(request, result.after)}
    return does.answers(result, many=does.is_list).data


def _next(request: Request, after: object | None) -> str | None:
    """Return the address of the next page, as it is asked for."""
    if after is None:
        return None
    asked = {**request.query_params.dict(), "cursor": str(after)}
    return f"{request.path}?{urlencode(asked)}"


def _without(body: Any, secrets: tuple[str, ...]) -> Any:
    plain = json.loads(json.dumps(body, default=str))
    return {**plain, **dict.fromkeys(secrets)} if secrets else plain


def _digest(request: Request) -> str:
    """Return the digest of all a request says: method, address, body."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    data: Any = request.data
    for name in sorted(data) if isinstance(data, Mapping) else []:
        value = data[name]
        digest.update(f"{name}=".encode())
        if isinstance(value, UploadedFile):
            for chunk in value.chunks():
                digest.update(chunk)
            value.seek(0)
        else:
            digest.update(json.dumps(value, sort_keys=True).encode())
    return digest.hexdigest()


class Nowhere(Endpoint):
    """Answers every address below /api/v1/ that leads nowhere, in the API's own form."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise Http404
