"""Independent randomness and a stopwatch for the parts of a round."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter, process_time

import numpy as np
from numpy.random import Generator

from selection.core.types import RoundFacts


@dataclass(frozen=True)
class Clock:
    """Seconds per part of the round, by the clock on the wall and of this process's CPU."""

    seconds: dict[str, float] = field(default_factory=dict)
    cpu_seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def time(self, part: str) -> Iterator[None]:
        start, cpu = perf_counter(), process_time()
        yield
        self.seconds[part] = self.seconds.get(part, 0.0) + perf_counter() - start
        self.cpu_seconds[part] = self.cpu_seconds.get(part, 0.0) + process_time() - cpu


def stream(facts: RoundFacts, purpose: str) -> Generator:
    """Independent randomness per round and purpose, so that one part cannot disturb another."""
    return np.random.default_rng([facts.seed, facts.number, *purpose.encode()])
