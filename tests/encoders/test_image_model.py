"""Vision models, tried on tiny ones of random weights, as transformers writes them."""

import io
from importlib.util import find_spec

import numpy as np
import pytest
from PIL import Image

from selection.core.features import state
from selection.core.features.classes import ReadsText
from selection.core.features.image_model import ImageModelEncoder
from selection.core.features.payloads import ImagePayload
from selection.core.types import CoreError

NEEDS_TORCH = pytest.mark.skipif(
    not (find_spec("torch") and find_spec("transformers")),
    reason="vision models need the extra 'embeddings'",
)
SIZE = {"height": 14, "width": 14}


def pictures(n):
    rng = np.random.default_rng(0)
    for _ in range(n):
        buffer = io.BytesIO()
        Image.fromarray(rng.integers(0, 255, (20, 30, 3), dtype=np.uint8)).save(buffer, "PNG")
        yield ImagePayload(buffer.getvalue())


@pytest.fixture
def dino(tmp_path):
    transformers = pytest.importorskip("transformers")
    config = transformers.Dinov2Config(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, image_size=14, patch_size=7
    )
    transformers.Dinov2Model(config).save_pretrained(tmp_path)
    transformers.BitImageProcessor(size={"shortest_edge": 14}, crop_size=SIZE).save_pretrained(
        tmp_path
    )
    return tmp_path


def opened(folder):
    return ImageModelEncoder.fit((), rng=np.random.default_rng(0), model=str(folder))


@NEEDS_TORCH
def test_images_become_rows_of_length_one_and_the_same_after_a_restart(dino, tmp_path_factory):
    encoder = opened(dino)
    payloads = list(pictures(20))

    rows = encoder.encode(payloads)

    assert (rows.shape, encoder.width) == ((20, 16), 16)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    kept = tmp_path_factory.mktemp("kept")
    state.save("image_model", encoder, kept)
    again = state.load(kept)
    assert again.version == encoder.version
    np.testing.assert_allclose(again.encode(payloads), rows, atol=1e-6)


@NEEDS_TORCH
def test_model_without_a_side_for_texts_reads_no_classes(dino):
    assert not isinstance(opened(dino), ReadsText)


@NEEDS_TORCH
def test_clip_reads_the_classes_where_it_puts_images(tmp_path):
    transformers = pytest.importorskip("transformers")
    write_clip(tmp_path, transformers)

    encoder = opened(tmp_path)

    assert isinstance(encoder, ReadsText)
    assert encoder.encode(list(pictures(2))).shape == (2, 12)
    assert encoder.encode_texts(["a b", "b"]).shape == (2, 12)


def write_clip(folder, transformers):
    small = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1}
    heads = {"num_attention_heads": 2}
    words = ["<pad>", "a", "b", "<|startoftext|>", "<|endoftext|>"]
    config = transformers.CLIPConfig(
        text_config={
            **small, **heads, "vocab_size": 5, "max_position_embeddings": 8, "bos_token_id": 3,
            "eos_token_id": 4, "pad_token_id": 0,
        },
        vision_config={**small, **heads, "image_size": 14, "patch_size": 7},
        projection_dim=12,
    )  # fmt: skip
    transformers.CLIPModel(config).save_pretrained(folder)
    transformers.CLIPImageProcessor(size={"shortest_edge": 14}, crop_size=SIZE).save_pretrained(
        folder
    )
    tokenizers = pytest.importorskip("tokenizers")
    inner = tokenizers.Tokenizer(
        tokenizers.models.WordLevel({w: n for n, w in enumerate(words)}, unk_token="<pad>")
    )
    inner.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    ends = {"bos_token": words[3], "eos_token": words[4], "pad_token": words[0]}
    transformers.PreTrainedTokenizerFast(tokenizer_object=inner, **ends).save_pretrained(folder)


def test_no_model_named_is_refused():
    with pytest.raises(CoreError, match="no image model is named"):
        opened("")


@pytest.mark.skipif(bool(find_spec("transformers")), reason="the extra is installed")
def test_model_without_the_extra_is_refused():
    with pytest.raises(CoreError, match="needs the extra 'embeddings'"):
        opened("somebody/model")
