"""Answers on their way in: whose they are, and further ones to the items of the same file.

Some tools write a row for each answer, so that an item comes once for everybody who judged it.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.core.exceptions import ValidationError

from annotation.models import Item, Label, Project, User
from annotation.services import import_people, import_tables, quality
from annotation.services.import_report import Tally
from annotation.services.import_rows import Draft, Given
from annotation.services.import_tables import LabelDraft

# An item and whoever answered.
Place = tuple[int, int]


@dataclass(frozen=True)
class Seen:
    """Which item came from which row of this file: 16 bytes each, for files of any length."""

    item_ids: "array[int]" = field(default_factory=lambda: array("q"))
    numbers: "array[int]" = field(default_factory=lambda: array("q"))

    def add(self, rows: Sequence[tuple[int, int]]) -> None:
        """Remember a chunk's item ids and row numbers; ids rise from chunk to chunk."""
        for item_id, number in sorted(rows):
            self.item_ids.append(item_id)
            self.numbers.append(number)

    def row_of(self, item_id: int) -> int | None:
        place = bisect_left(self.item_ids, item_id)
        is_here = place < len(self.item_ids) and self.item_ids[place] == item_id
        return self.numbers[place] if is_here else None


@dataclass(frozen=True)
class StagedAnswers:
    """Labels of a chunk: of the people the file names, and the actor's where it names nobody."""

    project: Project
    actor: User | None
    seen: Seen

    def add(
        self, fresh: Sequence[tuple[int, Draft]], others: Sequence[Draft], tally: Tally
    ) -> list[Draft]:
        """Write the answers to new items, and to items of this file that came before.

        Returns the others that brought nothing new. Answers to items that were in the project
        before are not imported: everybody sees those already.
        """
        again = self._again(others)
        people = self._people([*fresh, *again])
        before = self._before([item_id for item_id, _ in again])
        labels: dict[Place, LabelDraft] = {}
        for item_id, draft in fresh:
            for place, given in self._placed(item_id, draft, people):
                _keep(labels, place, given, draft)
        used = [
            draft for item_id, draft in again if self._use(item_id, draft, people, before, labels)
        ]
        self._write(list(labels.values()), {item_id for item_id, _ in again})
        tally.labels += len(labels)
        tally.further += len(used)
        numbers = {draft.place for draft in used}
        return [draft for draft in others if draft.place not in numbers]

    def _again(self, others: Sequence[Draft]) -> list[tuple[int, Draft]]:
        """Return the drafts whose item this file brought already, with its id."""
        named = [each for each in others if any(given.by or given.is_part for given in each.given)]
        hashes = [draft.content_hash for draft in named]
        rows = Item.objects.filter(project=self.project, content_hash__in=hashes)
        items = {
            hash_: (pk, key) for hash_, pk, key in rows.values_list("content_hash", "pk", "key")
        }
        found = ((items.get(draft.content_hash), draft) for draft in named)
        return [
            (item[0], draft)
            for item, draft in found
            if item and self.seen.row_of(item[0]) is not None and draft.key in ("", item[1])
        ]

    def _people(self, drafts: Iterable[tuple[int, Draft]]) -> dict[str, int]:
        names = dict.fromkeys(given.by for _, draft in drafts for given in draft.given)
        people = import_people.ids_of(self.project, names)
        if "" not in names:
            return people
        if self.actor is None:
            raise ValidationError("Whoever brought these labels has no account any more.")
        return people | {"": self.actor.pk}

    def _before(self, item_ids: Sequence[int]) -> dict[Place, Label]:
        labels = Label.objects.filter(item__in=item_ids)
        return {(label.item_id, label.annotator_id): label for label in labels}

    def _placed(
        self, item_id: int, draft: Draft, people: dict[str, int]
    ) -> Iterator[tuple[Place, Given]]:
        for given in draft.given:
            yield (item_id, people[given.by]), given

    def _use(
        self,
        item_id: int,
        draft: Draft,
        people: dict[str, int],
        before: dict[Place, Label],
        labels: dict[Place, LabelDraft],
    ) -> bool:
        """Say whether the draft brought an answer that was not there."""
        is_new = False
        for place, given in self._placed(item_id, draft, people):
            if label := before.get(place):
                is_new |= _change(label, given)
            elif there := labels.get(place):
                value, at = _standing(there.value, there.at, given)
                labels[place] = replace(there, value=value, at=at)
                is_new |= (value, at) != (there.value, there.at)
            elif given.by or given.is_part:
                _keep(labels, place, given, draft)
                is_new = True
        return is_new

    def _write(self, labels: Sequence[LabelDraft], touched: set[int]) -> None:
        import_tables.insert_labels(self.project, labels)
        item_ids = sorted(touched | {label.item_id for label in labels})
        if item_ids:
            quality.update_consensus_of(project=self.project, item_ids=item_ids)


def _keep(labels: dict[Place, LabelDraft], place: Place, given: Given, draft: Draft) -> None:
    # Two names of a file may be one person's: the later answer stands.
    labels[place] = LabelDraft(*place, draft.content_hash, given.value, given.at)


def _change(label: Label, given: Given) -> bool:
    """Change an answer that nobody has seen yet; say whether there was anything to change."""
    value, at = _standing(label.value or [], label.created_at, given)
    if (value, at) == (label.value, label.created_at):
        return False
    label.value, label.created_at = value, at or label.created_at
    label.save(update_fields=["value", "created_at"])
    return True


def _standing(
    value: list[int], at: datetime | None, given: Given
) -> tuple[list[int], datetime | None]:
    """Return what stands of a person's answer and another row of theirs: the later, or both."""
    if given.is_part:
        return sorted({*value, *given.value}), at
    if given.at is not None and at is not None and given.at > at:
        return given.value, given.at
    return value, at
