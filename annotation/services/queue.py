"""The queue: claim by one conditional update, skip, release. Nobody waits, no slot goes twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from alapp.errors import Conflict
from annotation import units
from annotation.models import (
    Assignment,
    Batch,
    Gold,
    Item,
    Label,
    Project,
    Skip,
    State,
    Status,
    User,
)
from annotation.services import budgets, ledger, overlap, policy, runs, skipped, statements

# The batch that collects what was asked outside any round, because the queue had run dry.
FALLBACK_BATCH = -1
# How many items the queue is given when it has run dry.
FALLBACK_ITEMS = 20
# How long the first batch may take to appear before items are handed out without it.
PREPARING = timedelta(seconds=60)
# How long somebody who closed the page keeps their items: a refresh is within it.
GRACE = timedelta(seconds=45)
# How often a claim tries again after losing an assignment to somebody else.
TRIES = 20

# In which order somebody's items lie before them. Ids are given by lot: they say nothing.
HANDED_OUT = ("leased_at", "in_reserve", "-batch", "position")


class Nothing(Enum):
    """Why there is nothing to label."""

    DRAFT = "draft"
    PAUSED = "paused"
    STOPPED = "stopped"
    PREPARING = "preparing"
    BUDGET = "budget"
    FROZEN = "frozen"
    ROLE = "role"
    SHARE = "share"
    RESTING = "resting"
    EMPTY = "empty"


@dataclass(frozen=True)
class Desk:
    """What lies before an annotator: held assignments in order; when none, why."""

    assignments: list[Assignment]
    nothing: Nothing | None = None
    message: str = ""
    # Whose budget refused, when one did.
    scope: str = ""


def sit_down(*, project: Project, annotator: User, now: datetime, wanted: int = 2) -> Desk:
    """Return what the annotator holds, filled up to `wanted`: the current item and the next.

    A refresh or a second tab gets the same items; their leases are renewed.
    """
    held = renew(project=project, annotator=annotator, now=now)
    if reason := _closed(project):
        return Desk(held, reason)
    while len(held) < wanted:
        try:
            assignment = claim(project=project, annotator=annotator, now=now)
        except budgets.BudgetFrozen as error:
            return Desk(held, Nothing.FROZEN, str(error), error.budget.scope)
        except budgets.BudgetExhausted as error:
            return Desk(held, Nothing.BUDGET, str(error), error.budget.scope)
        if assignment is None:
            return Desk(held, _why_empty(project, annotator, now))
        held.append(assignment)
    return Desk(held)


def _closed(project: Project) -> Nothing | None:
    if project.status == Status.ACTIVE:
        return None
    return Nothing(project.status)


def _why_empty(project: Project, annotator: User, now: datetime) -> Nothing:
    if kept_from := _kept_from(project, annotator):
        return kept_from
    return Nothing.PREPARING if _is_preparing(project, now) else Nothing.EMPTY


def _kept_from(project: Project, annotator: User) -> Nothing | None:
    """Return the rule of the project that hands this person nothing, however much there is."""
    if not policy.is_handed_items(project, annotator):
        return Nothing.ROLE
    if policy.is_paused(project, annotator):
        return Nothing.RESTING
    return Nothing.SHARE if policy.has_share(project, annotator) else None


def keep(*, project: Project, annotator: User, now: datetime) -> None:
    """Renew the annotator's leases of which a tenth is gone, in one statement: a heartbeat."""
    lease = timedelta(seconds=project.lease_seconds)
    worn = _held_by(project, annotator).filter(leased_until__lte=now + 0.9 * lease)
    worn.update(leased_until=now + lease)


def renew(*, project: Project, annotator: User, now: datetime) -> list[Assignment]:
    """Return the annotator's leases, oldest first, renewed; one that ran out but was not given
    to another is still theirs. Those of which nine tenths remain stay as they are, so that not
    every answer writes them."""
    held = list(_held_by(project, annotator).order_by(*HANDED_OUT))
    lease = timedelta(seconds=project.lease_seconds)
    if any(each.leased_until and each.leased_until <= now + 0.9 * lease for each in held):
        _held_by(project, annotator).update(leased_until=now + lease)
    return held


def _held_by(project: Project, annotator: User) -> QuerySet[Assignment]:
    return Assignment.objects.filter(project=project, annotator=annotator, state=State.LEASED)


def claim(*, project: Project, annotator: User, now: datetime) -> Assignment | None:
    """Lease the next assignment to the annotator; None when there is none for them.

    Order: the newest batch, its reserve, and, the queue being dry, an item of the pool at random,
    which the progress page shows as a fallback. Raises budgets.BudgetExhausted.
    """
    try:
        return _claim(project, annotator, now)
    except budgets.BudgetExhausted:
        # Leases that ran out still count until somebody gives them back, and no worker may live
        # to do it.
        if not release_expired(project=project, now=now):
            raise
        return _claim(project, annotator, now)


def _claim(project: Project, annotator: User, now: datetime) -> Assignment | None:
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                candidate = _candidate(project, annotator, now)
                if candidate is None:
                    return None
                if _lease(candidate, annotator, project, now):
                    ledger.reserve(assignment=candidate, annotator=annotator, now=now)
                    return candidate
        except IntegrityError:
            # Two claims fell back on the same item; its slot is unique, the other one has it.
            continue
    raise Conflict(gettext("Many people are asking at once. Please try again."))


def claim_plainly(*, project: Project, annotator: User, terms: units.Terms, now: datetime) -> bool:
    """Lease the next assignment that waits, in three statements of the caller's transaction.

    False when none waits: `claim` knows what to do then. Raises NotPlain when a budget refuses,
    and then the caller's transaction must end.
    """
    until = now + timedelta(seconds=project.lease_seconds)
    if policy.is_for_everybody(project):
        candidate = statements.first_open(project_id=project.pk, annotator_id=annotator.pk)
    else:
        candidate = _open_for(project, annotator).values("pk")[:1].query.sql_with_params()
    leased = statements.lease(candidate, annotator_id=annotator.pk, now=now, until=until)
    if leased is None:
        return False
    ledger.reserve_plainly(
        project=project, assignment_id=leased, annotator=annotator, terms=terms, now=now
    )
    return True


def _candidate(project: Project, annotator: User, now: datetime) -> Assignment | None:
    candidate = _open_for(project, annotator).first()
    if candidate is None and release_expired(project=project, now=now):
        candidate = _open_for(project, annotator).first()
    if candidate or _is_preparing(project, now) or _kept_from(project, annotator):
        return candidate
    return _fall_back(project, annotator)


def _open_for(project: Project, annotator: User) -> QuerySet[Assignment]:
    """Return what may be handed to the annotator, best first; locked rows are others' claims."""
    return waiting_for(project, annotator).select_for_update(skip_locked=True)


def waiting_for(project: Project, annotator: User) -> QuerySet[Assignment]:
    """Return what may be handed to the annotator, best first, without a hold on it."""
    seen = Q(Exists(Label.objects.filter(item=OuterRef("item"), annotator=annotator)))
    skips = Skip.objects.standing()
    seen |= Q(Exists(skips.filter(item=OuterRef("item"), annotator=annotator)))
    seen |= Q(Exists(Assignment.objects.filter(item=OuterRef("item"), annotator=annotator)))
    return (
        Assignment.objects.filter(policy.may_take(project, annotator))
        .filter(project=project, state=State.OPEN)
        .exclude(seen)
        .order_by("in_reserve", "-batch", "position", "slot")
    )


def _lease(candidate: Assignment, annotator: User, project: Project, now: datetime) -> bool:
    """Take the assignment if it is still open: of two who try, one gets a row count of 0."""
    candidate.state, candidate.annotator = State.LEASED, annotator
    candidate.leased_at = now
    candidate.leased_until = now + timedelta(seconds=project.lease_seconds)
    return bool(
        Assignment.objects.filter(pk=candidate.pk, state=State.OPEN).update(
            state=State.LEASED,
            annotator=annotator,
            leased_at=candidate.leased_at,
            leased_until=candidate.leased_until,
        )
    )


def _is_preparing(project: Project, now: datetime) -> bool:
    """Say whether the first batch is still to come and may be waited for."""
    if Batch.objects.filter(project=project, number__gte=0).exists():
        return False
    return project.started_at is None or now < project.started_at + PREPARING


def _fall_back(project: Project, annotator: User) -> Assignment | None:
    """Ask about items nobody was asked about, from the far end of the audit order; the first.

    The far end is a random place that never reaches the audit items. Several are laid on the
    desk at once, and the next search begins where this one ended: a project that lives of this,
    because it has no model, does not search its whole pool for every label.

    A round that publishes at this moment is waited for, as it waits for us: both may want the
    same items. What it has laid comes first.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    if candidate := _open_for(project, annotator).first():
        return candidate
    batch, _ = Batch.objects.get_or_create(project=project, number=FALLBACK_BATCH)
    unasked = _unasked_by(project, annotator)
    beyond = unasked if batch.reached is None else unasked.filter(audit_rank__lt=batch.reached)
    # Behind the place reached may be what was skipped, withdrawn or imported since.
    items = list(beyond[:FALLBACK_ITEMS]) or list(unasked[:FALLBACK_ITEMS])
    if not items:
        return None
    Batch.objects.filter(pk=batch.pk).update(reached=items[-1].audit_rank)
    spare = _spare(project)
    laid = Assignment.objects.bulk_create(
        Assignment(
            project=project,
            batch=batch,
            item=item,
            position=place,
            # Behind what rounds ask for, whenever that was laid on the desk.
            in_reserve=True,
            reason={"code": "fallback"},
            said=spare.get(str(item.pk)),
        )
        for place, item in enumerate(items)
    )
    for first, item in zip(laid, items, strict=True):
        overlap.ask_others(first, project, item)
    return laid[0]


def _spare(project: Project) -> dict[str, Any]:
    """Return what the newest round lets annotators read of items that are drawn without it."""
    newest = Batch.objects.filter(project=project, number__gte=0).order_by("-number")
    return newest.values_list("spare", flat=True).first() or {}


def _unasked_by(project: Project, annotator: User) -> QuerySet[Item]:
    """Return what nobody was asked about and this person has not skipped, the far end first."""
    asked = Assignment.objects.filter(item=OuterRef("pk")).exclude(state=State.WITHDRAWN)
    skipped = Skip.objects.standing().filter(item=OuterRef("pk"), annotator=annotator)
    return (
        Item.objects.filter(project=project, withdrawn_at=None)
        # One with a known answer is asked on purpose only. (No join: the rows are locked.)
        .exclude(Exists(Gold.objects.filter(item=OuterRef("pk"))))
        .exclude(Exists(asked))
        .exclude(Exists(Label.objects.filter(item=OuterRef("pk"))))
        .exclude(Exists(skipped))
        .order_by("-audit_rank")
        .select_for_update(skip_locked=True)
    )


def release_expired(*, project: Project, now: datetime) -> int:
    """Return leases that ran out to the queue, with what they reserved; their number."""
    expired = Assignment.objects.filter(project=project, state=State.LEASED, leased_until__lt=now)
    with transaction.atomic():
        ids = list(expired.select_for_update(skip_locked=True).values_list("pk", flat=True))
        return reopen(ids)


def release_all_expired(*, now: datetime) -> None:
    """Return every lease that ran out, so that budgets and batches do not wait for a claim."""
    expired = Assignment.objects.filter(state=State.LEASED, leased_until__lt=now)
    for project in Project.objects.filter(assignments__in=expired).distinct():
        release_expired(project=project, now=now)


def release(*, project: Project, annotator: User) -> int:
    """Return everything the annotator holds to the queue: they left, or a lead decided so."""
    with transaction.atomic():
        held = _held_by(project, annotator)
        ids = list(held.select_for_update().values_list("pk", flat=True))
        return reopen(ids)


def release_these(*, project: Project, annotator: User, ids: Sequence[int]) -> int:
    """Return those of the assignments that the annotator still holds to the queue."""
    with transaction.atomic():
        held = _held_by(project, annotator).filter(pk__in=ids).order_by("pk")
        return reopen(list(held.select_for_update().values_list("pk", flat=True)))


def let_go(*, project: Project, annotator: User, now: datetime) -> None:
    """Let the annotator's leases end soon: they closed the page, or are just reloading it."""
    held = _held_by(project, annotator).filter(leased_until__gt=now + GRACE)
    held.update(leased_until=now + GRACE)


def reopen(leased_ids: Sequence[int]) -> int:
    """Return leases to the queue, with what they reserved, inside the caller's transaction, which
    has locked them."""
    if not leased_ids:
        return 0
    ledger.release(assignment_ids=leased_ids)
    leased = Assignment.objects.filter(pk__in=leased_ids, state=State.LEASED)
    return leased.update(state=State.OPEN, annotator=None, leased_at=None, leased_until=None)


@transaction.atomic
def skip(
    *, project: Project, assignment_id: int, annotator: User, reason: str, now: datetime
) -> None:
    """Pass on an item: it goes to others, and after `max_skips` people to the lead.

    Skipping twice changes nothing. Raises ValidationError for an unknown reason, Conflict when
    the assignment is no longer the annotator's.
    """
    if reason not in Skip.Reason.values:
        raise ValidationError(gettext("%(reason)r is not a reason to skip.") % {"reason": reason})
    if Skip.objects.standing().filter(assignment=assignment_id, annotator=annotator).exists():
        return
    held = _held_by(project, annotator).select_for_update().filter(pk=assignment_id).first()
    if held is None:
        raise Conflict(gettext("This item is no longer yours; it has gone back to the queue."))
    # Of two people who skip two slots of an item at once, one has to see the other's skip.
    Item.objects.select_for_update(no_key=True).get(pk=held.item_id)
    Skip.objects.create(item_id=held.item_id, assignment=held, annotator=annotator, reason=reason)
    reopen([held.pk])
    if skipped.is_for_lead(project=project, item_id=held.item_id):
        skipped.hand_to_lead(item_id=held.item_id, now=now)
        look_if_complete(held)


def look_if_complete(assignment: Assignment | statements.Closed) -> None:
    """Wake the reader when this was the last wanted answer of its batch.

    Only a hint, so that the next batch comes at once: the tick finds the same from the rows.
    """
    wanted = Assignment.objects.filter(
        batch=assignment.batch_id, in_reserve=False, state__in=[State.OPEN, State.LEASED]
    )
    if not assignment.in_reserve and not wanted.exists():
        runs.look_at.enqueue(assignment.project_id)
