"""Where the pool goes by in pieces: here, in threads, in processes, or on a Dask cluster.

The pieces are cut by the caller, whatever the number of workers, and the answers come back in
the order of the pieces: so the result does not depend on who computed it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

from joblib import Parallel, delayed

from selection.core.types import CoreError, Executor

KINDS = ("serial", "threads", "processes", "dask")
DASK_RETRIES = 3


def map_chunks(
    function: Callable[..., Any],
    parts: Sequence[Any],
    *small: Any,
    executor: Executor | None = None,
) -> Iterator[Any]:
    """function(part, *small) for each part, in the order of the parts.

    Shapes, unit: the function's. Errors: the function's, from wherever it ran. Source: ours.
    Parts and small are sent to where the work is done: positions and models, never rows; a
    feature matrix of the store goes as the names of its files. Without an executor: here, one
    after the other.
    """
    call = partial(_called, function, small)
    yield from (executor or Serial()).run(call, parts)


@contextmanager
def open_executor(kind: str, *, workers: int = 1, address: str = "") -> Iterator[Executor]:
    """The executor of that kind while the block lasts.

    Shapes: none. Unit: workers are threads or processes of this machine; a Dask cluster brings
    its own, found at address. Raises CoreError on an unknown kind, fewer than one worker, or
    Dask without an address or its installation. Source: ours.
    """
    if kind not in KINDS:
        raise CoreError(f"executor: {kind!r} is not allowed; must be one of {', '.join(KINDS)}")
    if workers < 1:
        raise CoreError(f"executor: {workers} workers; at least 1 is needed")
    if kind == "dask":
        with _dask_client(address) as client:
            yield Dask(client)
    elif kind == "threads":
        with ThreadPoolExecutor(workers) as pool:
            yield Threads(pool)
    else:
        yield Processes(workers) if kind == "processes" else Serial()


@dataclass(frozen=True)
class Serial:
    """Here, one after the other."""

    def run(self, call: Callable[[Any], Any], parts: Sequence[Any]) -> Iterable[Any]:
        """Source: none."""
        return map(call, parts)


@dataclass(frozen=True)
class Threads:
    """In this process: numpy lets go of the interpreter while it computes."""

    pool: ThreadPoolExecutor

    def run(self, call: Callable[[Any], Any], parts: Sequence[Any]) -> Iterable[Any]:
        """Source: none."""
        return self.pool.map(call, parts)


@dataclass(frozen=True)
class Processes:
    """In processes of this machine, which joblib keeps for the next call, one BLAS thread each."""

    workers: int

    def run(self, call: Callable[[Any], Any], parts: Sequence[Any]) -> Iterable[Any]:
        """Source: none."""
        answers: Iterable[Any] = Parallel(
            self.workers, backend="loky", inner_max_num_threads=1, return_as="generator"
        )(delayed(call)(part) for part in parts)
        return answers


@dataclass(frozen=True)
class Dask:
    """On a cluster that reads the same files; what a dead worker held is done again."""

    client: Any

    def run(self, call: Callable[[Any], Any], parts: Sequence[Any]) -> Iterable[Any]:
        """Source: none."""
        futures = self.client.map(call, parts, pure=False, retries=DASK_RETRIES)
        answers: Iterable[Any] = self.client.gather(futures)
        return answers


def _called(function: Callable[..., Any], small: tuple[Any, ...], part: Any) -> Any:
    return function(part, *small)


@contextmanager
def _dask_client(address: str) -> Iterator[Any]:
    if not address:
        raise CoreError("executor: dask needs the address of its scheduler")
    try:
        distributed = import_module("distributed")
    except ImportError as missing:
        raise CoreError("executor: dask is not installed; it is the extra alapp[dask]") from missing
    with distributed.Client(address, set_as_default=False) as client:
        yield client
