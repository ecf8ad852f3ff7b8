"""Accounts made by whoever runs the server: with a role, or as an admin, and a way in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from annotation.models import Project, User
from annotation.services import accounts, audit, projects


@dataclass(frozen=True)
class Made:
    """A new account; password and token are known nowhere else."""

    user: User
    password: str
    token: str


@transaction.atomic
def make(
    *,
    username: str,
    is_admin: bool,
    project: Project | None,
    role: str,
    now: datetime,
    valid_for: timedelta,
) -> Made:
    """Make the account, all of it or nothing. Raises ValidationError for a name that is taken."""
    user, password = accounts.create(username=username, actor=None)
    if is_admin:
        user.is_superuser = user.is_staff = True
        user.save(update_fields=["is_superuser", "is_staff"])
        audit.note("account.admin", actor=None, target=user.username)
    if project is not None:
        projects.set_role(project=project, user=user, role=role, actor=None)
    token = accounts.make_sign_in_link(user=user, now=now, valid_for=valid_for)
    return Made(user, password, token)
