"""Push what an outside model says of items: all of it or nothing, kept as a new version."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from annotation import exchange
from annotation.exchange import BadRow, Project, User
from selection import due, outside_files, outside_rows
from selection.models import OutsideModel, OutsideVersion
from selection.models_outside import MAX_NAME
from selection.outside_rows import PREDICTIONS, Record

MOST_MODELS = 50
MAX_SOURCE = 200
SHOWN = 5


def push(
    *,
    project: Project,
    actor: User | None,
    name: str,
    kind: str,
    records: Iterable[tuple[int, Record] | BadRow],
    now: datetime,
    source: str = "",
    trained_on: Iterable[int | str] | None = None,
) -> tuple[OutsideVersion, bool]:
    """Keep what the records say as the newest version; return it and whether it is a new one.

    What was pushed last, pushed again, changes nothing. A round is opened where the queue goes by
    this model. Raises ValidationError naming each bad row; also when items the model was trained
    on are audit items, whose labels only measure.
    """
    name = _checked_name(project, name, kind)
    facts = exchange.project_facts(project.pk)
    content = outside_rows.read(records, project=facts, kind=kind)
    n_trained = None if trained_on is None else _checked_training(project, trained_on)
    class_ids = list(facts.class_ids) if kind == PREDICTIONS else []
    digest = content.digest(kind, class_ids)
    file = outside_files.write(project.pk, digest, content)
    draft = OutsideVersion(
        digest=digest,
        class_ids=class_ids,
        file=file,
        n_items=len(content.item_ids),
        n_trained=n_trained,
        source=source[:MAX_SOURCE],
        pushed_by=actor,
        pushed_at=now,
    )
    version, is_new = _keep(project, actor, name, kind, draft)
    due.look(project.pk)
    return version, is_new


@transaction.atomic
def _keep(
    project: Project, actor: User | None, name: str, kind: str, draft: OutsideVersion
) -> tuple[OutsideVersion, bool]:
    # Two pushes at once: one after the other, each with a number of its own.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    model, _ = OutsideModel.objects.get_or_create(
        project=project, name=name, defaults={"kind": kind}
    )
    newest = model.versions.order_by("-number").first()
    if newest is not None and (newest.digest, newest.n_trained) == (draft.digest, draft.n_trained):
        return newest, False
    draft.model, draft.number = model, 1 if newest is None else newest.number + 1
    draft.save(force_insert=True)
    exchange.note(
        "outside.push", actor=actor, project=project, target=name,
        after={"kind": kind, "version": draft.number, "digest": draft.digest,
               "items": draft.n_items, "source": draft.source},
    )  # fmt: skip
    return draft, True


def _checked_name(project: Project, name: str, kind: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable():
        raise ValidationError(
            f"Name the outside model with 1 to {MAX_NAME} printable characters; {name[:80]!r} is "
            "no such name."
        )
    if kind not in OutsideModel.Kind.values:
        raise ValidationError(f"Push predictions or scores; {kind!r} is neither.")
    known = OutsideModel.objects.filter(project=project)
    same = known.filter(name=name).first()
    if same is not None and same.kind != kind:
        raise ValidationError(f"{name} pushes {same.kind}: give {kind} another name.")
    if same is None and known.count() >= MOST_MODELS:
        raise ValidationError(f"A project can have {MOST_MODELS} outside models, and it has.")
    return name


def _checked_training(project: Project, trained_on: Iterable[int | str]) -> int:
    items = outside_rows.resolved(trained_on, project_id=project.pk)
    audit = exchange.audit_labelled(project.pk, items)
    if audit:
        named = ", ".join(str(each) for each in sorted(audit)[:SHOWN])
        raise ValidationError(
            f"{len(audit):,} of the items it was trained on are audit items (ids {named}): what "
            "has seen their labels cannot be measured by them. Train without them; exports mark "
            'them by the purpose "audit".'
        )
    return len(items)
