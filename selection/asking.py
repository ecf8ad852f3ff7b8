"""What leads ask of the worker beside rounds. Imports no numbers: pages ask too."""

from annotation import exchange
from selection.models import PoolMap

REPLAY, MAP = "replay", "map"


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
