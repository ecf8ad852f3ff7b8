"""What is remembered of a browser that signs in, so that its person knows it again."""

from typing import Any

from django.http import HttpRequest

from annotation.models import User
from annotation.sessions import DEVICE
from annotation.sign_ins import network_of


def remember(*, request: HttpRequest, user: User, **_rest: Any) -> None:
    """Keep device and network with the session; called at each sign-in."""
    agent = request.META.get("HTTP_USER_AGENT", "")[:200]
    request.session[DEVICE] = {"agent": agent, "address": network_of(request)}
