"""Who is how reliable, and every consensus by it: at each retrain, in the worker only (numpy)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from annotation.models import (
    Assignment,
    Consensus,
    Decision,
    Gold,
    Label,
    Project,
    Purpose,
    Reliability,
    State,
    Task,
    Trust,
)
from annotation.quality import consensus, effort, relabelling, settling
from annotation.quality.settling import Answer, Opinions, Said, Settled, Verdict, settle
from annotation.quality.single import ENOUGH
from annotation.quality.votes import Votes
from annotation.services import quality, quality_report, trust

CHUNK = 500
# A certainty that moved by less is not written again.
PRECISION, LEAST = 6, 1e-6


@dataclass(frozen=True)
class _Telling:
    """The answers that tell of skill: of items several people answered, or whose truth is known."""

    said: list[Said]
    seconds: list[float]
    truths: dict[int, Answer]
    leave_out: frozenset[int]


def measure(project: Project, *, now: datetime, opinions: Opinions | None = None) -> None:
    """Agree on every item anew and measure everybody who answered; short writes, in chunks.

    `opinions` are what models that saw none of these items' labels think: asked where people
    differ, never of what measures a model or people.

    An answer that comes meanwhile is not undone: its item is left as that answer made it.
    """
    telling = _telling(project)
    word = None if opinions is None else _may_say(project, opinions)
    settled = settle_project(project, telling.said, opinions=word)
    _write_verdicts(project, telling, settled)
    _write_people(project, telling, settled, now)
    _write_lone(project, settled.mean_skill)
    quality_report.write(project, settled, now=now)
    trust.judge(project, now=now)


def _may_say(project: Project, opinions: Opinions) -> Opinions:
    """Return the opinions without those of audit items and known answers."""
    asked = Assignment.objects.filter(project=project, purpose__in=[Purpose.AUDIT, Purpose.GOLD])
    measuring = asked.exclude(state=State.WITHDRAWN).values_list("item", flat=True).distinct()
    keep = ~np.isin(opinions.items, np.array(list(measuring), dtype=np.int64))
    return replace(opinions, items=opinions.items[keep], proba=opinions.proba[keep])


def settle_project(
    project: Project, said: Sequence[Said], *, opinions: Opinions | None = None
) -> Settled:
    """Agree on these answers by the project's classes, decisions and trust as they are now."""
    return settle(
        said,
        classes=list(project.classes.values_list("pk", flat=True)),
        is_multi=project.task == Task.MULTI,
        truths=_truths(project),
        leave_out=left_out(project.pk),
        opinions=opinions,
    )


def rounded(verdict: Verdict) -> Verdict:
    """Return the verdict as it is stored."""
    return replace(verdict, certainty=_rounded(verdict.certainty))


def _rounded(share: float) -> float:
    return max(round(share, PRECISION), LEAST)


def mean_skill(project_id: int) -> float:
    """Return the mean skill as it was measured last, by all shared answers together."""
    known = Reliability.objects.filter(project=project_id, n_shared__gt=0)
    rows = known.exclude(annotator__in=left_out(project_id)).order_by("annotator")
    return settling.mean_skill(rows.values_list("skill", "n_shared"))


def share_worth_asking_again(project: Project) -> float:
    """Return how much of a batch may be further opinions on labelled items; 0 for one annotator.

    By the mean skill of those who label; before it is known, people are expected to err.
    """
    people = Reliability.objects.filter(project=project, n_labels__gt=0)
    if people.exclude(annotator__in=left_out(project.pk)).count() < 2:
        return 0.0
    return round(relabelling.share_of(mean_skill(project.pk)), 3)


def left_out(project_id: int) -> frozenset[int]:
    rows = Trust.objects.filter(project=project_id, is_left_out=True)
    return frozenset(rows.values_list("annotator", flat=True))


def _telling(project: Project) -> _Telling:
    out = left_out(project.pk)
    truths = _truths(project)
    several = Consensus.objects.filter(item=OuterRef("item"), n_labels__gt=1)
    theirs = Label.objects.filter(item=OuterRef("item"), annotator__in=out)
    decided = Decision.objects.standing().filter(project=project).values("item")
    gold = Gold.objects.filter(project=project).values("item")
    asked = Q(Exists(several)) | Q(item__in=decided) | Q(item__in=gold)
    if out:
        asked |= Q(Exists(theirs))
    labels = Label.objects.current().filter(asked, project=project, item__withdrawn_at=None)
    rows = labels.order_by("item", "pk").values_list(
        "item", "annotator", "value", "pk", "active_ms", "purpose"
    )
    said: list[Said] = []
    seconds: list[float] = []
    for item, annotator, value, pk, active_ms, purpose in rows.iterator(chunk_size=2_000):
        if purpose == Purpose.RELABEL and _is_lone(said, item):
            said[-1] = replace(said[-1], tells=False)
        said.append(Said(item, annotator, tuple(value or ()), pk))
        seconds.append(active_ms / 1000 if active_ms else float("nan"))
    return _Telling(said, seconds, truths, out)


def _is_lone(said: Sequence[Said], item: int) -> bool:
    """Say whether the last answer is the item's only one: that made alapp ask once more, because
    it looked wrong, and would blame its giver beyond measure."""
    last = [each.item for each in said[-2:]]
    return bool(last) and last[-1] == item and last != [item, item]


def _truths(project: Project) -> dict[int, Answer]:
    decided = Decision.objects.standing().filter(project=project).values_list("item", "value")
    gold = Gold.objects.filter(project=project).values_list("item", "value")
    return {item: tuple(value) for item, value in [*gold, *decided]}


def _write_verdicts(project: Project, telling: _Telling, settled: Settled) -> None:
    """Write what changed, unless an item's answers are no longer those it was agreed from."""
    seen: dict[int, list[tuple[int, Answer]]] = {}
    for each in telling.said:
        seen.setdefault(each.item, []).append((each.annotator, each.answer))
    items = [item for item in settled.verdicts if item in seen or item in telling.truths]
    for start in range(0, len(items), CHUNK):
        _write_chunk(project, items[start : start + CHUNK], settled.verdicts, seen)


@transaction.atomic
def _write_chunk(
    project: Project,
    items: Sequence[int],
    verdicts: Mapping[int, Verdict],
    seen: Mapping[int, Sequence[tuple[int, Answer]]],
) -> None:
    held = Consensus.objects.select_for_update().filter(item__in=items).order_by("item")
    stored = {row.item_id: row for row in held}
    labels = Label.objects.current().filter(item__in=items).order_by("item", "pk")
    now: dict[int, list[tuple[int, Answer]]] = {item: [] for item in items}
    for item, annotator, value in labels.values_list("item", "annotator", "value"):
        now[item].append((annotator, tuple(value or ())))
    changed = [
        _row(project, item, verdicts[item])
        for item in items
        if now[item] == list(seen.get(item, [])) and _differs(stored.get(item), verdicts[item])
    ]
    Consensus.objects.bulk_create(
        changed,
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["item"],
        update_fields=quality.WRITTEN,
    )


def _row(project: Project, item: int, verdict: Verdict) -> Consensus:
    return Consensus(
        project=project,
        item_id=item,
        value=list(verdict.answer),
        certainty=rounded(verdict).certainty,
        n_labels=verdict.n_labels,
        is_tied=verdict.is_tied,
        is_final=verdict.is_final,
    )


def _differs(row: Consensus | None, verdict: Verdict) -> bool:
    if row is None:
        return True
    return (
        tuple(row.value) != verdict.answer
        or abs(row.certainty - verdict.certainty) > 10**-PRECISION
        or (row.n_labels, row.is_tied, row.is_final)
        != (verdict.n_labels, verdict.is_tied, verdict.is_final)
    )


def _write_lone(project: Project, mean: float) -> None:
    """Believe the only answer of an item as much as who gave it; in one update, after
    people were written."""
    counted = Label.objects.current().exclude(annotator__in=left_out(project.pk))
    who = counted.filter(item=OuterRef("item")).values("annotator")[:1]
    known = Reliability.objects.filter(
        project=project, n_shared__gte=ENOUGH, annotator=OuterRef("who")
    )
    lone = Consensus.objects.filter(project=project, n_labels=1, is_final=False)
    believed = lone.annotate(who=Subquery(who)).annotate(
        skill=Coalesce(Subquery(known.values("skill")[:1]), Value(_rounded(mean)))
    )
    believed.exclude(certainty=F("skill")).update(certainty=F("skill"))


def _write_people(project: Project, telling: _Telling, settled: Settled, now: datetime) -> None:
    counts = _counts(project)
    gold = _gold(project)
    votes, paces = _paces(telling)
    nothing = consensus.reliability_of_nothing()
    rows = []
    for who, n_labels in counts.items():
        each, pace = settled.people.get(who, nothing), paces.get(who)
        right, n_gold = gold.get(who, (0, 0))
        rows.append(
            Reliability(
                project=project,
                annotator_id=who,
                skill=_rounded(each.value),
                low=min(each.low, _rounded(each.value)),
                high=max(each.high, _rounded(each.value)),
                n_shared=each.n,
                n_labels=n_labels,
                looks_random=effort.is_random(each, votes),
                gold_right=right,
                gold_n=n_gold,
                median_seconds=pace.median if pace and pace.n else None,
                n_quick=pace.n_quick if pace else 0,
                measured_at=now,
            )
        )
    fields = [f.name for f in Reliability._meta.concrete_fields]
    Reliability.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["project", "annotator"],
        update_fields=[name for name in fields if name not in ("id", "project", "annotator")],
    )


def _counts(project: Project) -> dict[int, int]:
    labels = Label.objects.current().filter(project=project, item__withdrawn_at=None)
    return dict(labels.order_by().values_list("annotator").annotate(n=Count("pk")))


def _gold(project: Project) -> dict[int, tuple[int, int]]:
    """Return how many known answers each gave, and how many of them right."""
    found: dict[int, tuple[int, int]] = {}
    labels = Label.objects.current().filter(project=project, purpose="gold")
    rows = labels.filter(item__gold__isnull=False).annotate(truth=F("item__gold__value"))
    for who, value, truth in rows.values_list("annotator", "value", "truth"):
        right, n = found.get(who, (0, 0))
        found[who] = (right + (sorted(value or ()) == sorted(truth)), n + 1)
    return found


def _paces(telling: _Telling) -> tuple[Votes, dict[int, effort.Pace]]:
    """Return the answers as votes on their first class, for chance and pace alone."""
    columns = [
        np.unique(np.array(column, dtype=np.int64), return_inverse=True)
        for column in (
            [each.item for each in telling.said],
            [each.annotator for each in telling.said],
            [each.answer[0] if each.answer else -1 for each in telling.said],
        )
    ]
    sizes = [len(values) for values, _ in columns]
    votes = Votes(columns[0][1], columns[1][1], columns[2][1], *sizes)
    paces = effort.paces(votes, np.array(telling.seconds, dtype=np.float64))
    return votes, dict(zip(columns[1][0].tolist(), paces, strict=True))
