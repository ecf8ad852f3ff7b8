"""Oracles from files: blocks side by side, vectors of classes, rows kept for the next run."""

import numpy as np
import pytest

from selection.core.config import LoopConfig
from selection.core.datasets import Dataset, DatasetError
from selection.core.features.beside import SideBySide, join
from selection.core.features.classes import class_texts
from selection.core.features.payloads import TextPayload
from selection.core.oracle_cache import cached_oracle, fingerprint
from selection.core.oracles import Recipe, build_oracle
from selection.core.simulation import play
from selection.core.types import CoreError

WORDS = {"money": "bank rate shares", "sport_news": "goal match team"}


def texts(n, seed=0):
    rng = np.random.default_rng(seed)
    labels = [sorted(WORDS)[i % 2] for i in range(n)]
    payloads = [TextPayload(f"{WORDS[name]} {rng.integers(9)}") for name in labels]
    return Dataset("news", "text", tuple(payloads), tuple((name,) for name in labels))


def vectors(n, width=3):
    return np.random.default_rng(1).normal(size=(n, width))


TRAIN, TEST = texts(40), texts(10, seed=1)
GIVEN = (vectors(40), vectors(10))


def test_rows_side_by_side_read_like_the_joined_matrix():
    A, B = vectors(6).astype(np.float16), vectors(6, 2).astype(np.float32)
    matrix, blocks = join([A, B])

    joined = np.hstack([A, B])
    assert isinstance(matrix, SideBySide)
    assert (blocks, matrix.shape, matrix.dtype, len(matrix)) == ((3, 2), (6, 5), np.float32, 6)
    for key in (slice(1, 4), np.array([5, 0, 0]), 2, slice(0, 0)):
        np.testing.assert_array_equal(matrix[key], joined[key])


def test_one_part_stays_as_it_is():
    A = vectors(6)

    assert join([A]) == (A, ())


def test_rows_of_different_lengths_do_not_join():
    with pytest.raises(CoreError, match=r"lengths \[5, 6\]"):
        join([vectors(6), vectors(5)])


def test_class_text_parts_underscores_and_adds_the_description():
    assert class_texts(["lost_card", "x"], {"lost_card": "gone"}) == ["lost card: gone", "x"]


def test_given_vectors_and_words_stand_side_by_side_in_the_loop():
    oracle = build_oracle(TRAIN, TEST, Recipe(features=("given", "text_tfidf"), given=GIVEN))

    assert oracle.classes == ("money", "sport_news")
    assert oracle.blocks[0] == 3
    assert sum(oracle.blocks) == oracle.features.shape[1] == oracle.class_vectors.shape[1]
    lengths = np.linalg.norm(np.asarray(oracle.features[:], np.float64)[:, :3], axis=1)
    np.testing.assert_allclose(lengths, 1, atol=1e-3)
    results = list(play(oracle, LoopConfig(batch_size=5), budget=10, seed=0))
    assert len(results) == 3


def test_words_read_the_names_of_the_classes_and_given_vectors_do_not():
    oracle = build_oracle(TRAIN, TEST, Recipe(features=("given", "text_tfidf"), given=GIVEN))

    assert not oracle.class_vectors[:, :3].any()
    # nobody wrote "money" in a text, so the words know nothing of the name alone
    assert not oracle.class_vectors[0].any()


def test_description_points_to_the_texts_of_its_class():
    recipe = Recipe(descriptions={"money": "bank rate", "sport_news": "the team and its match"})

    oracle = build_oracle(TRAIN, TEST, recipe)

    closeness = np.asarray(oracle.features[:], np.float64) @ oracle.class_vectors.T
    assert (closeness.argmax(axis=1) == oracle.targets.argmax(axis=1)).all()


def test_given_class_vectors_take_the_first_block_and_words_the_rest():
    recipe = Recipe(
        features=("given", "text_tfidf"),
        given=GIVEN,
        class_vectors=np.array([[3.0, 0, 0], [0, 4, 3]]),
        descriptions={"money": "bank"},
    )

    oracle = build_oracle(TRAIN, TEST, recipe)

    # scaled to length 1: (0, 4, 3) / 5
    np.testing.assert_allclose(oracle.class_vectors[:, :3], [[1, 0, 0], [0, 0.8, 0.6]], atol=1e-6)
    assert oracle.class_vectors[0, 3:].any()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"descriptions": {"money": "x"}}, "--class-vectors.*--given-by"),
        ({"descriptions": {"mony": "x"}}, "classes that do not occur: mony"),
        ({"class_vectors": np.zeros((2, 4))}, r"shape \(2, 4\), not \(2, 3\)"),
        ({"class_vectors": np.full((2, 3), np.nan)}, "class vectors hold numbers"),
        ({"features": ("image_plain",)}, "'image_plain' do not read text: use"),
        ({"given": None, "features": ("given",)}, "need vectors for both"),
        ({"given_by": "vectors"}, "no vectors to learn the width"),
    ],
)
def test_recipe_that_cannot_be_followed_is_refused(changes, message):
    with pytest.raises(CoreError, match=message):
        build_oracle(TRAIN, TEST, Recipe(**{"given": GIVEN, **changes}))


def test_label_of_the_test_part_alone_is_refused():
    other = Dataset("b", "text", TEST.payloads[:1], (("war",),))

    with pytest.raises(DatasetError, match="b, row 1: war is no class of train"):
        build_oracle(TRAIN, other)


def test_kept_rows_are_found_again_and_made_anew_for_other_data(tmp_path):
    path = tmp_path / "rows.npz"
    recipe = Recipe(features=("given", "text_tfidf"), given=GIVEN)

    first = cached_oracle(path, TRAIN, TEST, recipe)
    stamp = path.stat().st_mtime_ns
    again = cached_oracle(path, TRAIN, TEST, recipe)

    assert path.stat().st_mtime_ns == stamp
    np.testing.assert_array_equal(again.features[:], first.features[:])
    np.testing.assert_array_equal(again.class_vectors, first.class_vectors)
    assert (again.blocks, again.classes) == (first.blocks, first.classes)

    cached_oracle(path, texts(40, seed=5), TEST, recipe)
    assert path.stat().st_mtime_ns != stamp


def test_broken_file_of_kept_rows_is_made_anew(tmp_path):
    path = tmp_path / "rows.npz"
    path.write_bytes(b"PK not a zip")

    assert len(cached_oracle(path, TRAIN, TEST, Recipe()).targets) == 40
    assert np.load(path)["targets"].shape == (40, 2)


def test_every_part_of_a_recipe_counts_for_what_is_kept():
    recipes = (
        Recipe(),
        Recipe(features=("text_tfidf",)),
        Recipe(params={"text_tfidf": {"width": 8}}),
        Recipe(given=GIVEN),
        Recipe(class_vectors=np.eye(2)),
        Recipe(descriptions={"money": "x"}),
    )

    assert len({fingerprint(TRAIN, TEST, recipe) for recipe in recipes}) == 6
