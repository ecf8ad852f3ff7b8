"""What must always hold, read from the tables alone: one function, for every test and soak run.

The numbers are those of the loop's invariants. What a table cannot show (I9, I10) has tests of its
own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.db.models import Count, F, Q

from annotation.models import (
    Assignment,
    AuditEntry,
    Batch,
    Budget,
    Consensus,
    Item,
    Label,
    Project,
    Purpose,
    Run,
    State,
)
from annotation.quality.relabelling import MOST
from annotation.services.ledger_check import check_ledger
from selection.inputs import snapshot_of
from selection.models import Inputs, Pick, Predictions, Round

HANDED_OUT = (State.LEASED, State.DONE, State.SKIPPED)
STANDING = Q(superseded_by=None, value__isnull=False)


@dataclass(frozen=True)
class Acknowledged:
    """An answer the program said it has; None takes an earlier one back."""

    annotator_id: int
    token: UUID
    value: tuple[int, ...] | None


def violations(project: Project, acknowledged: Iterable[Acknowledged] = ()) -> list[str]:
    """Return every breach of an invariant as a sentence; empty when all is well.

    To be called when nobody writes, or inside a transaction that sees one moment.
    """
    rules = (
        _lost_or_doubled(project, list(acknowledged)),
        _broken_chains(project),
        _judged_twice(project),
        _asked_too_often(project),
        _slots_without_their_answer(project),
        _stale_consensus(project),
        (f"I4 {found}" for found in check_ledger(project=project)),
        _unpaid_work(project),
        _time_counted_twice(project),
        _rounds_out_of_order(project),
        _half_visible_rounds(project),
        _audit_items_that_train(project),
        _changes_without_a_log(project),
    )
    return [breach for rule in rules for breach in rule]


def _lost_or_doubled(project: Project, acknowledged: Sequence[Acknowledged]) -> Iterator[str]:
    stored: dict[tuple[int, UUID], list[tuple[int, ...] | None]] = {}
    rows = Label.objects.filter(project=project)
    for person, token, value in rows.values_list("annotator", "client_token", "value"):
        stored.setdefault((person, token), []).append(None if value is None else tuple(value))
    for each in acknowledged:
        found = stored.get((each.annotator_id, each.token), [])
        if found != [each.value]:
            yield f"I1 acknowledged {each.value} of {each.annotator_id}, stored are {found}"


def _broken_chains(project: Project) -> Iterator[str]:
    """What one person said of one item is one chain: 0, 1, 2 .. each superseding the one before."""
    last: dict[tuple[int, int], tuple[int, int]] = {}
    rows = Label.objects.filter(project=project).order_by("item", "annotator", "revision")
    for pk, item, person, revision, before in rows.values_list(
        "pk", "item", "annotator", "revision", "supersedes"
    ):
        wanted = last.get((item, person), (None, -1))
        if (before, revision) != (wanted[0], wanted[1] + 1):
            yield f"I8 label {pk} is revision {revision} after {before}, expected after {wanted}"
        last[item, person] = (pk, revision)


def _judged_twice(project: Project) -> Iterator[str]:
    standing = Label.objects.filter(STANDING, project=project)
    for row in _twice(standing, "item", "annotator"):
        yield f"I2 {row['n']} standing labels of item {row['item']} by {row['annotator']}"
    held = Assignment.objects.filter(project=project, state__in=[State.LEASED, State.DONE])
    for row in _twice(held, "item", "annotator"):
        yield f"I2 item {row['item']} is with {row['annotator']} {row['n']} times"
    for state, holder in held.filter(Q(annotator=None)).values_list("state", "annotator"):
        yield f"I2 a {state} assignment is with {holder}"


def _time_counted_twice(project: Project) -> Iterator[str]:
    """The active time of one person's answers lies end to end, in no moment twice."""
    rows = Label.objects.filter(project=project).order_by("worked_until_ms", "pk")
    last: dict[int, int] = {}
    for pk, person, active, until in rows.values_list(
        "pk", "annotator", "active_ms", "worked_until_ms"
    ):
        if until is None:
            continue
        if until - active < last.get(person, 0):
            yield f"I4 the {active} ms of label {pk} overlap another answer of {person}"
        last[person] = until


def _twice(rows: models.QuerySet, *names: str) -> Iterator[dict]:
    yield from rows.order_by().values(*names).annotate(n=Count("pk")).filter(n__gt=1)


def _asked_too_often(project: Project) -> Iterator[str]:
    """As often as the project's overlap says; further opinions come on top, up to `MOST` in all."""
    asked = Assignment.objects.filter(project=project).exclude(state=State.WITHDRAWN)
    wanted = asked.exclude(purpose=Purpose.RELABEL)
    counted = wanted.order_by().values("item").annotate(n=Count("pk"))
    for row in counted.filter(n__gt=project.overlap):
        yield f"I3 item {row['item']} is asked {row['n']} times, overlap is {project.overlap}"
    most = max(MOST, project.overlap)
    for row in asked.order_by().values("item").annotate(n=Count("pk")).filter(n__gt=most):
        yield f"I3 item {row['item']} is asked {row['n']} times, {most} are the most"
    paid = Label.objects.filter(STANDING, project=project, is_extra=False, origin="annotator")
    paid = paid.exclude(assignment__purpose=Purpose.RELABEL)
    labelled = paid.order_by().values("item").annotate(n=Count("pk"))
    for row in labelled.filter(n__gt=project.overlap):
        yield f"I3 item {row['item']} has {row['n']} paid labels, overlap is {project.overlap}"


def _slots_without_their_answer(project: Project) -> Iterator[str]:
    """A closed slot holds exactly one standing answer, of the person who closed it."""
    answers = Q(labels__superseded_by=None, labels__value__isnull=False, labels__is_extra=False)
    own = answers & Q(labels__annotator=F("annotator"))
    slots = Assignment.objects.filter(project=project).annotate(
        n=Count("labels", filter=answers), n_own=Count("labels", filter=own)
    )
    for pk, n, n_own in (
        slots.filter(state=State.DONE).exclude(n=1, n_own=1).values_list("pk", "n", "n_own")
    ):
        yield f"I3 done assignment {pk} has {n} answers, {n_own} of its annotator"
    for pk, state, n in (
        slots.exclude(state=State.DONE).filter(n__gt=0).values_list("pk", "state", "n")
    ):
        yield f"I3 {state} assignment {pk} has {n} answers that count"


def _stale_consensus(project: Project) -> Iterator[str]:
    labels = Label.objects.filter(STANDING, project=project)
    counted = labels.order_by().values("item").annotate(n=Count("pk"))
    standing = {row["item"]: row["n"] for row in counted}
    kept = dict(Consensus.objects.filter(project=project).values_list("item", "n_labels"))
    for item in standing.keys() | kept.keys():
        if standing.get(item) != kept.get(item):
            yield f"I8 item {item} has {standing.get(item)} labels, consensus of {kept.get(item)}"


def _unpaid_work(project: Project) -> Iterator[str]:
    """Every lease and every closed slot counts once in the budget the project was made with."""
    first = Budget.objects.filter(project=project).order_by("pk").first()
    if first is None:
        return
    lines = Q(charges__account__budget=first) & ~Q(charges__state="released")
    work = Assignment.objects.filter(project=project, state__in=[State.LEASED, State.DONE])
    for pk, n in (
        work.annotate(n=Count("charges", filter=lines)).exclude(n=1).values_list("pk", "n")
    ):
        yield f"I4 assignment {pk} counts {n} times in {first}"


def _rounds_out_of_order(project: Project) -> Iterator[str]:
    for name, numbers in (
        ("rounds", Round.objects.filter(project=project)),
        ("batches", Batch.objects.filter(project=project, number__gte=0)),
    ):
        found = sorted(numbers.values_list("number", flat=True))
        if found != list(range(len(found))):
            yield f"I5 {name} are numbered {found}"
    done = Run.objects.filter(project=project, kind="round", state="done")
    published = [n for n in done.values_list("report__published", flat=True) if n is not None]
    if len(published) != len(set(published)):
        yield f"I5 runs published {sorted(published)}"


def _half_visible_rounds(project: Project) -> Iterator[str]:
    rounds = set(Round.objects.filter(project=project).values_list("number", flat=True))
    if not rounds:
        return
    batches = Batch.objects.filter(project=project, number__gte=0)
    if rounds != set(batches.values_list("number", flat=True)):
        yield f"I5 rounds {sorted(rounds)} are not the batches"
    told = Predictions.objects.filter(round__project=project)
    if told.count() != len(rounds):
        yield f"I5 {told.count()} of {len(rounds)} rounds have predictions"
    picks = set(Pick.objects.filter(round__project=project).values_list("round__number", "item"))
    asked = Assignment.objects.filter(project=project, batch__number__gte=0)
    for number, item in set(asked.values_list("batch__number", "item")) - picks:
        yield f"I5 batch {number} asks for item {item}, which its round did not pick"


def _audit_items_that_train(project: Project) -> Iterator[str]:
    """What a round knew the answer of and was handed out to measure lies in the reserved head of
    the audit order, which is kept from training and from what else the round asks for."""
    items = list(
        Item.objects.filter(project=project).order_by("pk").values_list("pk", "audit_rank")
    )
    audits = Assignment.objects.filter(project=project, purpose="audit", state__in=HANDED_OUT)
    for each in Round.objects.filter(project=project).order_by("number"):
        sought = _sought(each)
        random = [row for row in items[: each.n_items] if row[0] not in sought]
        order = [pk for pk, _ in sorted(random, key=lambda row: row[1])]
        reserved = set(order[: each.audit_reserved])
        known = Label.objects.filter(project=project, pk__lte=each.label_revision)
        measuring = audits.filter(batch__number__lt=each.number, item__in=known.values("item"))
        trained_on = set(measuring.values_list("item", flat=True)) - reserved
        if trained_on:
            yield f"I6 round {each.number} may train on audit items {sorted(trained_on)}"
        picks = Pick.objects.filter(round=each).exclude(purpose="audit")
        asked = set(picks.values_list("item", flat=True)) & reserved
        if asked:
            yield f"I6 round {each.number} asks for reserved items {sorted(asked)}"
        may = Label.objects.filter(project=project, created_at__lte=each.published_at)
        n_may = may.exclude(item__in=reserved).values("item").distinct().count()
        if each.n_train > n_may:
            yield f"I6 round {each.number} trained on {each.n_train} items, {n_may} may train"


def _sought(each: Round) -> set[int]:
    """What leads had picked when the round looked, and no audit item had been handed out of."""
    if not Inputs.objects.filter(round=each).exists():
        return set()
    pool = snapshot_of(each)[0].pool
    return set(pool.ids[pool.is_sought & ~pool.is_audit].tolist())


def _changes_without_a_log(project: Project) -> Iterator[str]:
    log = AuditEntry.objects.filter(project=project)
    taken_back = Label.objects.filter(project=project, value__isnull=True).count()
    noted = log.filter(action="label.undo").count()
    if taken_back != noted:
        yield f"I8 {taken_back} answers were taken back, {noted} are in the log"
    corrected = Label.objects.filter(project=project, is_correction=True).count()
    noted = log.filter(action="label.revise").count()
    if corrected != noted:
        yield f"I8 {corrected} answers were corrected, {noted} are in the log"
    for action, name, now in _settings_of(project):
        newest = log.filter(action=action, target=name).order_by("-pk").first()
        if newest is not None and newest.after != now:
            yield f"I8 {name or action} is {now}, the log says {newest.after}"


def _settings_of(project: Project) -> Iterator[tuple[str, str, object]]:
    yield "project.status", "", project.status
    for budget in Budget.objects.filter(project=project):
        yield "budget.set", f"budget {budget.scope} {budget.unit}", budget.limit
        yield "budget.freeze", f"budget {budget.scope} {budget.unit}", budget.is_frozen
    for each in project.memberships.select_related("user"):
        yield "role.set", each.user.username, each.role


class Witness:
    """Remembers every label and log row it has seen: none may ever change or go away (I8)."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._labels: dict[int, tuple] = {}
        self._log: dict[int, tuple] = {}

    def look(self) -> list[str]:
        labels = Label.objects.filter(project=self._project).order_by("pk")
        log = AuditEntry.objects.filter(project=self._project).order_by("pk")
        now = {row[0]: row for row in labels.values_list()}
        said = {row[0]: row for row in log.values_list()}
        changed = [f"I8 label {pk} was changed" for pk in _changed(self._labels, now)]
        changed += [f"I8 log row {pk} was changed" for pk in _changed(self._log, said)]
        self._labels, self._log = now, said
        return changed


def _changed(before: dict[int, tuple], now: dict[int, tuple]) -> list[int]:
    return [pk for pk, row in before.items() if now.get(pk) != row]
