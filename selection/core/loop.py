"""run_round: the one function that production and simulation both call."""

from selection.core.config import LoopConfig
from selection.core.types import RoundFacts, RoundResult


def audit_size(n_items: int, config: LoopConfig) -> int:
    """How many leading items of the audit order are reserved: audit_max, at most a quarter."""
    return 0 if config.audit_share == 0 else min(config.audit_max, n_items // 4)


def run_round(facts: RoundFacts, config: LoopConfig) -> RoundResult:
    """Fit, evaluate, judge whether to stop, score and pick: one round, a pure function."""
    raise NotImplementedError
