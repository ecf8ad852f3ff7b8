"""Items: looking through them, bringing them in, the seed set, and a lead's own answers."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404

from annotation.api.endpoints import Call, Endpoint, FileEndpoint, Page, operation
from annotation.api.serializers import items as shapes
from annotation.api.shapes import Count
from annotation.api.views.labelling import payload
from annotation.formats import ColumnMap
from annotation.models import Item, Label, Modality, Project, Run, Seed
from annotation.permissions import Can
from annotation.scopes import Scope
from annotation.services import browse, deciding, finding, imports, labels, seeds, sought, uploads
from annotation.services.jobs import Job

LISTED_SEEDS = 1_000


class Items(Endpoint):
    tag = "items"

    @operation(
        "list_items",
        Scope.READ,
        can=Can.WATCH,
        query=shapes.ItemsQuery,
        answers=shapes.ItemShown,
        is_paged=True,
    )
    def get(self, call: Call) -> Page:
        """List the items in order of import, or those with a word or a key."""
        after, words = call.after() or 0, call.query.get("search", "")
        if words:
            found = browse.search(project=call.project, words=words, after=after)
            return Page([_row(call.project, each) for each in found.rows], found.after)
        rows, more = browse.page_after(
            project=call.project,
            after=after,
            n=call.query["page_size"],
            key=call.query.get("key", ""),
        )
        return Page([_row(call.project, each) for each in rows], more)

    @operation(
        "add_items",
        Scope.LEAD,
        can=Can.LEAD,
        sends=shapes.ItemsSent,
        answers=shapes.RunShown,
        status=202,
        is_costly=True,
    )
    def post(self, call: Call) -> Job:
        """Bring in up to 1,000 items. A worker does it; the run says what became of each."""
        rows = call.sent["items"]
        has_labels = any(each.get("labels") for each in rows)
        has_keys = any(each.get("key") for each in rows)
        is_text = call.project.modality == Modality.TEXT
        columns = ColumnMap(
            text="text" if is_text else None,
            label="label" if has_labels else None,
            key="key" if has_keys else None,
            # Nothing is told from the looks of it: these columns are ours.
            dialect="plain",
        )
        kept = uploads.keep_readable(
            project=call.project, filename="items.jsonl", chunks=_lines(rows), now=call.now
        )
        return _start(call, kept, columns, makes_classes=False, truth=False)


class Imports(FileEndpoint):
    tag = "items"

    @operation(
        "import_file",
        Scope.LEAD,
        can=Can.LEAD,
        sends=shapes.UploadSent,
        answers=shapes.RunShown,
        status=202,
        is_costly=True,
    )
    def post(self, call: Call) -> Job:
        """Bring in a file: CSV, TSV, JSONL, Parquet; for images a ZIP. A worker does it."""
        sent, file = call.sent, call.sent["file"]
        assert isinstance(file, UploadedFile)
        kept = uploads.keep_readable(
            project=call.project, filename=str(file.name), chunks=file.chunks(), now=call.now
        )
        guess = imports.look_at(kept.path, kept.filename, sent["dialect"]).guess
        names = ("text", "label", "key")
        columns: dict[str, Any] = {
            each: sent.get(each, getattr(guess, each)) or None for each in names
        }
        return _start(
            call,
            kept,
            replace(guess, **columns),
            makes_classes=sent["makes_classes"],
            truth=sent["truth"],
        )


class ItemView(Endpoint):
    tag = "items"

    @operation("read_item", Scope.READ, can=Can.WATCH, answers=shapes.ItemShown)
    def get(self, call: Call, item_id: int) -> dict[str, Any]:
        """Read one item of the pool."""
        found = browse.one(project=call.project, item_id=item_id)
        if found is None:
            raise Http404("No such item.")
        return _row(call.project, found)


class Withdraw(Endpoint):
    tag = "items"

    @operation("withdraw_item", Scope.LEAD, can=Can.LEAD, status=204)
    def post(self, call: Call, item_id: int) -> None:
        """Take an item that waits for a lead out of the project; its labels stay on record."""
        item_of(call.project, item_id)
        deciding.withdraw(project=call.project, item_id=item_id, actor=call.user, now=call.now)


class BringBack(Endpoint):
    tag = "items"

    @operation("bring_back_item", Scope.LEAD, can=Can.LEAD, status=204)
    def post(self, call: Call, item_id: int) -> None:
        """Put a withdrawn item back into the pool."""
        item_of(call.project, item_id)
        deciding.bring_back(project=call.project, item_id=item_id, actor=call.user, now=call.now)


class LeadAnswer(Endpoint):
    tag = "items"

    @operation(
        "answer_item",
        Scope.LEAD,
        can=Can.LEAD,
        sends=shapes.OwnAnswerSent,
        answers=shapes.LabelShown,
        status=201,
        has_own_key=True,
    )
    def post(self, call: Call, item_id: int) -> Label:
        """Answer an item nobody is asked about, within the budget. Sent twice, done once."""
        item_of(call.project, item_id)
        return sought.answer(
            project=call.project,
            item_id=item_id,
            actor=call.user,
            answer=answer_of(call),
            now=call.now,
        )


class Find(Endpoint):
    tag = "items"

    @operation(
        "find_items",
        Scope.READ,
        can=Can.LEAD,
        query=shapes.FindQuery,
        answers=shapes.FoundShown,
        is_paged=True,
    )
    def get(self, call: Call) -> Page:
        """Find items by words, state, class, what the model takes them for, or group."""
        wanted = {name: value for name, value in call.query.items() if name != "cursor"}
        page = finding.page_of(call.project, finding.Wanted(**wanted, after=call.after() or 0))
        return Page([_found(call.project, each) for each in page.items], page.after)


class Seeds(Endpoint):
    tag = "items"

    @operation("list_seeds", Scope.READ, can=Can.LEAD, answers=shapes.SeedShown, is_list=True)
    def get(self, call: Call) -> list[Seed]:
        """List the seed set in its order: the first 1,000."""
        return seeds.listed(call.project)[:LISTED_SEEDS]

    @operation(
        "add_seeds",
        Scope.LEAD,
        can=Can.LEAD,
        sends=shapes.SeedsSent,
        answers=shapes.SeedsAdded,
    )
    def post(self, call: Call) -> seeds.Added:
        """Put items at the end of the seed set; adding one twice changes nothing."""
        return seeds.add(
            project=call.project,
            item_ids=call.sent["items"],
            actor=call.user,
            now=call.now,
            suggested_id=call.sent["suggested"],
        )


class SeedSuggest(Endpoint):
    tag = "items"

    @operation(
        "suggest_seed_class", Scope.LEAD, can=Can.LEAD, sends=shapes.SuggestedSent, status=204
    )
    def post(self, call: Call, item_id: int) -> None:
        """Say of an item of the seed set which class it is likely to be; null: nobody knows."""
        item_of(call.project, item_id)
        chosen = call.sent["suggested"]
        seeds.suggest(project=call.project, item_id=item_id, class_id=chosen, actor=call.user)


class SeedsRemove(Endpoint):
    tag = "items"

    @operation("remove_seeds", Scope.LEAD, can=Can.LEAD, sends=shapes.ItemIdsSent, answers=Count)
    def post(self, call: Call) -> dict[str, int]:
        """Take items out of the seed set, unless they are in a batch already."""
        ids = call.sent["items"]
        n = seeds.remove(project=call.project, item_ids=ids, actor=call.user, now=call.now)
        return {"n": n}


def item_of(project: Project, item_id: int) -> Item:
    """Return an item of the project, withdrawn or not; 404 for another's."""
    item = Item.objects.filter(project=project, pk=item_id).first()
    if item is None:
        raise Http404("No such item.")
    return item


def answer_of(call: Call) -> labels.Answer:
    sent = call.sent
    return labels.Answer(sent["classes"], sent["client_token"], sent["active_ms"], sent["wall_ms"])


def _start(
    call: Call, kept: uploads.Upload, columns: ColumnMap, *, makes_classes: bool, truth: bool
) -> Job:
    try:
        run: Run = uploads.bring_in(
            project=call.project,
            upload=kept,
            columns=columns,
            makes_classes=makes_classes,
            truth=truth,
            actor=call.user,
        )
    except Exception:
        uploads.forget(kept)
        raise
    run.refresh_from_db()
    return Job(run, call.now)


def _lines(rows: list[dict[str, Any]]) -> Iterator[bytes]:
    """Write the items as the lines of a JSONL file: they come in as any file does."""
    for each in rows:
        line = {"text": each.get("text"), "key": each.get("key") or None}
        line |= {"label": each.get("labels") or None, **each.get("fields", {})}
        plain = {name: value for name, value in line.items() if value is not None}
        yield json.dumps(plain).encode() + b"\n"


def _row(project: Project, row: browse.Row) -> dict[str, Any]:
    item = row.item
    return {
        "id": item.pk,
        "key": item.key,
        "payload": payload(project, item.payload, item.pk),
        "classes": row.classes,
        "n_labels": row.n_labels,
        "certainty": row.certainty,
        "place": row.place if row.classes is None else "",
    }


def _found(project: Project, found: finding.Found) -> dict[str, Any]:
    item = found.item
    return {
        "id": item.pk,
        "key": item.key,
        "payload": payload(project, item.payload, item.pk),
        "classes": found.classes,
        "predicted": found.predicted,
        "confidence": found.confidence,
        "is_picked": found.is_picked,
        "place": found.place,
    }
