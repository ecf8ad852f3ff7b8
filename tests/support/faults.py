"""Faults after the k-th statement: an exception, or the process gone as in a power cut."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, connections

# Where a transaction begins and ends is not work done; a fault lies before or after, not within.
FRAMES = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")


class Crash(BaseException):
    """Ends an operation in the middle. Not an Exception: nothing of ours may answer it."""


@dataclass
class Statements:
    """What the connection executed, without the frames of transactions."""

    count: int = 0


@contextmanager
def after_statement(place: int, fault: Callable[[], None]) -> Iterator[Statements]:
    """Let the fault happen after the statement at this place, 1 being the first; 0 counts only."""
    seen = Statements()

    def execute(run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        result = run(sql, params, many, context)
        if not sql.lstrip().upper().startswith(FRAMES):
            seen.count += 1
            if seen.count == place:
                fault()
        return result

    with connection.execute_wrapper(execute):
        yield seen


@contextmanager
def in_another_thread_before(start: str, what: Callable[[], Any]) -> Iterator[Future]:
    """Begin it on another connection just before the first statement that starts so.

    It may have to wait for this connection, so it is waited for at the end.
    """
    done: Future = Future()
    begun: list[threading.Thread] = []

    def elsewhere() -> None:
        try:
            done.set_result(what())
        except BaseException as error:
            done.set_exception(error)
        finally:
            connection.close()

    def execute(run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(start) and not begun:
            begun.append(threading.Thread(target=elsewhere))
            begun[0].start()
            # Time to come to where the two meet; enough or not, the outcome is the same.
            begun[0].join(timeout=0.5)
        return run(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield done
    for thread in begun:
        thread.join()


def crash() -> None:
    raise Crash


def power_cut() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def count_statements(operation: Callable[[], object]) -> int:
    """Return how many statements the operation takes; what it writes stays."""
    with after_statement(0, crash) as seen:
        operation()
    return seen.count


def close_connections() -> None:
    """Close every connection, pooled ones too: a fork must not share sockets with its parent."""
    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]
