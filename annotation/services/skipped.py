"""Items that too many people skipped: they leave the queue and wait for the lead."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from annotation.models import (
    Assignment,
    Item,
    ItemPayload,
    Label,
    Project,
    Skip,
    State,
    User,
)
from annotation.services import policy
from annotation.services.import_staging import STAGED


@dataclass(frozen=True)
class Skipped:
    """One item of the lead's list: what it is, and who passed on it and why, oldest first."""

    item: Item
    payload: ItemPayload
    skips: list[Skip]

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Each reason in words with its number, the most frequent first."""
        return Counter(str(skip.get_reason_display()) for skip in self.skips).most_common()

    @property
    def people(self) -> list[User]:
        return [skip.annotator for skip in self.skips]

    @property
    def since(self) -> datetime | None:
        return self.skips[-1].created_at if self.skips else None


def is_for_lead(*, project: Project, item_id: int) -> bool:
    """Say whether an item has been skipped by as many as the project allows, or by all there are.

    Without the second, a small team's skipped items would keep a batch open for ever.
    """
    skipped_by = Skip.objects.standing().filter(item=item_id)
    if skipped_by.count() >= project.max_skips:
        return True
    asked = Q(user__in=skipped_by.values("annotator"))
    asked |= Q(user__in=Label.objects.filter(item=item_id).values("annotator"))
    holding = Assignment.objects.filter(item=item_id, state=State.LEASED)
    asked |= Q(user__in=holding.values("annotator"))
    return not policy.people_who_label(project).exclude(asked).exists()


def hand_to_lead(*, item_id: int, now: datetime) -> None:
    """Take what is still open of an item out of the queue, for the lead to decide."""
    still_open = Assignment.objects.filter(item=item_id, state=State.OPEN)
    still_open.update(state=State.SKIPPED, closed_at=now)


def count(project: Project) -> int:
    """Return how many items wait for the lead."""
    return _waiting(project).count()


def waiting_ids(project: Project) -> list[int]:
    """Return the items that wait for the lead."""
    return list(_waiting(project).values_list("pk", flat=True))


def waiting(project: Project, *, limit: int) -> list[Skipped]:
    """Return the items that wait for the lead, the longest first, at most `limit`."""
    items = _waiting(project).select_related("payload").order_by("pk")[:limit]
    found = [_skipped(item) for item in items.prefetch_related("skips__annotator")]
    return sorted(found, key=lambda each: (each.since is None, each.since))


def find(*, project: Project, item_id: int) -> Skipped | None:
    """Return one item of the list; None when it does not wait, or not here."""
    items = _waiting(project).filter(pk=item_id).select_related("payload")
    item = items.prefetch_related("skips__annotator").first()
    return _skipped(item) if item else None


def _waiting(project: Project) -> QuerySet[Item]:
    held = Assignment.objects.filter(project=project, state=State.SKIPPED)
    # Not asked for by project again: a database may then walk through all its items.
    return Item.objects.filter(withdrawn_at=None, pk__in=held.values("item"))


def _skipped(item: Item) -> Skipped:
    skips = [skip for skip in item.skips.all() if skip.put_back_at is None]
    skips.sort(key=lambda skip: skip.pk)
    return Skipped(item=item, payload=item.payload, skips=skips)


def answers_of(project: Project, item_id: int) -> list[Label]:
    """Return what others have answered of the item, with whom, in order."""
    given = Label.objects.current().filter(project=project, item=item_id)
    return list(given.select_related("annotator").order_by("pk"))


def withdrawn_items(project: Project) -> QuerySet[Item]:
    """Return what was taken out of the project, newest first; not what is just being imported."""
    out = Item.objects.filter(project=project, withdrawn_at__isnull=False)
    return out.exclude(withdrawn_at=STAGED).order_by("-withdrawn_at", "-pk")
