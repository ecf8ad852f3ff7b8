"""Whoever works through the pool, the answer is the same."""

import os
import time

import numpy as np
import pytest

from selection.core import chunks
from selection.core.chunks import map_rows
from selection.core.config import LoopConfig
from selection.core.executors import map_chunks, open_executor
from selection.core.loop import run_round
from selection.core.types import CoreError
from selection.feature_store import FeatureStore
from tests.selection.core.worlds import blobs, facts_of, trainable

EVERY_WAY = pytest.mark.parametrize(
    ("kind", "workers"), [("serial", 1), ("threads", 4), ("processes", 1), ("processes", 4)]
)
N_CLASSES = 3


@pytest.fixture
def small_tasks(monkeypatch):
    """The pool of these tests in several tasks; cut here, whoever works through them."""
    monkeypatch.setattr(chunks, "TASK_ROWS", 250)


@pytest.fixture
def facts(tmp_path):
    """1,500 items in a feature store of 3 shards, 30 of them labelled."""
    X, classes = blobs(n_per_class=500, n_classes=N_CLASSES)
    hashes = [str(number) for number in range(len(X))]
    store = FeatureStore(tmp_path, "test-1", X.shape[1], shard_rows=512)
    store.append(hashes, X)
    made = facts_of(store.open_matrix(hashes), classes, n_classes=N_CLASSES)
    return facts_of(
        made.features, classes, train=trainable(made, 300, 30), n_classes=N_CLASSES, seed=3
    )


def square_slowly(part, first):
    """The first part takes longest, so that it would come last if order were not kept."""
    time.sleep(0.2 if part == first else 0)
    return part * part


def refuse(part):
    raise CoreError(f"part {part} is refused")


def process_of(part):
    return os.getpid()


@EVERY_WAY
def test_answers_come_in_the_order_of_the_parts(kind, workers):
    with open_executor(kind, workers=workers) as executor:
        found = list(map_chunks(square_slowly, [7, 2, 3], 7, executor=executor))

    assert found == [49, 4, 9]


@EVERY_WAY
def test_error_of_a_part_arrives(kind, workers):
    with (
        open_executor(kind, workers=workers) as executor,
        pytest.raises(CoreError, match="part 5 is refused"),
    ):
        list(map_chunks(refuse, [5], executor=executor))


def test_processes_are_other_processes():
    with open_executor("processes", workers=2) as executor:
        found = set(map_chunks(process_of, range(8), executor=executor))

    assert os.getpid() not in found


@EVERY_WAY
def test_numbers_of_rows_are_the_same(small_tasks, facts, kind, workers):
    positions = np.setdiff1d(np.arange(1500), [3, 700, 701])

    with open_executor(kind, workers=workers) as executor:
        found = map_rows(lambda X: X.sum(axis=1), facts.features, positions, executor)

    np.testing.assert_array_equal(
        found, map_rows(lambda X: X.sum(axis=1), facts.features, positions)
    )


@pytest.mark.parametrize("strategy", ["auto", "margin", "random", "farthest_first"])
def test_picks_are_the_same_with_one_and_with_four_workers(small_tasks, facts, strategy):
    config = LoopConfig(strategy=strategy, batch_size=30)
    picks = []

    for kind, workers in (("serial", 1), ("threads", 2), ("processes", 1), ("processes", 4)):
        with open_executor(kind, workers=workers) as executor:
            picks.append(run_round(facts, config, executor=executor).picks)

    assert len(picks[0]) == 50
    assert picks[1:] == picks[:1] * 3


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("sparks", {}, "'sparks' is not allowed; must be one of serial, threads, processes, dask"),
        ("threads", {"workers": 0}, "0 workers; at least 1"),
        ("dask", {}, "needs the address of its scheduler"),
    ],
)
def test_executor_that_cannot_be_is_refused(kind, options, message):
    with pytest.raises(CoreError, match=message), open_executor(kind, **options):
        pass
