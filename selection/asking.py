"""What leads ask of the worker beside rounds. Imports no numbers: pages ask too."""

from collections.abc import Sequence
from typing import Any

from annotation import exchange
from selection.models import PoolMap, WhatIf

REPLAY, MAP, WHAT_IF = "replay", "map", "what-if"


def replay(*, project_id: int, number: int, actor_id: int) -> bool:
    """Ask for a repetition of this round; False while another one is under way."""
    return exchange.open_run(
        kind=REPLAY, project_id=project_id, params={"round": number}, actor_id=actor_id
    )


def draw_map(*, project_id: int, method: str, actor_id: int) -> bool:
    """Ask for a map with places found anew; False while one is being drawn."""
    params = {"method": method, "anew": True}
    return exchange.open_run(kind=MAP, project_id=project_id, params=params, actor_id=actor_id)


def refresh_map(project_id: int) -> None:
    """Have the map of a project that has one drawn again, after its model has changed."""
    if PoolMap.objects.filter(project=project_id).exists():
        exchange.open_run(kind=MAP, project_id=project_id)


def what_if(
    *,
    project_id: int,
    actor_id: int,
    config: dict[str, Any],
    variants: Sequence[dict[str, Any]],
    n_seeds: int,
    minutes: int,
) -> WhatIf | None:
    """Ask for other settings to be replayed; None while another such run is under way."""
    if exchange.has_open_run(project_id, WHAT_IF):
        return None
    row = WhatIf.objects.create(
        project_id=project_id,
        created_by_id=actor_id,
        config=config,
        variants=list(variants),
        n_seeds=n_seeds,
        minutes=minutes,
    )
    params = {"what_if": row.pk}
    if exchange.open_run(kind=WHAT_IF, project_id=project_id, params=params, actor_id=actor_id):
        return row
    # Somebody else asked at the same moment.
    row.delete()
    return None


def cancel(*, project_id: int, what_if_id: int) -> bool:
    """End a what-if after the round it is in; False when it has ended already."""
    running = WhatIf.objects.filter(project=project_id, pk=what_if_id, finished_at=None)
    return bool(running.update(is_cancelled=True))
