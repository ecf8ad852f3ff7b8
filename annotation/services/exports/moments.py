"""Reading everything as it was at one moment, while people go on answering.

A thread of its own reads, inside one read transaction: whoever takes its chunks may write to the
database meanwhile (progress, heartbeats), which inside that transaction could not be.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from django.db import connection, transaction

T = TypeVar("T")
# What is read ahead of the writer: the memory an export takes.
AHEAD = 2
LOOK_SECONDS = 0.2


@contextmanager
def read_at_one_moment(read: Callable[[], Iterator[T]]) -> Iterator[Iterator[T]]:
    """Give what `read` yields, all of it as it was when its first row was read.

    What it raises is raised here. When the block is left, the reading ends.
    """
    reader = _Reader(read)
    reader.start()
    try:
        yield reader.taken()
    finally:
        reader.stop()


@contextmanager
def one_moment() -> Iterator[None]:
    """Hold one view of the database; nothing is locked, and nothing may be written inside."""
    if connection.vendor == "postgresql":
        with transaction.atomic():
            _execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    # Not by atomic(): here that would take the turn to write (docs/decisions/0003).
    _execute("BEGIN DEFERRED")
    try:
        yield
    finally:
        _execute("ROLLBACK")


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


class _End:
    """Nothing more comes; `error` says why where something went wrong."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


class _Reader(threading.Thread, Generic[T]):
    """Reads ahead a little, until all is read or nobody wants more."""

    def __init__(self, read: Callable[[], Iterator[T]]) -> None:
        super().__init__(name="export-reader", daemon=True)
        self._read = read
        self._ready: queue.Queue[T | _End] = queue.Queue(maxsize=AHEAD)
        self._is_unwanted = threading.Event()

    def run(self) -> None:
        try:
            with one_moment():
                for each in self._read():
                    if not self._put(each):
                        return
            self._put(_End())
        except BaseException as error:  # told where the chunks are taken
            self._put(_End(error))
        finally:
            connection.close()

    def taken(self) -> Iterator[T]:
        while not isinstance(each := self._ready.get(), _End):
            yield each
        if each.error is not None:
            raise each.error

    def stop(self) -> None:
        self._is_unwanted.set()
        self.join()

    def _put(self, each: T | _End) -> bool:
        """Hand it over as soon as there is room; False when nobody wants it any more."""
        while not self._is_unwanted.is_set():
            try:
                self._ready.put(each, timeout=LOOK_SECONDS)
            except queue.Full:
                continue
            return True
        return False
