"""The packaged sentence model, as "make test-encoders" installs it: real weights, real vectors."""

import csv
import gzip
import os
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from selection.core.features.finding import PACKAGE, find_model
from selection.core.features.sentence import SentenceEncoder

pytestmark = pytest.mark.skipif(
    find_spec(PACKAGE) is None, reason="no sentence model: make test-encoders installs it"
)
# Folders of texts with vectors of sentence-transformers beside them.
DATA = os.environ.get("ALAPP_BENCHMARK_DATA", "")
# The first six numbers sentence-transformers 6.2 with torch 2.13 gives for these texts.
REFERENCE = {
    "What is the capital of France?": [
        0.082048, 0.036056, -0.003893, -0.004881, 0.025651, -0.057144
    ],
    "Ein Café — naïve façade; 東京 tower!": [
        0.029299, 0.110499, 0.036897, -0.005136, -0.019992, -0.001622
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def encoder():
    return SentenceEncoder("", 128)


def test_weights_are_those_that_were_published():
    assert Path(find_model("")).is_dir()


def test_rows_are_those_of_torch(encoder):
    rows = encoder.encode_texts(list(REFERENCE))

    assert rows.shape == (2, 384)
    np.testing.assert_allclose(rows[:, :6], list(REFERENCE.values()), atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_like_texts_are_close_and_others_are_not(encoder):
    rows = encoder.encode_texts(
        ["My card was stolen", "Somebody took my bank card", "The team won the match"]
    )

    closeness = rows @ rows.T
    assert closeness[0, 1] > 0.6 > 0.3 > closeness[0, 2]


@pytest.mark.parametrize("name", ["trec6", "sms_spam", "ag_news"])
def test_rows_are_those_stored_beside_the_benchmarks(encoder, name):
    folder = Path(DATA) / name
    if not DATA or not folder.is_dir():
        pytest.skip("ALAPP_BENCHMARK_DATA names no folder with these texts")
    with gzip.open(folder / "test.csv.gz", "rt", encoding="utf-8") as file:
        texts = [row["text"] for row in csv.DictReader(file)][:64]

    rows = encoder.encode_texts(texts)

    stored = np.load(folder / "test.minilm.npy")[:64].astype(np.float32)
    cosines = (rows * stored).sum(axis=1) / np.linalg.norm(stored, axis=1)
    assert cosines.min() >= 0.999
