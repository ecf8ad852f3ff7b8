"""How an export names people: as they are called, or by letters."""

from collections.abc import Mapping

from django.db.models import Min

from annotation.models import Label, User
from annotation.services import import_people


def names_of(project_id: int, *, with_names: bool) -> Mapping[int, str]:
    """Return what everybody who answered is called, by account.

    Letters go by who answered first, so that they stay the same when others join.
    """
    first = Label.objects.filter(project=project_id).values("annotator").annotate(first=Min("pk"))
    ids = list(first.order_by("first").values_list("annotator", flat=True))
    if not with_names:
        return {annotator: letters(place) for place, annotator in enumerate(ids)}
    known = User.objects.in_bulk(ids)
    return {annotator: import_people.name_of(known[annotator]) for annotator in ids}


def letters(place: int) -> str:
    """Return A, B, .. Z, AA, AB, .."""
    place, last = divmod(place, 26)
    return (letters(place - 1) if place else "") + chr(ord("A") + last)
