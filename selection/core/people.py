"""People at work on the queue, replayed: several at a time, not always right."""

import heapq
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from selection.core.types import BoolArray, CoreError, FloatArray, IntArray, Picked, Task


@dataclass(frozen=True)
class People:
    """Who answers, and what is known before they start.

    annotators work at once: while one answers the last item of a batch, the others have gone on
    with the reserve, so that up to annotators - 1 items are out when the next round picks.
    noise is the chance that an answer is wrong. imported labels of random items, and per_class
    examples of each class as an expert would pick them, are there before the first round; they
    count as labels.
    """

    annotators: int = 1
    noise: float = 0.0
    imported: int = 0
    per_class: int = 0

    def __post_init__(self) -> None:
        for name, least in (("annotators", 1), ("imported", 0), ("per_class", 0)):
            if getattr(self, name) < least:
                raise CoreError(f"{name} {getattr(self, name)} must be at least {least}")
        if not 0 <= self.noise < 1:
            raise CoreError(f"noise {self.noise} must be at least 0 and below 1")


class Desk:
    """What was answered and what is out with whom. Time runs in mean answers; seeded."""

    def __init__(self, truth: FloatArray, people: People, task: Task, seed: int) -> None:
        self._truth, self._people, self._task = truth, people, task
        self._rng = np.random.default_rng([seed, 3])
        self._votes = np.zeros_like(truth)
        self._answers = np.zeros(len(truth), dtype=np.int64)
        self._order: dict[str, list[int]] = {"train": [], "audit": []}
        # (done at, running number, position, is an audit item, is of the current batch)
        self._out: list[tuple[float, int, int, bool, bool]] = []
        self._now, self._handed = 0.0, 0

    @property
    def spent(self) -> int:
        """Answers given so far, of all purposes."""
        return int(self._answers.sum())

    @property
    def handed(self) -> int:
        """Answers given or on their way: what the budget is charged for."""
        return self.spent + len(self._out)

    @property
    def pending(self) -> IntArray:
        return np.array(sorted(each[2] for each in self._out), dtype=np.int64)

    @property
    def unavailable(self) -> BoolArray:
        mask = self._answers > 0
        mask[self.pending] = True
        return mask

    def positions(self, kind: str) -> IntArray:
        """Answered items in the order of their first answers; kind is train or audit."""
        return np.array(self._order[kind], dtype=np.int64)

    def targets(self, positions: IntArray) -> FloatArray:
        """The share of answers for each class: soft where people disagree."""
        shares: FloatArray = self._votes[positions] / self._answers[positions][:, None]
        return shares

    def answers(self, positions: IntArray) -> IntArray:
        return self._answers[positions]

    def start(self, free: IntArray) -> None:
        """Take in what is known before the first round, from items that may train."""
        people = self._people
        known = self._rng.permutation(free)[: people.imported].tolist()
        for number in range(self._truth.shape[1] if people.per_class else 0):
            members = free[self._truth[free, number] > 0]
            known += self._rng.permutation(members)[: people.per_class].tolist()
        for position in dict.fromkeys(known):
            self._record(position, is_audit=False)

    def work(self, picks: Sequence[Picked], budget: int) -> None:
        """Hand out picks in order until the batch is answered, or all is when there is none.

        What is still out then stays out; what was not begun is taken back.
        """
        queue = deque(picks)
        remaining = sum(not pick.in_reserve for pick in picks)
        self._out = [(*each[:4], False) for each in self._out]
        remaining = min(remaining, max(budget - self.handed, 0))
        is_draining = remaining == 0
        while remaining > 0 or (is_draining and self._out):
            while queue and len(self._out) < self._people.annotators and self.handed < budget:
                self._hand_out(queue.popleft())
            self._now, _, position, is_audit, in_batch = heapq.heappop(self._out)
            self._record(position, is_audit=is_audit)
            remaining -= in_batch

    def _hand_out(self, pick: Picked) -> None:
        done = self._now + float(self._rng.exponential())
        self._handed += 1
        is_audit, in_batch = pick.purpose == "audit", not pick.in_reserve
        heapq.heappush(self._out, (done, self._handed, pick.position, is_audit, in_batch))

    def _record(self, position: int, *, is_audit: bool) -> None:
        if self._answers[position] == 0:
            self._order["audit" if is_audit else "train"].append(position)
        self._votes[position] += self._answer(position)
        self._answers[position] += 1

    def _answer(self, position: int) -> FloatArray:
        """The truth, or with the chance of noise another class; of several, one turned round."""
        answer: FloatArray = self._truth[position].copy()
        n_classes = len(answer)
        if self._rng.random() >= self._people.noise or n_classes < 2:
            return answer
        if self._task == "multi":
            number = int(self._rng.integers(n_classes))
            answer[number] = 1 - answer[number]
            return answer
        wrong = (int(answer.argmax()) + 1 + int(self._rng.integers(n_classes - 1))) % n_classes
        other: FloatArray = np.eye(n_classes)[wrong]
        return other
