"""What leads ask of the worker beside rounds. Imports no numbers: pages ask too."""

from annotation import exchange

REPLAY = "replay"


def replay(*, project_id: int, number: int, actor_id: int) -> bool:
    """Ask for a repetition of this round; False while another one is under way."""
    return exchange.open_run(
        kind=REPLAY, project_id=project_id, params={"round": number}, actor_id=actor_id
    )
