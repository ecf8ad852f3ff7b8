"""Whose labels a file's labels are: members of the project, or stand-ins for people unknown here.

A stand-in is an account that nobody can sign in to: its name is none that can be chosen, it has
no password and no e-mail. It belongs to one project, so that no name in a file reaches an account
of somebody outside.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable

from annotation.formats import RowError
from annotation.models import Project, User

MOST_PEOPLE = 1_000
MARK = "imported:"


def check_number(names: set[str], new: Iterable[str]) -> None:
    """Note the names; raises RowError for a file that names more people than is sensible."""
    names.update(new)
    if len(names) > MOST_PEOPLE:
        raise RowError("label", "the file names too many people", f"{MOST_PEOPLE:,} people")


def ids_of(project: Project, names: Iterable[str]) -> dict[str, int]:
    """Return the account of each name, a stand-in made where no member is called so."""
    wanted = {name: name.casefold() for name in names if name}
    members = _members(project, set(wanted.values())) if wanted else {}
    return {
        name: members.get(folded) or _stand_in(project, name) for name, folded in wanted.items()
    }


def name_of(user: User) -> str:
    """Return a person as files name them: a stand-in by the name it stands for."""
    return user.first_name if user.username.startswith(MARK) else str(user)


def remove_unused(project_id: int) -> None:
    """Remove stand-ins of the project whose labels never came in."""
    mine = User.objects.filter(username__startswith=f"{MARK}{project_id}:")
    mine.filter(labels=None).delete()


def _members(project: Project, folded: set[str]) -> dict[str, int]:
    """Return members by user name, else by e-mail or full name where one member alone has it."""
    people = list(User.objects.filter(memberships__project=project))
    called = [(each.pk, name.casefold()) for each in people for name in (each.email, str(each))]
    n = Counter(name for _, name in set(called))
    found = {name: pk for pk, name in called if name in folded and n[name] == 1}
    return found | {each.username.casefold(): each.pk for each in people}


def _stand_in(project: Project, name: str) -> int:
    digest = hashlib.sha256(name.casefold().encode()).hexdigest()[:32]
    user, is_new = User.objects.get_or_create(
        username=f"{MARK}{project.pk}:{digest}",
        defaults={"first_name": name, "last_name": "(imported)", "is_active": False},
    )
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user.pk
