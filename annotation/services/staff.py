"""The people of a project: given a role by name, with a new account where they have none."""

from django.core.exceptions import ValidationError
from django.db import transaction

from annotation.models import Membership, Project, User
from annotation.services import accounts, projects


@transaction.atomic
def add(*, project: Project, username: str, role: str, is_new: bool, actor: User) -> str | None:
    """Give a person a role; return the password, to be shown once, of an account made for it.

    Raises ValidationError for a name nobody has, or, with `is_new`, one that is taken.
    """
    password = None
    if is_new:
        user, password = accounts.create(username=username, actor=actor)
    else:
        user = find(username)
    if Membership.objects.filter(project=project, user=user).exists():
        raise ValidationError(f"{user.username} has a role in this project already.")
    projects.set_role(project=project, user=user, role=role, actor=actor)
    return password


def find(username: str) -> User:
    user = User.objects.filter(username=username.strip(), is_active=True).first()
    if user is None:
        raise ValidationError(
            f"Nobody has the name {username.strip()!r}. Tick the box to make the account."
        )
    return user
