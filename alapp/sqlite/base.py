"""SQLite for many writers: who wants to write looks every few milliseconds whether it may.

SQLite itself makes a writer that finds the database busy sleep for up to a tenth of a second at a
time; among others that write without a pause it may find it busy every time, until it gives up
with "database is locked" (docs/decisions/0021). So writers meet at a lock beside the file first,
where waiting costs little. Nothing is made safe by that lock, only fair: whoever has waited there
for long goes on to SQLite's own.
"""

import contextlib
import fcntl
import os
import random
import time
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3.operations import DatabaseOperations

from annotation import append_only

PATIENCE_SECONDS = 10.0
# At the gate wait many, behind it one: it may look more often.
GATE_PAUSE_SECONDS, TURN_PAUSE_SECONDS = 0.004, 0.001


class Operations(DatabaseOperations):
    """Emptying the whole database is a command of its own, which asks first; PostgreSQL's way of
    it passes triggers by, and so must this one. They are put back right after."""

    def sql_flush(self, style: Any, tables: Any, **options: Any) -> list[str]:
        lifting = append_only.lifting("sqlite", set(tables))
        return [*lifting, *super().sql_flush(style, tables, **options)]


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that holds the turn from BEGIN to COMMIT or ROLLBACK.

    Whoever wants it goes through a gate that lets one pass at a time: who has just had the turn
    finds the next one waiting there, and stands behind.
    """

    ops_class = Operations
    _turn: int | None = None

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _take_turn(self) -> None:
        if self._turn is not None or self.is_in_memory_db():
            return
        deadline = time.monotonic() + PATIENCE_SECONDS
        self._turn, gate = self._open("turn"), self._open("gate")
        try:
            _lock(gate, GATE_PAUSE_SECONDS, deadline)
            _lock(self._turn, TURN_PAUSE_SECONDS, deadline)
        finally:
            os.close(gate)

    def _open(self, name: str) -> int:
        beside = f"{self.settings_dict['NAME']}-{name}"
        return os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _end_turn(self) -> None:
        """Closing gives the lock back; so does the end of the process, however it comes."""
        if self._turn is not None:
            os.close(self._turn)
            self._turn = None


def _lock(file: int, pause_seconds: float, deadline: float) -> None:
    """Lock the file, or go on without once the deadline has passed."""
    while time.monotonic() < deadline:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        # Not in step with the others that wait.
        time.sleep(pause_seconds * (0.5 + random.random()))


def __getattr__(name: str) -> Any:
    """Django looks for a few of the backend's names in this module."""
    return getattr(base, name)
