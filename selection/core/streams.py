"""Independent randomness and a stopwatch for the parts of a round."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np
from numpy.random import Generator

from selection.core.types import RoundFacts


@dataclass(frozen=True)
class Clock:
    """Seconds per part of the round."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def time(self, part: str) -> Iterator[None]:
        start = perf_counter()
        yield
        self.seconds[part] = self.seconds.get(part, 0.0) + perf_counter() - start


def stream(facts: RoundFacts, purpose: str) -> Generator:
    """Independent randomness per round and purpose, so that one part cannot disturb another."""
    return np.random.default_rng([facts.seed, facts.number, *purpose.encode()])
