"""Items by the names their owners know them by: ids and keys. No arrays: web processes ask too."""

from collections.abc import Collection
from typing import Any

from annotation.models import Assignment, Item, Purpose

AT_ONCE = 500


def item_ids(
    project_id: int, *, ids: Collection[int] = (), keys: Collection[str] = ()
) -> tuple[set[int], dict[str, int]]:
    """Return which of these ids are items of the project, and the id of each key that is one."""
    items = Item.objects.filter(project=project_id, withdrawn_at=None)
    found = {
        pk
        for part in _parts(sorted(ids))
        for pk in items.filter(pk__in=part).values_list("pk", flat=True)
    }
    by_key = {
        key: pk
        for part in _parts(sorted(keys))
        for key, pk in items.filter(key__in=part).values_list("key", "pk")
    }
    return found, by_key


def audit_labelled(project_id: int, ids: Collection[int]) -> set[int]:
    """Return which of these items were handed out as audit items: their labels train nothing."""
    asked = Assignment.objects.filter(project=project_id, purpose=Purpose.AUDIT)
    return {
        pk
        for part in _parts(sorted(ids))
        for pk in asked.filter(item__in=part).values_list("item", flat=True)
    }


def _parts(values: list[Any]) -> list[list[Any]]:
    return [values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE)]
