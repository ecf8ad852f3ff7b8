"""Models on disk: plain arrays without pickle, one file per round, written whole."""

import os
from typing import Any

import numpy as np
from django.conf import settings

from selection.core.catalog import ESTIMATORS, resolve_path
from selection.core.forest_model import ForestModel
from selection.core.kernel_model import KernelModel
from selection.core.linear import LinearModel


def write(project_id: int, number: int, model: Any | None) -> str:
    """Write the model and return its name inside the models folder; "" when there is none.

    The digest is part of the name: a round redone after a crash finds its own file, and a
    changed one never overwrites what a published round points to.
    """
    if model is None:
        return ""
    name = f"{project_id}/{number:05d}-{model.digest()[:12]}.npz"
    path = settings.DATA_DIR / "models" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        np.savez(file, **model.to_arrays())
    os.replace(draft, path)
    return name


def read(name: str, *, estimator: str = "") -> Any:
    """Read a model this program wrote; whose class it is, the settings say, never the file.

    Raises FileNotFoundError when the file is gone, ValueError when it is not what was written: its
    name holds the digest of its numbers.
    """
    with np.load(settings.DATA_DIR / "models" / name, allow_pickle=False) as arrays:
        model = _model_of(arrays, estimator)
    if f"-{model.digest()[:12]}." not in name:
        raise ValueError(f"The model file {name} is not the one that was written.")
    return model


def _model_of(arrays: Any, estimator: str) -> Any:
    entry = ESTIMATORS.get(estimator)
    if entry is not None and entry.reads:
        return resolve_path(entry.reads).from_arrays(arrays)
    if "roots" in arrays:
        return ForestModel.from_arrays(arrays)
    kind = KernelModel if "centres" in arrays else LinearModel
    return kind.from_arrays(arrays)
