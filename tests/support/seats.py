"""Two ways to sit at the desk: by the services in this process, or by HTTP as the page does."""

import threading
from collections.abc import Callable
from typing import Protocol
from uuid import UUID, uuid4

from django.db import connection

from alapp.clock import database_now
from alapp.errors import Conflict
from annotation.models import Project, User
from annotation.oracle import CardSeen, Page, PageError
from annotation.services import labels, queue


class Seat(Protocol):
    """What a person does; `card` is what `look` gave. To skip what ran out meanwhile, or to take
    back what is not there, is refused: False."""

    def look(self) -> CardSeen | None: ...

    def answer(self, card: CardSeen, class_id: int, *, again: str) -> None: ...

    def skip(self, card: CardSeen) -> bool: ...

    def undo(self, token: UUID) -> bool: ...

    def leave(self) -> None: ...


class ServiceSeat:
    """A seat in this process: the calls a view makes, each with its own look at the clock."""

    def __init__(self, project: Project, person: User) -> None:
        self._project = project
        self._person = person

    def look(self) -> CardSeen | None:
        desk = queue.sit_down(project=self._project, annotator=self._person, now=database_now())
        front = desk.assignments[:1]
        return CardSeen(front[0].pk, "", str(uuid4())) if front else None

    def answer(self, card: CardSeen, class_id: int, *, again: str) -> None:
        answer = labels.Answer([class_id], UUID(card.token), active_ms=1_500, wall_ms=2_000)
        _send(lambda: self._record(card.assignment_id, answer), again)

    def _record(self, assignment_id: int, answer: labels.Answer) -> None:
        labels.record(
            project=self._project,
            assignment_id=assignment_id,
            annotator=self._person,
            answer=answer,
            now=database_now(),
        )

    def skip(self, card: CardSeen) -> bool:
        try:
            queue.skip(
                project=self._project,
                assignment_id=card.assignment_id,
                annotator=self._person,
                reason="unsure",
                now=database_now(),
            )
        except Conflict:
            return False
        return True

    def undo(self, token: UUID) -> bool:
        try:
            labels.undo(
                project=self._project, annotator=self._person, token=token, now=database_now()
            )
        except Conflict:
            return False
        return True

    def leave(self) -> None:
        queue.let_go(project=self._project, annotator=self._person, now=database_now())


class PageSeat(Page):
    """A seat at the real page, as a browser holds it; it sends again while nobody answers."""

    def look(self) -> CardSeen | None:
        # Every look a new one: another's decision may have changed what lies in front.
        self._order = []
        return super().look()

    def answer(self, card: CardSeen, class_id: int, *, again: str) -> None:  # type: ignore[override]
        fields: dict[str, object] = {
            "ticket": card.ticket,
            "client_token": card.token,
            "classes": [class_id],
            "active_ms": 1_500,
            "wall_ms": 2_000,
        }
        _send(lambda: self._send(f"{self._label}answer/", fields), again)
        self._cards.pop(card.assignment_id)

    def skip(self, card: CardSeen) -> bool:
        return self._ask("skip/", {"ticket": card.ticket, "reason": "unsure"})

    def undo(self, token: UUID) -> bool:
        return self._ask("undo/", {"client_token": str(token)})

    def _ask(self, path: str, fields: dict[str, object]) -> bool:
        # What the page knows of its cards may be different afterwards.
        self._cards.clear()
        try:
            self._send(self._label + path, fields)
        except PageError as error:
            if " 409 " not in str(error):
                raise
            return False
        return True


def _send(call: Callable[[], object], again: str) -> None:
    """Send once, "after" the first answer again, or twice "at once"; all must be answered."""
    failures: list[BaseException] = []

    def second() -> None:
        try:
            call()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=second) if again == "at once" else None
    if thread:
        thread.start()
    call()
    if thread:
        thread.join()
    if again == "after":
        call()
    if failures:
        raise failures[0]
