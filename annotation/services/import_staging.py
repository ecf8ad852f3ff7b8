"""Items on their way in: written in chunks, unseen, and let into the pool all at once.

A staged item carries a moment of withdrawal long before any real one, so that nothing that asks
for the pool sees it. One import is open per project, so that whatever is staged is its own; what
a dead one left behind is removed before the next begins.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet

from annotation import images, wordlist
from annotation.formats.reading import shown
from annotation.models import Item, ItemPayload, Project, Run, User
from annotation.services import audit, import_people, import_tables, runs, search_index
from annotation.services.import_answers import Seen, StagedAnswers
from annotation.services.import_report import Problem, Tally
from annotation.services.import_rows import Draft

STAGED = datetime(1970, 1, 1, tzinfo=UTC)
DISCARD_ROWS = 500
# Rows of JSON may each have columns of their own: so many of them keep their order.
MAX_ORDERED = 500


@dataclass(frozen=True)
class Stage:
    """One attempt's way into a project. Answers become labels, or known answers."""

    attempt: runs.Attempt
    project: Project
    actor: User | None
    is_truth: bool
    seen: Seen = field(default_factory=Seen)
    # The columns in the order in which they first stood in a row.
    columns: dict[str, None] = field(default_factory=dict)

    @property
    def answers(self) -> StagedAnswers:
        return StagedAnswers(self.project, self.actor, self.seen)

    @transaction.atomic
    def add(self, drafts: Sequence[Draft], tally: Tally) -> None:
        """Write a chunk, unseen, what the project has already left out. Raises Superseded."""
        self.attempt.hold()
        fresh, others = self._insert(drafts)
        tally.added += len(fresh)
        for _, draft in fresh:
            if len(self.columns) < MAX_ORDERED:
                self.columns.update(dict.fromkeys(draft.fields))
        if self.is_truth:
            known = [(item_id, draft.given[0].value) for item_id, draft in fresh if draft.given]
            tally.known_answers += len(known)
            import_tables.insert_known_answers(known)
        else:
            others = self.answers.add(fresh, others, tally)
        self._note_duplicates(others, tally)

    def _note_duplicates(self, others: Sequence[Draft], tally: Tally) -> None:
        for draft, problem in self._duplicates(others) if others else ():
            tally.note_duplicate(problem)
            if problem.field == "id" and draft.image:
                # Its content is new here, so that no item shows this picture.
                _remove_files(draft.image.file, draft.image.thumbnail)

    def _insert(self, drafts: Sequence[Draft]) -> tuple[list[tuple[int, Draft]], list[Draft]]:
        """Write items and payloads; return the new ones with their ids, and those not new."""
        last = self.seen.item_ids[-1] if self.seen.item_ids else _last_item_id()
        import_tables.insert_items(self.project, drafts, withdrawn_at=STAGED)
        # Nobody else adds items to the project meanwhile: one import is open, and it holds.
        rows = self.project.items.filter(pk__gt=last).values_list("content_hash", "key", "pk")
        new = {(content_hash, key): item_id for content_hash, key, item_id in rows}
        fresh: list[tuple[int, Draft]] = []
        others: list[Draft] = []
        for draft in drafts:
            if item_id := new.pop((draft.content_hash, draft.key), None):
                fresh.append((item_id, draft))
            else:
                others.append(draft)
        import_tables.insert_payloads(fresh)
        search_index.add(
            [(item_id, wordlist.words_of_item(d.key, d.text, d.fields)) for item_id, d in fresh],
            project_id=self.project.pk,
        )
        self.seen.add([(item_id, draft.number) for item_id, draft in fresh])
        return fresh, others

    def _duplicates(self, drafts: Sequence[Draft]) -> Iterator[tuple[Draft, Problem]]:
        """Say of rows that were refused what stands there in their place."""
        items = self.project.items.values_list("content_hash", "key", "pk")
        same = items.filter(content_hash__in=[draft.content_hash for draft in drafts])
        by_hash = {row[0]: self._name_of(row[2], row[1]) for row in same}
        taken = items.filter(key__in=[d.key for d in drafts if d.content_hash not in by_hash])
        by_key = {row[1]: self._name_of(row[2], row[1]) for row in taken}
        for draft in drafts:
            if there := by_hash.get(draft.content_hash):
                reason = f"the same as {there}"
                yield draft, Problem(draft.number, "duplicate", "content", reason)
            else:
                reason = f"{shown(draft.key)} is the id of {by_key[draft.key]}"
                yield draft, Problem(draft.number, "duplicate", "id", reason)

    def _name_of(self, item_id: int, key: str) -> str:
        if number := self.seen.row_of(item_id):
            return f"row {number:,}"
        return f"item {shown(key)}" if key else f"item {item_id}"

    @transaction.atomic
    def publish(self, tally: Tally) -> dict[str, Any]:
        """Let everything staged into the pool and write the report, at once.

        Raises Superseded.
        """
        self.attempt.hold()
        _staged(self.project.pk).update(withdrawn_at=None)
        self._order_columns()
        report = tally.report() | {"is_complete": True}
        Run.objects.filter(pk=self.attempt.run_id).update(report=report)
        audit.note(
            "items.import",
            actor=self.actor,
            project=self.project,
            target=tally.filename[:120],
            after=tally.counts(),
        )
        if tally.added:
            runs.look_at.enqueue(self.project.pk)
        return report

    def _order_columns(self) -> None:
        """Add columns the project does not know yet behind those it does."""
        project = Project.objects.select_for_update(no_key=True).get(pk=self.project.pk)
        known = dict.fromkeys([*project.field_order, *self.columns])
        if len(known) > len(project.field_order):
            project.field_order = list(known)[:MAX_ORDERED]
            project.save(update_fields=["field_order"])


def discard(attempt: runs.Attempt) -> None:
    """Remove whatever is staged in the attempt's project, with its pictures. Raises Superseded."""
    while _discard_some(attempt):
        pass
    import_people.remove_unused(attempt.project_id)


@transaction.atomic
def _discard_some(attempt: runs.Attempt) -> int:
    attempt.hold()
    chunk = _staged(attempt.project_id).order_by("pk").values_list("pk", flat=True)[:DISCARD_ROWS]
    item_ids = list(chunk)
    payloads = ItemPayload.objects.filter(item__in=item_ids).exclude(file="")
    for names in payloads.values_list("file", "thumbnail"):
        _remove_files(*names)
    Item.objects.filter(pk__in=item_ids).delete()
    return len(item_ids)


def _remove_files(*names: str) -> None:
    for name in [*names, *map(images.display_of, names)]:
        Path(settings.MEDIA_ROOT, name).unlink(missing_ok=True)


def _staged(project_id: int) -> QuerySet[Item]:
    return Item.objects.filter(project=project_id, withdrawn_at=STAGED)


def _last_item_id() -> int:
    return Item.objects.aggregate(last=Max("pk"))["last"] or 0
