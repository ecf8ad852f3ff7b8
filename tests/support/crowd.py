"""Many people in processes of their own, half of them killed at random points and replaced.

Each writes down what the program acknowledged, outside the database and after every answer, so
that what it said can be compared with what it kept.
"""

import json
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

from annotation.models import Project, User
from annotation.oracle import CardSeen
from tests.support.faults import close_connections
from tests.support.invariants import Acknowledged
from tests.support.seats import Seat

IDLE_SECONDS = 0.15
# Of a hundred turns so many pass, take back, or leave; of a hundred answers so many go out twice.
SKIPS, UNDOS, LEAVES, TWICE = 2, 3, 2, 20


@dataclass
class Person:
    """One child process, and what it wrote down."""

    user: User
    notes: Path
    pid: int = 0


@dataclass
class Crowd:
    """The people of one run. `seat_of` is called in the child, to sit down there."""

    folder: Path
    classes: list[int]
    seat_of: Callable[[User], Seat]
    people: list[Person] = field(default_factory=list)
    gone: list[Person] = field(default_factory=list)

    def join(self, user: User, *, seed: int) -> Person:
        person = Person(user, self.folder / f"notes-{len(self.people) + len(self.gone)}.jsonl")
        person.notes.touch()
        close_connections()
        person.pid = os.fork()
        if not person.pid:
            _live(self, person, seed)
        self.people.append(person)
        return person

    def kill(self, person: Person) -> None:
        """End it as a power cut would."""
        os.kill(person.pid, signal.SIGKILL)
        os.waitpid(person.pid, 0)
        self.people.remove(person)
        self.gone.append(person)

    def stop(self) -> None:
        (self.folder / "stop").touch()
        for person in self.people:
            os.waitpid(person.pid, 0)
        self.gone += self.people
        self.people = []

    def is_idle(self) -> bool:
        """Say whether all have found nothing to do when they looked last."""
        last = [lines[-1] if (lines := _lines(each.notes)) else {} for each in self.people]
        return all(line.get("kind") == "nothing" for line in last)

    def acknowledged(self) -> Iterator[Acknowledged]:
        for person, line in self._said():
            if line["kind"] in ("answer", "undo"):
                value = None if line["value"] is None else tuple(line["value"])
                yield Acknowledged(person.user.pk, UUID(line["token"]), value)

    def errors(self) -> list[str]:
        return [line["what"] for _, line in self._said() if line["kind"] == "error"]

    def _said(self) -> Iterator[tuple[Person, dict]]:
        for person in [*self.people, *self.gone]:
            for line in _lines(person.notes):
                yield person, line


def _lines(notes: Path) -> list[dict]:
    """Return what was written whole; a line cut off by a kill was never acknowledged."""
    return [
        json.loads(line)
        for line in notes.read_text().splitlines(keepends=True)
        if line.endswith("\n")
    ]


def _live(crowd: Crowd, person: Person, seed: int) -> None:
    """Work until told to stop; never returns."""
    try:
        _Life(crowd, person, Random(seed)).work()
    except BaseException:
        with person.notes.open("a") as file:
            file.write(json.dumps({"kind": "error", "what": traceback.format_exc()}) + "\n")
    finally:
        os._exit(0)


class _Life:
    """One person's turns in their own process."""

    def __init__(self, crowd: Crowd, person: Person, rng: Random) -> None:
        self._rng = rng
        self._classes = crowd.classes
        self._stop = crowd.folder / "stop"
        # Unbuffered and appended: it survives a SIGKILL.
        self._notes = os.open(person.notes, os.O_WRONLY | os.O_APPEND)
        self._seat = crowd.seat_of(person.user)

    def work(self) -> None:
        while not self._stop.exists():
            card = self._seat.look()
            if card is None:
                self._note(kind="nothing")
                time.sleep(IDLE_SECONDS)
            else:
                self._turn(card)

    def _turn(self, card: CardSeen) -> None:
        turn = self._rng.randrange(100)
        if turn < SKIPS:
            self._seat.skip(card)
            self._note(kind="skip")
        elif turn < SKIPS + UNDOS:
            self._undo()
        elif turn < SKIPS + UNDOS + LEAVES:
            self._seat.leave()
            self._note(kind="leave")
        else:
            self._answer(card)

    def _undo(self) -> None:
        token = uuid4()
        if self._seat.undo(token):
            self._note(kind="undo", token=str(token), value=None)

    def _answer(self, card: CardSeen) -> None:
        chosen = self._rng.choice(self._classes)
        again = self._rng.choice(["after", "at once"]) if self._rng.randrange(100) < TWICE else ""
        self._seat.answer(card, chosen, again=again)
        self._note(kind="answer", token=card.token, value=[chosen])

    def _note(self, **line: object) -> None:
        os.write(self._notes, (json.dumps(line) + "\n").encode())


def finished(project: Project) -> bool:
    """Say whether nothing is out or open any more."""
    return not project.assignments.filter(state__in=["open", "leased"]).exists()
