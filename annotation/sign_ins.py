"""Who signed in, out, or tried to, for the audit log: however they did it, Django says so."""

from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from alapp.clock import database_now
from alapp.web import client_address
from annotation.models import AuditEntry, User
from annotation.services import audit

# Addresses are kept as networks: enough to tell home from elsewhere, not one line from the next.
KEPT_BITS = {4: 24, 6: 48}
LOCKED_AGAIN = timedelta(minutes=15)


@receiver(user_logged_in)
def signed_in(user: User, request: HttpRequest | None = None, **_: Any) -> None:
    audit.note("sign-in", actor=user, target=user.username, address=network_of(request))


@receiver(user_logged_out)
def signed_out(user: User | None, request: HttpRequest | None = None, **_: Any) -> None:
    if user is not None:
        audit.note("sign-out", actor=user, target=user.username, address=network_of(request))


@receiver(user_login_failed)
def refused(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """What was typed for a name is kept only where it is one: it may have been a password.

    Who is locked out and goes on is written down once, or the log would be theirs to fill.
    """
    typed = str(credentials.get("username", ""))
    user = User.objects.filter(username=typed).first() if typed else None
    name, network = user.username if user else "a name nobody has", network_of(request)
    if not getattr(request, "axes_locked_out", False):
        audit.note("sign-in.failed", actor=None, target=name, address=network)
    elif not _is_told(name, network):
        audit.note("sign-in.locked", actor=None, target=name, address=network)


def _is_told(name: str, network: str) -> bool:
    locked = AuditEntry.objects.filter(action="sign-in.locked", target=name, address=network)
    return locked.filter(created_at__gt=database_now() - LOCKED_AGAIN).exists()


def network_of(request: HttpRequest | None) -> str:
    """Return the network somebody asks from: "203.0.113.0/24"; empty where it is not known."""
    if request is None:
        return ""
    asked = client_address(request) if settings.BEHIND_PROXY else request.META.get("REMOTE_ADDR")
    try:
        address = ip_address(str(asked))
    except ValueError:
        return ""
    return str(ip_network((address, KEPT_BITS[address.version]), strict=False))
