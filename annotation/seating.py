"""Who asks, about which project, in which role, and when: one statement instead of five.

Every page of a project needs the session, its account, the project and the role. They are read
together before the view is called. Whatever does not fit (no session, no role, another password)
is left to Django's own way, which knows all cases: this one can only say yes where that would.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.db.models import F, QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from alapp.clock import database_now
from annotation.models import ApiToken, LabelClass, Membership, Project, User
from annotation.services import tokens
from annotation.sessions import SessionStore

CLASS_FIELDS = ("id", "position", "name", "description", "key", "colour")
TOKEN_FIELDS = (
    "id", "name", "scopes", "password_mark", "created_at", "expires_at", "last_used_at",
    "revoked_at",
)  # fmt: skip


@dataclass(frozen=True)
class Visit:
    """A member's way into a project. `now` is the database's time when it was read."""

    project: Project
    role: str
    pay_rate: int | None
    now: datetime
    classes_json: str | None

    def classes(self) -> list[LabelClass]:
        """Return the project's classes in order."""
        rows = json.loads(self.classes_json or "[]")
        found = [LabelClass(project=self.project, **_named(row)) for row in rows]
        return sorted(found, key=lambda each: (each.position, each.pk))


def _named(row: list[Any]) -> dict[str, Any]:
    return dict(zip(CLASS_FIELDS, row, strict=True))


def now_of(user: User) -> datetime:
    """Return the database's time of this request: asked with the person, or now."""
    return user.visit.now if user.visit else database_now()


def bring_classes(project: Project, user: User) -> None:
    """Let project.classes.all() be what came with the person, for a page that shows them."""
    if user.visit and user.visit.project is project:
        prefetched = {"classes": user.visit.classes()}
        project._prefetched_objects_cache = prefetched  # type: ignore[attr-defined]


class SeatMiddleware:
    """Fetch session, account, project and role before LoginRequiredMiddleware asks for them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> None:
        store, slug = request.session, kwargs.get("slug")
        if slug and isinstance(store, SessionStore) and store.session_key:
            _take_seat(request, store, slug)


def _take_seat(request: HttpRequest, store: SessionStore, slug: str) -> None:
    member = _find(str(store.session_key), slug)
    if member is None:
        return
    session = store.decode(member.session_data)
    if not _is_of(session, member.user):
        return
    store.prime(session)
    store.see(member.session_seen)
    member.user.visit = _visit_of(member)
    # Where django.contrib.auth.middleware looks before it asks.
    request._cached_user = member.user  # type: ignore[attr-defined]


def seat_by_token(text: str, *, slug: str, now: datetime) -> ApiToken | None:
    """Return the token with its person, who has taken their seat in the project of this slug.

    None for a text that opens nothing. Without a role there, or without a project, the person
    comes alone: what they may is asked elsewhere.
    """
    member = _find_by_token(text, slug) if slug else None
    if member is None:
        return tokens.find(text=text, now=now)
    fields = {name: getattr(member, f"token_{name}") for name in TOKEN_FIELDS}
    token = ApiToken(user=member.user, **fields)
    member.user.visit = _visit_of(member)
    return token if tokens.is_good(token, member.user, now=now) else None


def _find_by_token(text: str, slug: str) -> Any:
    said = {f"token_{name}": F(f"user__api_tokens__{name}") for name in TOKEN_FIELDS}
    members = _members().annotate(token_hash=F("user__api_tokens__token_hash"), **said)
    found = members.filter(token_hash=ApiToken.digest(text), project__slug=slug)
    return next(iter(found.select_related("user", "project")[:1]), None)


def _visit_of(member: Any) -> Visit:
    return Visit(
        project=member.project,
        role=member.role,
        pay_rate=member.pay_rate,
        now=member.now if hasattr(member, "now") else timezone.now(),
        classes_json=member.classes,
    )


def _members() -> QuerySet[Membership]:
    members = Membership.objects.annotate(classes=_classes())
    if connection.vendor == "postgresql":
        members = members.annotate(now=Now())
    return members


def _find(session_key: str, slug: str) -> Any:
    """Return the membership of the session's account, with all that comes with it."""
    members = _members().annotate(
        session_key=F("user__sessions__session_key"),
        session_data=F("user__sessions__session_data"),
        session_ends=F("user__sessions__expire_date"),
        session_seen=F("user__sessions__seen_at"),
    )
    found = members.filter(
        session_key=session_key,
        session_ends__gt=timezone.now(),
        user__is_active=True,
        project__slug=slug,
    )
    return next(iter(found.select_related("user", "project")[:1]), None)


def _classes() -> RawSQL:
    """Return the classes as one text: they come with the project, however many there are."""
    names = ("jsonb_agg", "jsonb_build_array")
    if connection.vendor == "sqlite":
        names = ("json_group_array", "json_array")
    columns = ", ".join(f'c."{name}"' for name in CLASS_FIELDS)
    sql = (
        f"SELECT {names[0]}({names[1]}({columns})) FROM annotation_labelclass AS c "
        "WHERE c.project_id = annotation_membership.project_id"
    )
    return RawSQL(sql, (), output_field=TextField())


def _is_of(session: dict[str, Any], user: User) -> bool:
    """Check what django.contrib.auth.get_user checks, by the newest secret key only."""
    return (
        session.get(SESSION_KEY) == str(user.pk)
        and session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    )
