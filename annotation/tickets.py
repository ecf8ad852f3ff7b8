"""Tickets: proof, without a row, that an item was handed to a person. Sent back with the answer.

A lease may have gone to another by the time an answer arrives; the ticket tells an answer that
is late from one for an item never given.
"""

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

SALT = "annotation.ticket"


def issue(*, assignment_id: int, user_id: int) -> str:
    return signing.Signer(salt=SALT).sign(f"{assignment_id}.{user_id}")


def redeem(ticket: str, *, user_id: int) -> int:
    """Return the assignment the ticket was issued for; PermissionDenied when it is not theirs."""
    try:
        assignment_id, holder = signing.Signer(salt=SALT).unsign(ticket).split(".")
    except (signing.BadSignature, ValueError):
        raise PermissionDenied(_("This item was not given to you.")) from None
    if holder != str(user_id):
        raise PermissionDenied(_("This item was given to somebody else."))
    return int(assignment_id)
