"""Sentence vectors without torch: word pieces, arrays on disk, the layers, where a model is."""

import json
from importlib.util import find_spec

import numpy as np
import pytest
from safetensors.numpy import save_file

from selection.core.features import state
from selection.core.features.bert import BertSentences, is_readable
from selection.core.features.finding import OFF, PACKAGE, find_model
from selection.core.features.payloads import TextPayload
from selection.core.features.sentence import SentenceEncoder
from selection.core.features.tensors import open_tensors
from selection.core.features.wordpiece import WordPieces
from selection.core.types import CoreError
from tests.selection.core.bert_folder import PIECES, write_model, write_pooling

# What transformers 5.3 with torch 2.13 makes of the texts "playings" and "game" with the arrays
# of bert_folder.weights(): the mean over tokens, of length 1, and the first token.
MEAN = [
    [-0.228457, -0.018854, 0.486108, 0.549304, 0.502592, -0.023348, -0.370409, 0.138091],
    [-0.122943, -0.024098, 0.453267, 0.496381, 0.640082, -0.106934, -0.307285, 0.129982],
]
FIRST = [
    [-0.227044, -0.014566, 0.482807, 0.513429, 0.543207, -0.015077, -0.371334, 0.135415],
    [-0.065356, -0.021783, 0.427837, 0.447238, 0.709088, -0.096473, -0.292884, 0.119559],
]
TEXTS = ["playings", "game"]


@pytest.fixture
def folder(tmp_path):
    return write_model(tmp_path / "model")


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("playings", "play ##ing ##s"),
        ("The  GAME,\tplay", "the game , play"),
        ("Café\u0301", "cafe"),
        ("game球game", "game 球 game"),
        ("ga\u200bme\x00", "game"),
        ("gamers play", "[UNK] play"),
        ("play" * 26, "[UNK]"),
        ("the—game", "the [UNK] game"),
        ("", ""),
    ],
)
def test_text_becomes_the_longest_known_pieces(text, pieces):
    words = WordPieces({piece: n for n, piece in enumerate(PIECES)})

    found = words.encode(text, 64)

    assert " ".join(PIECES[n] for n in found) == f"[CLS] {pieces} [SEP]".replace("  ", " ")


def test_text_is_cut_at_the_limit_of_pieces():
    words = WordPieces({piece: n for n, piece in enumerate(PIECES)})

    assert words.encode("the game " * 50, 4) == [2, 9, 8, 3]


def test_arrays_are_read_from_disk_as_they_were_written(tmp_path):
    given = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.ones(2, np.float16)}
    save_file(given, tmp_path / "x.safetensors")

    found = open_tensors(tmp_path / "x.safetensors")

    for name, array in given.items():
        np.testing.assert_array_equal(found[name], array)
        assert not found[name].flags.writeable


def test_bfloat16_becomes_float32(tmp_path):
    # the upper half of float32: 1.0 is 0x3F80, -2.5 is 0xC020
    header = json.dumps({"a": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}).encode()
    data = np.array([0x3F80, 0xC020], dtype="<u2").tobytes()
    path = tmp_path / "x.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + data)

    assert open_tensors(path)["a"].tolist() == [1.0, -2.5]


def test_file_that_was_cut_short_is_refused(folder):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-10])

    with pytest.raises(CoreError, match="not a whole .safetensors file"):
        open_tensors(path)


def test_rows_are_those_of_torch_by_the_mean_over_tokens(folder):
    rows = BertSentences(folder, 128).encode(TEXTS)

    np.testing.assert_allclose(rows, MEAN, atol=2e-6)


def test_rows_are_those_of_torch_by_the_first_token(folder):
    write_pooling(folder, "cls_token")

    rows = BertSentences(folder, 128).encode(TEXTS)

    np.testing.assert_allclose(rows, FIRST, atol=2e-6)


def test_row_does_not_depend_on_the_texts_beside_it(folder):
    model = BertSentences(folder, 128)

    together = model.encode(["the game, the game", *TEXTS, "", "球"])

    np.testing.assert_allclose(together[1:3], MEAN, atol=2e-6)
    assert np.isfinite(together).all()


def test_limit_is_the_least_of_setting_and_model(folder):
    assert BertSentences(folder, 128).limit == 10
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 6}')
    assert BertSentences(folder, 128).limit == 6
    assert BertSentences(folder, 4).limit == 4


@pytest.mark.parametrize("change", [{"model_type": "roberta"}, {"hidden_act": "relu"}])
def test_other_kinds_of_model_are_left_to_the_extra(tmp_path, change):
    folder = write_model(tmp_path / "model", **change)

    assert not is_readable(folder)
    if not find_spec("sentence_transformers"):
        with pytest.raises(CoreError, match="needs the extra 'embeddings'"):
            SentenceEncoder(str(folder), 128)


def test_pooling_that_is_neither_mean_nor_first_is_left_to_the_extra(folder):
    write_pooling(folder, "max_tokens")

    assert not is_readable(folder)


def test_encoder_is_kept_by_name_and_its_version_tells_the_weights(folder, tmp_path):
    encoder = SentenceEncoder.fit([], rng=np.random.default_rng(0), model=str(folder))
    state.save("text_sentence", encoder, tmp_path / "kept")

    again = state.load(tmp_path / "kept")

    assert again.version == encoder.version
    np.testing.assert_array_equal(
        again.encode([TextPayload(text) for text in TEXTS]), encoder.encode_texts(TEXTS)
    )
    assert SentenceEncoder(str(folder), 8).version != encoder.version
    arrays = open_tensors(folder / "model.safetensors")
    changed = {name: np.array(array) for name, array in arrays.items()}
    changed["embeddings.LayerNorm.bias"] += 1
    save_file(changed, folder / "model.safetensors")
    assert SentenceEncoder(str(folder), 128).version != encoder.version


def test_no_model_is_at_hand_when_it_is_switched_off():
    assert find_model(OFF) == ""
    with pytest.raises(CoreError, match="no sentence model is at hand"):
        SentenceEncoder(OFF, 128)


def test_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(CoreError, match="there is no such folder"):
        SentenceEncoder(str(tmp_path / "nowhere"), 128)


def test_package_with_other_weights_is_not_used(tmp_path, monkeypatch):
    package = tmp_path / PACKAGE
    write_model(package / "model")
    (package / "__init__.py").write_text("")
    monkeypatch.setattr("sys.path", [str(tmp_path)])

    assert find_spec(PACKAGE) is not None
    assert find_model("") == ""
