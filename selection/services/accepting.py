"""After the stop, for leads: ask for the final model, accept predictions, take that back, go on."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from annotation import exchange
from annotation.exchange import Project, User
from selection import due, final_files
from selection.core.basics import CoreError
from selection.core.offers import Level, best, labels_missing
from selection.estimates import FinalReport, final_report_of
from selection.models import Acceptance, Final

RUN = due.FINAL


@dataclass(frozen=True)
class Offer:
    """What could be accepted at a limit; `missing` audit labels would do it where nothing can."""

    limit: float
    level: Level | None
    missing: int | None


def finish(*, project: Project, actor: User) -> bool:
    """Ask the worker for the final model; False while one is being made."""
    if exchange.is_active(project.pk):
        raise ValidationError("Pause or stop the project first: its audit items still measure.")
    return exchange.open_run(kind=RUN, project_id=project.pk, actor_id=actor.pk)


def newest(project_id: int) -> Final | None:
    return Final.objects.filter(project=project_id).order_by("-number").first()


def standing(project_id: int) -> Acceptance | None:
    rows = Acceptance.objects.filter(project=project_id, withdrawn_at=None)
    return rows.select_related("final", "accepted_by").first()


def offer(final: Final, limit: float) -> Offer:
    """Return what may be accepted with at most this share of errors.

    Raises ValidationError for a limit that is none.
    """
    report: FinalReport = final_report_of(final.report)
    try:
        level = best(report.levels, limit)
    except CoreError as error:
        raise ValidationError(str(error)) from None
    missing = None
    if level is None:
        missing = labels_missing(report.levels, limit, alpha=report.alpha, n_audit=final.n_audit)
    return Offer(limit, level, missing)


def accept(
    *, project: Project, actor: User, number: int, limit: float, now: datetime
) -> Acceptance:
    """Accept what this final model offers at this limit, and write down who did and why.

    Raises ValidationError where nothing can be accepted, something is accepted already, or a
    newer final model has been made since the lead looked.
    """
    final = newest(project.pk)
    if final is not None and final.number != number:
        raise ValidationError("A newer final model has been made: look at what it offers first.")
    found = offer(final, limit).level if final else None
    if final is None or found is None:
        raise ValidationError("No predictions are proved to err so seldom.")
    try:
        with transaction.atomic():
            row = Acceptance.objects.create(
                project=project,
                final=final,
                limit=limit,
                bound=found.bound,
                threshold=found.threshold,
                n_items=found.n_pool,
                n_audit=found.n_audit,
                accepted_by=actor,
                accepted_at=now,
            )
            after = {"limit": limit, "bound": found.bound, "n": found.n_pool}
            exchange.note(
                "predictions.accept", actor=actor, project=project, target=str(final), after=after
            )
    except IntegrityError:
        raise ValidationError("Predictions are accepted already: take that back first.") from None
    return row


@transaction.atomic
def withdraw(*, project: Project, actor: User, now: datetime) -> bool:
    """Take the standing acceptance back; False when there is none. Its row stays."""
    rows = Acceptance.objects.filter(project=project, withdrawn_at=None)
    if not rows.update(withdrawn_at=now, withdrawn_by=actor):
        return False
    exchange.note("predictions.withdraw", actor=actor, project=project)
    return True


def label_next(*, project: Project, actor: User, n: int, now: datetime) -> int:
    """Put the n most useful items first in the next batch and let the project go on.

    Accepted ones are left out. Raises ValidationError without a final model, for a number out of
    range, or where the project cannot go on.
    """
    final = newest(project.pk)
    if final is None:
        raise ValidationError("There is no final model yet.")
    if not 1 <= n <= 1_000:
        raise ValidationError(f"{n:,} items cannot be asked at once: from 1 to 1,000.")
    with transaction.atomic():
        ids = [each.item_id for each in useful(final, standing(project.pk), n=n)]
        added = exchange.add_seeds(project=project, item_ids=ids, actor=actor, now=now)
        exchange.go_on(project, actor=actor, now=now)
        due.train_now(project_id=project.pk, actor_id=actor.pk)
    return added.n_new


def useful(final: Final, accepted: Acceptance | None, *, n: int) -> list[final_files.Prediction]:
    """Return the n predictions whose items are worth most to label, accepted ones left out."""
    limit = accepted.threshold if accepted and accepted.final_id == final.pk else None
    found: list[final_files.Prediction] = []
    start = 0
    while len(found) < n:
        some = final_files.most_useful(final.file, len(final.class_ids), start=start, n=n)
        if not some:
            break
        found += [each for each in some if limit is None or each.judged < limit]
        start += len(some)
    return found[:n]
