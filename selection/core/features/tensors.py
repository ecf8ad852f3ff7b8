"""Arrays of a .safetensors file, mapped from disk: processes share them, nothing is copied."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from selection.core.types import AnyArray, CoreError

KINDS = {"F32": np.float32, "F16": np.float16, "F64": np.float64, "I64": np.int64}
LARGEST_HEADER = 100_000_000


def open_tensors(path: Path) -> dict[str, AnyArray]:
    """Every array of the file by name, read-only; kinds numpy lacks (bfloat16) become float32.

    Shapes: as stored. Unit: none. Raises CoreError when the file is no safetensors file or is
    cut short. Source: the format's specification: 8 bytes of length, a JSON header, the data.
    """
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > LARGEST_HEADER:
                raise ValueError(f"a header of {length} bytes")
            header = json.loads(file.read(length))
        whole = np.memmap(path, dtype=np.uint8, mode="r", offset=8 + length)
        header.pop("__metadata__", None)
        return {name: _array(whole, about) for name, about in header.items()}
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise CoreError(f"{path}: not a whole .safetensors file ({problem})") from problem


def _array(whole: AnyArray, about: Mapping[str, Any]) -> AnyArray:
    start, end = about["data_offsets"]
    if not 0 <= start <= end <= len(whole):
        raise ValueError(f"data up to byte {end} of {len(whole)}")
    piece, shape = whole[start:end], tuple(about["shape"])
    if about["dtype"] == "BF16":
        wide = piece.view(np.uint16).astype(np.uint32) << np.uint32(16)
        return wide.view(np.float32).reshape(shape)
    return piece.view(KINDS[about["dtype"]]).reshape(shape)
