"""What a token may do in its person's name: never more than the person. Pure: no Django."""

from enum import Enum


class Scope(Enum):
    """READ: look at whatever the person may. LABEL: answer, skip, correct, in their name. LEAD:
    change what reviewers, leads and owners change. ADMIN: an admin's rights in every project;
    without it an admin's token has the roles they were given and no more."""

    READ = "read"
    LABEL = "label"
    LEAD = "lead"
    ADMIN = "admin"


ALL = tuple(each.value for each in Scope)


def ordered(names: set[str]) -> list[str]:
    """Return the names in their order; unknown ones left out."""
    return [name for name in ALL if name in names]
