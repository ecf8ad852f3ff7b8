"""Labels: recorded once, kept for ever; taken back and corrected by adding, never by editing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alapp.errors import Conflict
from annotation import schema, units, worktime
from annotation.models import Assignment, Label, Project, Purpose, State, User
from annotation.services import audit, budgets, ledger, quality, queue, statements

UNDO_DEPTH = 20
MAX_MILLISECONDS = worktime.LONGEST_MS


@dataclass(frozen=True)
class Answer:
    """What the page sends: the classes, its own token, and how long it took."""

    class_ids: Sequence[int]
    client_token: UUID
    active_ms: int = 0
    wall_ms: int = 0


def record(
    *, project: Project, assignment_id: int, annotator: User, answer: Answer, now: datetime
) -> Label:
    """Record the answer once, however often it is sent, and close its assignment.

    One short transaction for label, assignment, budget, consensus and the wake-up of the reader.
    An answer given after its lease had moved on is kept: it fills the slot if still free, else
    it is an extra judgement. The caller has checked that the assignment was handed to this
    annotator. Raises ValidationError for a wrong answer, Conflict when they have another answer
    for the item already.
    """
    asked = Asked(project, assignment_id, annotator, now)
    terms = budgets.terms_for(project, annotator)
    try:
        with transaction.atomic():
            recorded = record_plainly(asked, answer, terms=terms)
            queue.look_if_complete(recorded.closed)
            return recorded.label
    except (statements.NotPlain, IntegrityError):
        return record_at_length(asked, answer)


@dataclass(frozen=True)
class Asked:
    """Who answers which assignment of which project, and when."""

    project: Project
    assignment_id: int
    annotator: User
    now: datetime


@dataclass(frozen=True)
class Recorded:
    """A label just recorded, the assignment it closed, and how many items its giver still holds."""

    label: Label
    closed: statements.Closed
    n_held: int


def record_plainly(asked: Asked, answer: Answer, *, terms: units.Terms) -> Recorded:
    """Record the first answer to an item still leased, in five statements of the caller's
    transaction; the caller looks whether the batch is complete.

    Raises NotPlain for everything else: `record_at_length` knows what to do then.
    """
    project_id, annotator_id = asked.project.pk, asked.annotator.pk
    value = _plain_value(asked.project, answer.class_ids)
    closed = statements.close_lease(
        project_id=project_id,
        assignment_id=asked.assignment_id,
        annotator_id=annotator_id,
        now=asked.now,
    )
    if closed is None:
        raise statements.NotPlain
    label, n_held = _insert(closed, asked, value, answer)
    quality.count_answer(project=asked.project, item_id=closed.item_id, value=value)
    statements.settle(
        assignment_id=closed.assignment_id,
        label_id=label.pk,
        terms=terms,
        active_ms=label.active_ms,
    )
    return Recorded(label, closed, n_held)


def _plain_value(project: Project, class_ids: Sequence[int]) -> list[int]:
    """Return the answer as stored. A wrong one may be the echo of an answer given while it was
    right: that is for the longer way to say."""
    try:
        return schema.check(question_of(project), class_ids)
    except schema.AnswerError:
        raise statements.NotPlain from None


def _insert(
    closed: statements.Closed, asked: Asked, value: list[int], answer: Answer
) -> tuple[Label, int]:
    fields = {
        "project_id": closed.project_id,
        "item_id": closed.item_id,
        "assignment_id": closed.assignment_id,
        "annotator_id": asked.annotator.pk,
        "value": value,
        "revision": 0,
        "purpose": closed.purpose,
        "client_token": answer.client_token,
        "is_extra": False,
        "wall_ms": milliseconds(answer.wall_ms),
        "model_version": closed.model_version,
    }
    inserted = statements.insert_label(
        fields, claimed_ms=answer.active_ms, closed=closed, now=asked.now
    )
    if inserted is None:
        raise statements.NotPlain
    fields |= {"id": inserted.label_id, "active_ms": inserted.active_ms}
    # from_db takes values in the order of the model's fields.
    names = [each.attname for each in Label._meta.concrete_fields if each.attname in fields]
    label = Label.from_db(DEFAULT_DB_ALIAS, names, [fields[name] for name in names])
    return label, inserted.n_held


def first_of(
    assignment: Assignment, annotator: User, answer: Answer, worked: worktime.Worked
) -> Label:
    """Return the row of somebody's first answer to an item, not written yet."""
    return Label(
        project_id=assignment.project_id,
        item_id=assignment.item_id,
        assignment=assignment,
        annotator=annotator,
        value=list(answer.class_ids),
        purpose=assignment.purpose,
        client_token=answer.client_token,
        active_ms=worked.active_ms,
        wall_ms=milliseconds(answer.wall_ms),
        worked_until_ms=worked.until_ms,
        prediction=assignment.prediction,
        model_version=assignment.model_version,
    )


def milliseconds(measured: int) -> int:
    return min(max(measured, 0), MAX_MILLISECONDS)


def record_at_length(asked: Asked, answer: Answer) -> Label:
    """Record an answer whatever has happened meanwhile; see `record`."""
    annotator = asked.annotator
    try:
        with transaction.atomic():
            return _record(asked.project, asked.assignment_id, annotator, answer, asked.now)
    except IntegrityError:
        # The same answer, sent twice at the same moment: the other one was first.
        if label := recorded(annotator, answer.client_token):
            return label
        raise Conflict(_("You have answered this item already.")) from None


def recorded(annotator: User, token: UUID) -> Label | None:
    """Return what was recorded for this token of the page: it has been sent before."""
    return Label.objects.filter(annotator=annotator, client_token=token).first()


def _record(
    project: Project, assignment_id: int, annotator: User, answer: Answer, now: datetime
) -> Label:
    until_ms = time_accounted_for(annotator)
    asked = Assignment.objects.select_for_update().filter(pk=assignment_id, project=project)
    if (assignment := asked.first()) is None:
        raise Conflict(_("This item is not part of this project."))
    given = _given(annotator, assignment.item_id)
    for label in given:
        if label.client_token == answer.client_token:
            return label
    value = checked(project, answer.class_ids)
    worked = fits(assignment, annotator, answer, until_ms=until_ms, now=now)
    is_extra = not _take_slot(assignment, annotator, now)
    label = _append(assignment, annotator, given, value, answer, worked=worked, is_extra=is_extra)
    quality.count_answer(project=project, item_id=assignment.item_id, value=value)
    if not is_extra:
        ledger.settle(assignment=assignment, label=label)
    queue.look_if_complete(assignment)
    return label


def time_accounted_for(annotator: User) -> int:
    """Lock the account and return until when its answers take its time, in ms; before other locks.

    statements.close_lease does the same: of two answers of one person at the same moment the
    second must see how much time the first took.
    """
    User.objects.select_for_update(no_key=True).get(pk=annotator.pk)
    last = Label.objects.filter(annotator=annotator).aggregate(until=Max("worked_until_ms"))
    return last["until"] or 0


def fits(
    assignment: Assignment, annotator: User, answer: Answer, *, until_ms: int, now: datetime
) -> worktime.Worked:
    """Return how much of the page's time fits. Of an item that is no longer theirs nothing tells
    when it was handed out, but the page."""
    handed_out = assignment.leased_at if assignment.annotator_id == annotator.pk else None
    if handed_out is None:
        handed_out = now - timedelta(milliseconds=milliseconds(answer.wall_ms))
    return worktime.fit(
        milliseconds(answer.active_ms),
        handed_out_ms=worktime.moment(handed_out),
        worked_until_ms=until_ms,
        now_ms=worktime.moment(now),
    )


def checked(project: Project, class_ids: Sequence[int]) -> list[int]:
    """Return the answer as stored; ValidationError says what is wrong with it."""
    try:
        return schema.check(question_of(project), class_ids)
    except schema.AnswerError as error:
        raise ValidationError(_misfit(error)) from None


def _misfit(error: schema.AnswerError) -> str:
    """Say what is wrong with an answer in whole sentences, so that they can be translated."""
    if error.code == "number":
        return _("The answer was not recorded: exactly one class is wanted, %(n)d were given.") % {
            "n": len(error.values)
        }
    return ngettext(
        "The answer was not recorded: class %(classes)s is not one of this project's classes.",
        "The answer was not recorded: classes %(classes)s are not among this project's classes.",
        len(error.values),
    ) % {"classes": ", ".join(map(str, error.values))}


def question_of(project: Project) -> schema.Question:
    classes = frozenset(each.pk for each in project.classes.all())
    return schema.Question(is_multi=project.task == "multi", class_ids=classes)


def _take_slot(assignment: Assignment, annotator: User, now: datetime) -> bool:
    """Close the assignment with this annotator's answer; False when the slot is not theirs.

    An open slot is a lease that ran out: it is taken if the budget still allows.
    """
    if assignment.state == State.OPEN:
        try:
            with transaction.atomic():
                ledger.reserve(assignment=assignment, annotator=annotator, now=now)
        except budgets.BudgetExhausted:
            return False
    elif assignment.state != State.LEASED or assignment.annotator_id != annotator.pk:
        return False
    Assignment.objects.filter(pk=assignment.pk).update(
        state=State.DONE, annotator=annotator, leased_until=None, closed_at=now
    )
    return True


def _append(
    assignment: Assignment,
    annotator: User,
    given: Sequence[Label],
    value: list[int] | None,
    answer: Answer,
    *,
    worked: worktime.Worked | None = None,
    is_extra: bool,
) -> Label:
    """Add a label after those the annotator has given for the item, superseding the last."""
    last = given[-1] if given else None
    if last is not None and last.value is not None and value is not None:
        raise Conflict(_("You have answered this item already."))
    return Label.objects.create(
        project_id=assignment.project_id,
        item_id=assignment.item_id,
        assignment=assignment,
        annotator=annotator,
        value=value,
        revision=last.revision + 1 if last else 0,
        supersedes=last,
        purpose=assignment.purpose,
        client_token=answer.client_token,
        is_extra=is_extra,
        active_ms=worked.active_ms if worked else 0,
        wall_ms=milliseconds(answer.wall_ms),
        worked_until_ms=worked.until_ms if worked else None,
        prediction=assignment.prediction,
        model_version=assignment.model_version,
    )


def _given(annotator: User, item_id: int) -> list[Label]:
    """Return what the annotator ever said of the item, in order."""
    labels = Label.objects.filter(item=item_id, annotator=annotator)
    return list(labels.order_by("revision"))


def undo(*, project: Project, annotator: User, token: UUID, now: datetime) -> Assignment:
    """Take back the annotator's last answer and lease its item to them again.

    Only their last 20 answers, so that a whole day is not unravelled by a stuck key. Sending the
    same token twice takes back one. Raises Conflict when there is nothing to take back.
    """
    try:
        with transaction.atomic():
            return _undo(project, annotator, token, now)
    except IntegrityError:
        raise Conflict(_("That answer has just been taken back.")) from None


def _undo(project: Project, annotator: User, token: UUID, now: datetime) -> Assignment:
    if done := recorded(annotator, token):
        return Assignment.objects.get(labels=done)
    last = undoable(project=project, annotator=annotator)
    if last is None:
        raise Conflict(_("There is no answer of yours to take back."))
    return take_back(last, project=project, token=token, now=now)


def take_back(last: Label, *, project: Project, token: UUID, now: datetime) -> Assignment:
    """Retract a standing answer given in the queue, in the caller's transaction."""
    assert last.assignment is not None  # imported answers have none, and are not undone
    check_untold(last, project=project)
    annotator = last.annotator
    assignment = Assignment.objects.select_for_update().get(pk=last.assignment.pk)
    given = _given(annotator, assignment.item_id)
    _append(assignment, annotator, given, None, Answer((), token), is_extra=last.is_extra)
    quality.update_consensus_of(project=project, item_ids=[assignment.item_id])
    if not last.is_extra:
        _lease_again(assignment, project, now)
    audit.note(
        "label.undo",
        actor=annotator,
        project=project,
        target=f"item {last.item_id}",
        before=last.value,
    )
    return assignment


def check_untold(label: Label, *, project: Project) -> None:
    """Raise Conflict where the annotator may have read what the right answer was."""
    if project.gold_feedback and label.purpose == Purpose.GOLD:
        raise Conflict(_("The answer to this item is known: yours stays as you gave it."))


def undoable(*, project: Project, annotator: User) -> Label | None:
    """Return the annotator's last answer that stands, if it is among the last 20 they gave.

    Last is what was given last, whenever it was corrected since.
    """
    rows = Label.objects.filter(project=project, annotator=annotator, origin="annotator")
    given = rows.filter(is_correction=False).order_by("-pk")[: 2 * UNDO_DEPTH]
    items = list(dict.fromkeys(each.item_id for each in given if each.value is not None))
    standing = rows.current().filter(item__in=items).exclude(assignment=None)
    by_item = {each.item_id: each for each in standing.select_related("annotator")}
    return next((by_item[item_id] for item_id in items if item_id in by_item), None)


def _lease_again(assignment: Assignment, project: Project, now: datetime) -> None:
    """Give the slot back to the annotator whose answer it held, what it cost reserved again."""
    ledger.unsettle(assignment=assignment)
    Assignment.objects.filter(pk=assignment.pk).update(
        # leased_at stays as it was, so that this is again the first of what they hold.
        state=State.LEASED,
        leased_until=now + timedelta(seconds=project.lease_seconds),
        closed_at=None,
    )
