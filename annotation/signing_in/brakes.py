"""One brake on guessing: five tries, then a quarter of an hour, for this name from this address.

django-axes counts wrong passwords by itself; codes of a second factor are counted with them, so
that whoever knows a password cannot go on to guess codes.
"""

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _


def check(request: HttpRequest, username: str) -> None:
    """Refuse, by the page that says how long, whoever has guessed too often."""
    if AxesProxyHandler.is_allowed(request, {"username": username}):
        return
    # What axes' own middleware answers with the page.
    request.axes_locked_out = True  # type: ignore[attr-defined]
    raise ValidationError(_("Too many tries."))


def count(request: HttpRequest, username: str) -> None:
    """Count a wrong code like a wrong password."""
    user_login_failed.send(sender=__name__, credentials={"username": username}, request=request)
