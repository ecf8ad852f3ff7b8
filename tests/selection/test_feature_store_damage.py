"""The feature store after kills, on a full disk, and with damaged files."""

import json
import logging
import multiprocessing
import os
import resource
import shutil
import signal

import numpy as np
import pytest

from selection.feature_store import FeatureStore, StoreError
from tests.selection.test_feature_store import names, rows_of, store

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def kept(tmp_path):
    """Ten rows in three shards of four."""
    made = store(tmp_path, shard_rows=4)
    made.append(names(range(10)), rows_of(names(range(10))))
    return made


def reopened(kept):
    return store(kept.folder.parent, shard_rows=4)


def refill(kept):
    """Encode what is missing; return which numbers those were."""
    asked = []

    def encode(indices):
        asked.extend(indices.tolist())
        return rows_of(names(indices))

    kept.fill(names(range(10)), encode)
    np.testing.assert_array_equal(kept.open_matrix(names(range(10)))[:], rows_of(names(range(10))))
    return asked


def overwrite(path, offset, content):
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(content)


def test_damaged_shard_is_named_and_its_items_are_encoded_anew(kept, caplog):
    path = kept.folder / "shard-00001.npy"
    overwrite(path, path.stat().st_size - 3, b"\x11")

    with caplog.at_level(logging.ERROR):
        again = reopened(kept)

    assert f"{kept.folder} is damaged: 6 items are encoded anew" in caplog.text
    assert refill(again) == [4, 5, 6, 7, 8, 9]
    assert len(reopened(kept)) == 10


@pytest.mark.parametrize("size", [0, 100, 140])
def test_shard_cut_short_is_encoded_anew(kept, size):
    os.truncate(kept.folder / "shard-00000.npy", size)

    assert refill(reopened(kept)) == list(range(10))


def test_shard_that_is_gone_is_encoded_anew(kept):
    (kept.folder / "shard-00002.npy").unlink()

    assert refill(reopened(kept)) == [8, 9]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"rows": "many"}', b"\xff\xfe"])
def test_damaged_manifest_is_named_and_everything_is_encoded_anew(kept, content, caplog):
    (kept.folder / "manifest.json").write_bytes(content)

    with caplog.at_level(logging.ERROR):
        again = reopened(kept)

    assert "manifest.json is damaged" in caplog.text
    assert refill(again) == list(range(10))


def test_damaged_keys_are_noticed(kept):
    overwrite(kept.folder / "keys.u64", 16 * 5, b"\x00" * 8)

    assert refill(reopened(kept)) == list(range(10))


def test_copied_files_are_whole_although_their_times_are_new(kept, tmp_path):
    shutil.copytree(kept.folder, tmp_path / "copy" / kept.folder.name)

    copy = store(tmp_path / "copy", shard_rows=4)

    assert refill(copy) == []


def test_store_of_a_version_without_checksums_is_read_and_appended_to(kept):
    path = kept.folder / "manifest.json"
    old = {k: v for k, v in json.loads(path.read_text()).items() if k not in ("birth", "seals")}
    path.write_text(json.dumps(old))

    again = reopened(kept)
    again.append(["h10"], rows_of(["h10"]))

    assert refill(reopened(kept)) == []
    overwrite(kept.folder / "shard-00002.npy", 128, b"\x11")
    assert refill(reopened(kept)) == [8, 9]


def test_process_that_had_the_store_open_follows_a_repair(kept):
    held = reopened(kept)
    assert held.missing(names(range(10))).tolist() == []
    (kept.folder / "shard-00001.npy").unlink()

    reopened(kept).append(["h99"], rows_of(["h99"]))
    held.refresh()

    # Rows 0 to 3 stayed, h99 came behind them.
    assert held.missing(names(range(10))).tolist() == [4, 5, 6, 7, 8, 9]
    assert held.rows_for(["h99"]).tolist() == [4]


def test_single_precision_rows_stand_beside_half_precision_ones(tmp_path):
    store(tmp_path).append(["h1"], rows_of(["h1"]))
    whole = store(tmp_path, dtype="float32")

    whole.append(["h1"], rows_of(["h1"]) + np.float32(1e-6))

    assert whole.open_matrix(["h1"]).dtype == np.float32
    assert whole.open_matrix(["h1"])[0][0] == np.float32(1.000001)
    assert store(tmp_path).open_matrix(["h1"]).dtype == np.float16


def test_precision_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(StoreError, match="'float8' is not a precision"):
        store(tmp_path, dtype="float8")


def _append_on_a_full_disk(root, limit, answers):
    kept = store(root)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        kept.append(names(range(100, 200)), rows_of(names(range(100, 200))))
    except StoreError as error:
        answers.put(str(error))
    answers.put("done")


def test_full_disk_is_a_clear_error_and_loses_nothing(tmp_path):
    kept = store(tmp_path)
    kept.append(names(range(100)), rows_of(names(range(100))))
    # 100 rows of 6 bytes fit behind the header, 200 do not.
    answers = SPAWN.Queue()
    process = SPAWN.Process(target=_append_on_a_full_disk, args=(tmp_path, 1000, answers))
    process.start()
    error = answers.get(timeout=60)
    process.join()

    again = store(tmp_path)

    assert error.endswith("cannot be written: File too large")
    assert len(again) == 100
    assert again.append(names(range(100, 200)), rows_of(names(range(100, 200)))) == 100
    np.testing.assert_array_equal(
        again.open_matrix(names(range(200)))[:], rows_of(names(range(200)))
    )
    assert not list(again.folder.glob(".manifest*"))


def _append_for_ever(root, seed):
    """Every number below 600 in an order of its own, three at a time, again and again."""
    kept, rng = FeatureStore(root, "test-1", 3, shard_rows=64), np.random.default_rng(seed)
    while True:
        for numbers in np.split(rng.permutation(600), 200):
            kept.append(names(numbers), rows_of(names(numbers)))


def test_writers_killed_one_after_the_other_leave_only_whole_rows(tmp_path):
    writers = [SPAWN.Process(target=_append_for_ever, args=(tmp_path, seed)) for seed in range(3)]
    kept = FeatureStore(tmp_path, "test-1", 3, shard_rows=64)
    for writer in writers:
        writer.start()
    for wanted, writer in zip((50, 100, 150), writers, strict=True):
        while len(kept) < wanted:
            writer.join(0.01)
            kept.refresh()
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()

    again = FeatureStore(tmp_path, "test-1", 3, shard_rows=64)
    absent = set(again.missing(names(range(600))).tolist())
    there = names([number for number in range(600) if number not in absent])

    assert len(again) == len(there) >= 150
    np.testing.assert_array_equal(again.open_matrix(there)[:], rows_of(there))
    assert again.append(names(range(600)), rows_of(names(range(600)))) == 600 - len(there)
