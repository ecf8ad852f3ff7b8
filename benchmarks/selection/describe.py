"""Where the sentence encoder puts the classes: `python -m benchmarks.selection.describe OUT`.

Reads descriptions/NAME.json beside this file ({"class": "description"}) and writes NAME.cv.npy,
one row per class in the order of sorted names. Needs a sentence model: `make encoders`.
"""

import json
import sys
from pathlib import Path

import numpy as np

from selection.core.features.classes import class_texts
from selection.core.features.sentence import SentenceEncoder


def main(out: Path) -> None:
    encoder = SentenceEncoder.fit((), rng=np.random.default_rng(0))
    for path in sorted((Path(__file__).parent / "descriptions").glob("*.json")):
        about = json.loads(path.read_text(encoding="utf-8"))
        rows = encoder.encode_texts(class_texts(sorted(about), about))
        np.save(out / f"{path.stem}.cv.npy", rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
