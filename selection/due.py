"""Is a round due? Level-triggered: all is derived from rows, whoever looks, whenever.

Imports no estimators, so that web processes may ask too.
"""

from alapp.clock import database_now
from annotation import exchange
from selection.configuration import config_of
from selection.models import Round

RUN = "round"


def look(project_id: int) -> bool:
    """Open a run when a round is due; whoever looks, whenever, reaches the same decision.

    After a round that failed for good there is a pause: it would most likely fail again.
    """
    if exchange.has_open_run(project_id, RUN) or not is_due(project_id):
        return False
    if exchange.is_resting(project_id, RUN, now=database_now()):
        return False
    return exchange.open_run(kind=RUN, project_id=project_id)


def is_due(project_id: int) -> bool:
    """Say whether the tables call for a round.

    The project is active and selects, and either it has had no batch, or nothing more is to be
    waited for in its batch and there is something to learn or to ask: the batch held items, labels
    have come since, or an empty batch could be filled now.
    """
    if not exchange.is_active(project_id) or not config_of(project_id).is_enabled:
        return False
    progress = exchange.progress(project_id, now=database_now())
    if progress.batch is None:
        return exchange.n_askable(project_id) > 0
    if not progress.is_complete:
        return False
    seen = Round.objects.filter(project=project_id).order_by("-number").first()
    if progress.n_wanted > 0 or seen is None or progress.revision > seen.label_revision:
        return True
    return progress.budget_left != 0 and exchange.n_askable(project_id) > 0


def train_now(*, project_id: int, actor_id: int) -> bool:
    """Open a round at a lead's wish; False when one is open already."""
    return exchange.open_run(
        kind=RUN, project_id=project_id, params={"force": True}, actor_id=actor_id
    )
