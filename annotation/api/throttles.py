"""How often anybody may ask: counted in the database, a share at a time.

A process takes a twentieth of what somebody may ask from the database and counts it down in its
own memory. So all processes together never grant more than the rate, and most requests cost no
statement (docs/decisions/0031).
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from alapp.web import client_address
from annotation.models import User
from annotation.services import uses
from annotation.services.uses import Rate

SHARES = 20


def address_of(request: Request) -> str:
    """Return where a request comes from; what a client says of itself counts for nothing."""
    if settings.BEHIND_PROXY:
        return client_address(request._request)
    return str(request.META.get("REMOTE_ADDR", ""))


def grant(holder: str, rate: Rate, *, now: datetime) -> bool:
    """Count one request; False when the holder has had what the rate allows."""
    key = f"api-use|{holder}|{rate.stretch(now)}|{rate.n}"
    if _from_memory(key, rate):
        return True
    if cache.get(f"{key}|over"):
        return False
    share = max(rate.n // SHARES, 1)
    counted = uses.count(holder=holder, rate=rate, n=share, now=now)
    granted = min(share, rate.n - (counted - share))
    if granted <= 0:
        cache.set(f"{key}|over", True, rate.seconds)
        return False
    if granted > 1:
        cache.incr(key, granted - 1)
    return True


def _from_memory(key: str, rate: Rate) -> bool:
    """Take one of what this process holds; threads may meet here, and none is granted twice."""
    cache.add(key, 0, rate.seconds + 1)
    if cache.decr(key) >= 0:
        return True
    cache.incr(key)
    return False


class Uses(BaseThrottle):
    """Every request counts for its person, or its address; costly ones on their own account too."""

    def allow_request(self, request: Request, view: Any) -> bool:
        for holder, rate in self._accounts(request, view):
            now = timezone.now()
            if not grant(holder, rate, now=now):
                self._wait = (rate.ends_at(now) - now).total_seconds() + 1
                return False
        return True

    def wait(self) -> float:
        return self._wait

    def _accounts(self, request: Request, view: Any) -> list[tuple[str, Rate]]:
        user = request.user
        if not isinstance(user, User):
            return [(f"address:{address_of(request)}", Rate.read(settings.ALAPP_API_RATE_NOBODY))]
        found = [(f"user:{user.pk}", Rate.read(settings.ALAPP_API_RATE))]
        handler = getattr(view, str(request.method).lower(), None)
        if getattr(handler, "is_costly", False):
            found.append((f"user:{user.pk}:costly", Rate.read(settings.ALAPP_API_RATE_COSTLY)))
        return found


def count_bad_token(request: Request) -> None:
    """Count a wrong token for its address; raises Throttled when there were too many."""
    rate, now = Rate.read(settings.ALAPP_API_RATE_BAD_TOKENS), timezone.now()
    if not grant(f"bad:{address_of(request)}", rate, now=now):
        raise Throttled(wait=(rate.ends_at(now) - now).total_seconds() + 1)
