"""Feature rows on disk: what is committed is there, what is not is not."""

import json
import multiprocessing
import os
import pickle
import signal

import numpy as np
import pytest

from selection.feature_store import FeatureStore, StoreError, keys_of

WIDTH = 3


def store(root, **changes):
    return FeatureStore(root, changes.pop("version", "test-1"), WIDTH, **changes)


def rows_of(hashes):
    """Return a row that can be told from its hash: h7 gives (7, 14, 21)."""
    return np.array([[int(each[1:]) * k for k in (1, 2, 3)] for each in hashes], dtype=np.float32)


def names(numbers):
    return [f"h{number}" for number in numbers]


def test_rows_come_back_in_any_order(tmp_path):
    kept = store(tmp_path)
    kept.append(names(range(10)), rows_of(names(range(10))))

    matrix = kept.open_matrix(names([7, 2, 9]))

    np.testing.assert_array_equal(matrix[np.arange(3)], rows_of(names([7, 2, 9])))
    np.testing.assert_array_equal(matrix[1], rows_of(["h2"])[0])
    np.testing.assert_array_equal(matrix[1:], rows_of(names([2, 9])))
    assert matrix.shape == (3, WIDTH)
    assert matrix.dtype == np.float16


def test_rows_in_stored_order_are_mapped_without_a_copy(tmp_path):
    kept = store(tmp_path)
    kept.append(names(range(10)), rows_of(names(range(10))))

    assert isinstance(kept.open_matrix(names(range(5)))[1:4], np.memmap)


def test_runs_across_shards_gaps_and_repeats_are_read_as_asked(tmp_path):
    kept = store(tmp_path, shard_rows=4)
    kept.append(names(range(12)), rows_of(names(range(12))))
    order = [5, 6, 7, 8, 9, 2, 2, 0, 11]

    matrix = kept.open_matrix(names(order))

    for key in (slice(None), slice(0, 5), slice(4, 8), slice(3, 3), [8, 0, 6], [-1]):
        expected = rows_of(names(np.array(order)[key]))
        np.testing.assert_array_equal(matrix[key], expected.reshape(-1, WIDTH))


def test_matrix_is_sent_to_another_process_as_names_of_files(tmp_path):
    kept = store(tmp_path)
    kept.append(names(range(5000)), rows_of(names(np.arange(5000) % 500)))
    matrix = kept.open_matrix(names([*range(2000), *range(3000, 5000)]))

    sent = pickle.dumps(matrix)
    again = pickle.loads(sent)

    # Two runs of rows; the 4,000 rows themselves would take 24 kB.
    assert len(sent) < 2000
    np.testing.assert_array_equal(again[:], matrix[:])


def test_only_unseen_items_are_encoded(tmp_path):
    kept, asked = store(tmp_path), []
    hashes = names(range(10))

    def encode(indices):
        asked.extend(indices.tolist())
        return rows_of([hashes[index] for index in indices])

    kept.append(names([3, 4]), rows_of(names([3, 4])))
    new = kept.fill(hashes, encode, chunk=3)

    assert new == 8
    assert asked == [0, 1, 2, 5, 6, 7, 8, 9]
    assert kept.fill(hashes, encode) == 0


def test_equal_items_share_a_row(tmp_path):
    kept = store(tmp_path)

    assert kept.append(["h1", "h1", "h2"], rows_of(["h1", "h1", "h2"])) == 2
    assert kept.append(["h2"], rows_of(["h2"])) == 0
    assert kept.rows_for(["h1", "h2", "h1"]).tolist() == [0, 1, 0]


def test_rows_survive_a_restart(tmp_path):
    store(tmp_path).append(names(range(4)), rows_of(names(range(4))))

    again = store(tmp_path)

    assert len(again) == 4
    np.testing.assert_array_equal(again.open_matrix(["h3"])[:], rows_of(["h3"]))


def test_rows_spread_over_shards(tmp_path):
    kept = store(tmp_path, shard_rows=4)
    for start in range(0, 10, 3):
        some = names(range(start, min(start + 3, 10)))
        kept.append(some, rows_of(some))

    matrix = kept.open_matrix(names(range(10)))

    assert len(list(kept.folder.glob("shard-*.npy"))) == 3
    np.testing.assert_array_equal(matrix[:], rows_of(names(range(10))))
    np.testing.assert_array_equal(matrix[[9, 0]], rows_of(names([9, 0])))


def test_full_shard_is_a_plain_npy_file(tmp_path):
    kept = store(tmp_path, shard_rows=4)
    kept.append(names(range(5)), rows_of(names(range(5))))

    loaded = np.load(kept.folder / "shard-00000.npy", allow_pickle=False)

    np.testing.assert_array_equal(loaded, rows_of(names(range(4))))


def test_left_overs_of_a_killed_writer_are_ignored_and_overwritten(tmp_path):
    kept = store(tmp_path)
    kept.append(["h1"], rows_of(["h1"]))
    for path in (kept.folder / "shard-00000.npy", kept.folder / "keys.u64"):
        with path.open("ab") as file:
            file.write(b"\x07" * 11)

    again = store(tmp_path)
    again.append(["h2"], rows_of(["h2"]))

    np.testing.assert_array_equal(again.open_matrix(["h2", "h1"])[:], rows_of(["h2", "h1"]))


def _write_until_killed(root):
    kept = store(root, shard_rows=64)
    for start in range(0, 1_000_000, 5):
        some = names(range(start % 2000, start % 2000 + 5))
        kept.append([f"{each}{start // 2000}" for each in some], rows_of(some))


def test_killed_writer_leaves_only_whole_rows(tmp_path):
    process = multiprocessing.get_context("spawn").Process(
        target=_write_until_killed, args=(tmp_path,)
    )
    process.start()
    while process.is_alive() and (
        not list(tmp_path.glob("*/manifest.json")) or _rows(tmp_path) < 50
    ):
        process.join(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.join()

    kept = store(tmp_path, shard_rows=64)
    found = kept.open_matrix([f"h{number}0" for number in range(50)])

    np.testing.assert_array_equal(found[:], rows_of(names(range(50))))
    assert kept.append(["h999"], rows_of(["h999"])) == 1


def _rows(root):
    return json.loads(next(root.glob("*/manifest.json")).read_text())["rows"]


def _append_range(root, numbers):
    kept = store(root)
    for number in numbers:
        kept.append([f"h{number}"], rows_of([f"h{number}"]))


def test_two_writers_take_turns(tmp_path):
    context = multiprocessing.get_context("spawn")
    writers = [
        context.Process(target=_append_range, args=(tmp_path, numbers))
        for numbers in (range(0, 40), range(20, 60))
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    kept = store(tmp_path)

    assert len(kept) == 60
    np.testing.assert_array_equal(kept.open_matrix(names(range(60)))[:], rows_of(names(range(60))))


def test_row_that_is_not_there_is_an_error(tmp_path):
    kept = store(tmp_path)
    kept.append(["h1"], rows_of(["h1"]))

    with pytest.raises(StoreError, match="2 of 3 items are not encoded yet"):
        kept.open_matrix(["h1", "h2", "h3"])


def test_rows_of_another_encoder_live_elsewhere(tmp_path):
    store(tmp_path).append(["h1"], rows_of(["h1"]))

    assert len(store(tmp_path, version="test-2")) == 0
    with pytest.raises(StoreError, match="of width 3, not test-1 of width 4"):
        FeatureStore(tmp_path, "test-1", 4)


def test_rows_of_the_wrong_shape_or_too_large_are_refused(tmp_path):
    kept = store(tmp_path)

    with pytest.raises(StoreError, match=r"\(1, 2\) rows for 1 x 3"):
        kept.append(["h1"], np.zeros((1, 2), dtype=np.float32))
    with pytest.raises(StoreError, match="finite float16"):
        kept.append(["h1"], np.full((1, 3), 1e6, dtype=np.float32))
    assert len(kept) == 0


def test_keys_made_once_stand_for_their_hashes(tmp_path):
    kept, hashes = store(tmp_path), names(range(8))
    kept.append(keys_of(hashes[:5]), rows_of(hashes[:5]))

    asked = keys_of(hashes)

    assert kept.missing(asked).tolist() == kept.missing(hashes).tolist() == [5, 6, 7]
    assert kept.rows_for(asked[[0, 1, 4, 2]]).tolist() == [0, 1, 4, 2]


def test_empty_store_gives_an_empty_matrix(tmp_path):
    assert store(tmp_path).open_matrix([]).shape == (0, WIDTH)


def test_many_rows_are_found_after_the_sorted_keys_were_rebuilt(tmp_path):
    kept = store(tmp_path)
    hashes = names(range(25_000))
    for start in range(0, 25_000, 12_000):
        some = hashes[start : start + 12_000]
        kept.append(some, np.tile(np.arange(len(some), dtype=np.float32)[:, None], (1, 3)) % 100)

    found = kept.rows_for(hashes[::-1])

    np.testing.assert_array_equal(found, np.arange(25_000)[::-1])
