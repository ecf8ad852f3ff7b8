"""A BERT model of twelve word pieces and eight numbers, written as transformers writes one."""

import json

import numpy as np
from safetensors.numpy import save_file

# The number of a piece is its place.
PIECES = (
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", ",", "play", "##ing", "##s", "game", "the", "cafe", "球",
)  # fmt: skip
CONFIG = {
    "model_type": "bert", "hidden_act": "gelu", "hidden_size": 8, "num_hidden_layers": 2,
    "num_attention_heads": 2, "intermediate_size": 16, "max_position_embeddings": 10,
    "type_vocab_size": 2, "layer_norm_eps": 1e-12, "position_embedding_type": "absolute",
}  # fmt: skip


def write_model(folder, **changes):
    """Write the folder; changes overwrite fields of config.json."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(CONFIG | changes))
    tokenizer = {
        "model": {"type": "WordPiece", "vocab": {piece: n for n, piece in enumerate(PIECES)}},
        "normalizer": {"type": "BertNormalizer", "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    save_file(weights(), folder / "model.safetensors")
    return folder


def write_pooling(folder, mode):
    modules = [
        {"type": "sentence_transformers.models.Transformer", "path": ""},
        {"type": "sentence_transformers.models.Pooling", "path": "1_Pooling"},
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({f"pooling_mode_{mode}": True}))


def weights():
    """Draw every array from one seed, in the order of its name."""
    rng = np.random.default_rng(11)
    return {
        name: rng.normal(0, 0.6, shape).astype(np.float32)
        for name, shape in sorted(_shapes().items())
    }


def _shapes():
    shapes = {
        "embeddings.word_embeddings.weight": (12, 8),
        "embeddings.position_embeddings.weight": (10, 8),
        "embeddings.token_type_embeddings.weight": (2, 8),
    }
    dense = {
        "attention.self.query": (8, 8), "attention.self.key": (8, 8),
        "attention.self.value": (8, 8), "attention.output.dense": (8, 8),
        "intermediate.dense": (16, 8), "output.dense": (8, 16),
    }  # fmt: skip
    norms = ["embeddings.LayerNorm"]
    for number in range(2):
        head = f"encoder.layer.{number}."
        norms += [f"{head}attention.output.LayerNorm", f"{head}output.LayerNorm"]
        for name, shape in dense.items():
            shapes |= {f"{head}{name}.weight": shape, f"{head}{name}.bias": shape[:1]}
    for name in norms:
        shapes |= {f"{name}.weight": (8,), f"{name}.bias": (8,)}
    return shapes
