"""How a project selects: safe defaults until somebody changes them, every change logged."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from annotation import exchange
from annotation.exchange import Project, User
from selection.models import GoneOn, Round, SelectionConfig

# What only a raised budget, or more items, can change.
EXACT = frozenset({"budget", "pool_empty"})
MOST_LABELS = 1_000_000


def config_of(project_id: int) -> SelectionConfig:
    """Return how the project selects: by safe defaults until somebody changes them."""
    selection, _ = SelectionConfig.objects.get_or_create(project_id=project_id)
    return selection


@transaction.atomic
def change(
    *,
    project: Project,
    actor: User | None,
    is_enabled: bool,
    on_stop: str,
    features: str,
    config: dict[str, Any],
) -> None:
    """Change how the project selects, from the next round on."""
    selection = config_of(project.pk)
    before = _plain(selection)
    selection.is_enabled, selection.on_stop, selection.config = is_enabled, on_stop, config
    selection.features = features
    selection.save()
    exchange.note(
        "selection.change", actor=actor, project=project, before=before, after=_plain(selection)
    )


def gone_on(project_id: int, *, n_labels: int) -> dict[str, GoneOn]:
    """Return the rules set aside that still are, by rule, each with the newest word on it."""
    words = GoneOn.objects.filter(project=project_id).select_related("actor").order_by("pk")
    newest = {word.rule: word for word in words}
    return {rule: word for rule, word in newest.items() if word.until_labels > n_labels}


@transaction.atomic
def go_on(
    *, project: Project, actor: User, rule: str, labels: int, reason: str, now: datetime
) -> GoneOn:
    """Set a rule that says stop aside for so many labels more, and go on if it paused the project.

    Raises ValidationError when the rule does not say stop, is one that only more budget or items
    can answer, or when labels or reason are out of range.
    """
    newest = Round.objects.filter(project=project).order_by("-number").first()
    reason = reason.strip()
    _check_word(newest, rule, labels, reason)
    assert newest is not None  # by the check
    n_labels = exchange.n_labels(project.pk)
    word = GoneOn.objects.create(
        project=project,
        actor=actor,
        rule=rule,
        round_number=newest.number,
        n_labels=n_labels,
        until_labels=n_labels + labels,
        reason=reason,
    )
    exchange.note(
        "stop.go_on", actor=actor, project=project, target=rule,
        after={"until_labels": word.until_labels, "reason": reason},
    )  # fmt: skip
    if not (_stopping(newest) - gone_on(project.pk, n_labels=n_labels).keys()):
        _resume(project, actor=actor, now=now)
    return word


def _resume(project: Project, *, actor: User, now: datetime) -> None:
    project.refresh_from_db(fields=["status"])
    if project.status == "paused":
        exchange.go_on(project, actor=actor, now=now)


def _check_word(newest: Round | None, rule: str, labels: int, reason: str) -> None:
    if rule in EXACT:
        raise ValidationError("Raise the budget or import items: nothing is left to hand out.")
    if newest is None or rule not in _stopping(newest):
        raise ValidationError(f"The rule {rule!r} does not say stop.")
    if not 1 <= labels <= MOST_LABELS:
        raise ValidationError(f"Labels must be between 1 and {MOST_LABELS:,}; {labels:,} is not.")
    if not 1 <= len(reason) <= 500:
        raise ValidationError(f"Give a reason of at most 500 characters; this has {len(reason)}.")


def _stopping(newest: Round) -> set[str]:
    return {verdict["rule"] for verdict in newest.verdicts if verdict["stop"]}


def _plain(selection: SelectionConfig) -> dict[str, Any]:
    return {
        "is_enabled": selection.is_enabled,
        "on_stop": selection.on_stop,
        "features": selection.features,
        "config": selection.config,
    }
