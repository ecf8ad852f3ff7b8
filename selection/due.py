"""Is a round or the final model due? Level-triggered: derived from rows, whoever looks, whenever.

Imports no estimators, so that web processes may ask too.
"""

from datetime import timedelta

from alapp.clock import database_now
from annotation import exchange
from selection.configuration import config_of
from selection.models import Final, Round
from selection.outside_use import is_behind

RUN, FINAL = "round", "final"
# Decisions that leads make after the stop are gathered, not answered by a model each.
BETWEEN_FINALS = timedelta(minutes=10)


def look(project_id: int) -> bool:
    """Open a run when one is due; whoever looks, whenever, reaches the same decision.

    While a project is active that is a round, after a stop the final model. After a run that
    failed for good there is a pause: it would most likely fail again.
    """
    if exchange.is_stopped(project_id):
        return is_final_due(project_id) and _open(project_id, FINAL)
    return is_due(project_id) and _open(project_id, RUN)


def _open(project_id: int, kind: str) -> bool:
    if exchange.has_open_run(project_id, kind):
        return False
    if exchange.is_resting(project_id, kind, now=database_now()):
        return False
    return exchange.open_run(kind=kind, project_id=project_id)


def is_due(project_id: int) -> bool:
    """Say whether the tables call for a round.

    The project is active and selects, and either it has had no batch, or nothing more is to be
    waited for in its batch and there is something to learn or to ask: the batch held items, labels
    have come since, or an empty batch could be filled now. Also when something was pushed from
    outside for the model that ranked what waits in the queue: that is ranked anew at once.
    """
    if not exchange.is_active(project_id) or not config_of(project_id).is_enabled:
        return False
    progress = exchange.progress(project_id, now=database_now())
    if progress.batch is None:
        return exchange.n_askable(project_id) > 0
    seen = Round.objects.filter(project=project_id).order_by("-number").first()
    if seen is not None and is_behind(seen, config_of(project_id).config):
        return exchange.n_askable(project_id) > 0
    if not progress.is_complete:
        return False
    if progress.n_wanted > 0 or seen is None or progress.revision > seen.label_revision:
        return True
    return progress.budget_left != 0 and exchange.n_askable(project_id) > 0


def is_final_due(project_id: int) -> bool:
    """Say whether a final model is to be made without being asked for.

    The project was stopped (one that a rule paused is not), it selects, its newest round could fit
    a model, and labels stand that no final model has seen.
    """
    if not exchange.is_stopped(project_id) or not config_of(project_id).is_enabled:
        return False
    newest = Round.objects.filter(project=project_id).order_by("-number").first()
    if newest is None or not newest.model_version or not exchange.n_labels(project_id):
        return False
    made = Final.objects.filter(project=project_id).order_by("-number").first()
    if made is None:
        return True
    is_settled = database_now() - made.made_at >= BETWEEN_FINALS
    return made.label_revision < exchange.revision(project_id) and is_settled


def train_now(*, project_id: int, actor_id: int) -> bool:
    """Open a round at a lead's wish; False when one is open already."""
    return exchange.open_run(
        kind=RUN, project_id=project_id, params={"force": True}, actor_id=actor_id
    )
