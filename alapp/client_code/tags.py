"""By what the written files are parted: the tags of the operations."""

from alapp.client_code.types import Schema

HEAD = '"""Written by `manage.py client_code` from the schema: change that, not this."""\n'
METHODS = ("get", "post", "put", "patch", "delete")
UNTAGGED = "other"


def tag_of(operation: Schema) -> str:
    """Return the tag an operation goes by; a name for all that have none."""
    return str(next(iter(operation.get("tags", [])), UNTAGGED))


def module_of(tag: str) -> str:
    """Return the name of a tag's module: "what-if" is what_if."""
    return tag.replace("-", "_")
